// A binary trace as a sequence of entries of one size, each with its number and place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "traces/byte_stream.hpp"

namespace mmu::traces {

class EntryStream {
 public:
  EntryStream(std::unique_ptr<ByteStream> bytes, std::size_t entry_bytes);

  /// The next whole entries, as many as lie at hand, but `least` of them; empty at the end. Throws
  /// InputError if the file ends inside of an entry, or of the `least` that belong together.
  std::string_view at_hand(std::size_t least = 1);
  /// Moves on behind the first `entries` of what is at hand.
  void take(std::size_t entries);

  /// Throws InputError about the entry so many behind the first one at hand, with its number
  /// (from 1 on) and its place in the (decompressed) bytes.
  [[noreturn]] void fail(std::size_t behind, const std::string& what) const;

 private:
  std::unique_ptr<ByteStream> bytes_;
  std::size_t entry_bytes_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // of what is left in buffer_
  std::uint64_t taken_ = 0;          // entries
};

}  // namespace mmu::traces
