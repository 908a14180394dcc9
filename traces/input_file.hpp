// A file opened for reading; every failure is an InputError that names it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace mmu::traces {

class InputFile {
 public:
  /// Throws InputError if `path` cannot be opened or is a folder.
  explicit InputFile(std::string path);
  /// Takes over an open descriptor of what is called `path` in messages.
  InputFile(std::string path, int descriptor);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::string& path() const { return path_; }
  /// False for pipes and terminals: they have no size and are read once, front to back.
  bool is_regular() const { return regular_; }
  std::uint64_t size() const { return size_; }  ///< 0 if it is not regular

  /// Up to `bytes` bytes from the current position; fewer only at the end.
  std::size_t read(void* to, std::size_t bytes);
  /// Exactly `bytes` bytes from `offset`; throws InputError if the file is shorter. Requires
  /// is_regular(). May be called from several threads.
  void read_at(std::uint64_t offset, void* to, std::size_t bytes) const;

 private:
  void examine();

  std::string path_;
  int descriptor_ = -1;
  bool regular_ = false;
  std::uint64_t size_ = 0;
};

}  // namespace mmu::traces
