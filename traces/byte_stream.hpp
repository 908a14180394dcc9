// The bytes of a trace that is read front to back, decompressed if they are compressed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "traces/decompressor.hpp"
#include "traces/input_file.hpp"
#include "traces/zip_members.hpp"

namespace mmu::traces {

class ByteStream {
 public:
  /// Plain, gzip, xz, bzip2, zstd or a zip archive, whose members are read one behind the other:
  /// the content decides, not the name. Throws InputError if the file cannot be read, is empty, or
  /// is compressed with something else, and if an archive comes from a pipe.
  explicit ByteStream(const std::string& path);
  ~ByteStream();

  /// At least one and up to `bytes` (decompressed) bytes; 0 only at the end. Throws InputError
  /// with the position in the file (the member of an archive) if compressed data is damaged or
  /// truncated, after all that came before the damage has been delivered.
  std::size_t read(char* to, std::size_t bytes);

  /// The next `bytes` bytes, without taking them; fewer if the end or damage comes before. Throws
  /// as read() does if there is not one. The view holds until the next call.
  std::string_view peek(std::size_t bytes);

  const std::string& path() const { return file_.path(); }
  bool is_regular() const { return file_.is_regular(); }
  bool is_compressed() const { return decompressor_ != nullptr || archive_ != nullptr; }

 private:
  void refill();
  std::size_t take(char* to, std::size_t bytes);
  std::size_t take_archived(char* to, std::size_t bytes);
  std::size_t take_plain(char* to, std::size_t bytes);
  std::size_t take_compressed(char* to, std::size_t bytes);

  InputFile file_;
  std::vector<char> input_;
  std::size_t begin_ = 0, end_ = 0;             // of what is left in input_
  std::uint64_t before_ = 0;                    // bytes of the file before input_
  std::unique_ptr<Decompressor> decompressor_;  // null: plain, or
  std::unique_ptr<ZipMembers> archive_;
  std::string damage_;
  std::vector<char> peeked_;
  std::size_t peeked_begin_ = 0;
};

}  // namespace mmu::traces
