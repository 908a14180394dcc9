// The bytes of a text trace, front to back, decompressed if its content is zstd.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "traces/input_file.hpp"

namespace mmu::traces {

class ByteStream {
 public:
  /// Throws InputError if the file cannot be read, is empty, or is compressed with something
  /// else than zstd (the content decides, not the name).
  explicit ByteStream(const std::string& path);
  ~ByteStream();

  /// At least one and up to `bytes` (decompressed) bytes; 0 only at the end. Throws InputError
  /// with the position in the file if compressed data is damaged or truncated, after all that
  /// came before the damage has been delivered.
  std::size_t read(char* to, std::size_t bytes);

  const std::string& path() const { return file_.path(); }
  bool is_regular() const { return file_.is_regular(); }

 private:
  struct Decompressor;

  void refill();
  std::size_t read_compressed(char* to, std::size_t bytes);

  InputFile file_;
  std::vector<char> input_;
  std::size_t begin_ = 0, end_ = 0;  // of what is left in input_
  std::uint64_t before_ = 0;         // bytes of the file before input_
  bool inside_frame_ = false;
  std::string damage_;
  std::unique_ptr<Decompressor> zstd_;  // null: plain
};

}  // namespace mmu::traces
