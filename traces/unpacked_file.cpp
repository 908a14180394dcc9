#include "traces/unpacked_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "hw/arch/errors.hpp"
#include "traces/byte_stream.hpp"

namespace mmu::traces {

InputFile open_unpacked(const std::string& path) {
  std::error_code error;
  // What a pipe gives to one who looks is gone for the one who reads.
  if (!std::filesystem::is_regular_file(path, error)) return InputFile(path);
  ByteStream packed(path);
  if (!packed.is_compressed()) return InputFile(path);

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Close> copy(std::tmpfile());
  const auto fail = [&path](const char* what) {
    throw InputError(path + ": " + what + ": " + std::strerror(errno));
  };
  if (!copy) fail("cannot be decompressed to a temporary file");
  std::vector<char> buffer(std::size_t{1} << 18);
  while (const std::size_t got = packed.read(buffer.data(), buffer.size())) {
    if (std::fwrite(buffer.data(), 1, got, copy.get()) != got) fail("cannot be decompressed");
  }
  if (std::fflush(copy.get()) != 0) fail("cannot be decompressed");
  const int descriptor = ::dup(::fileno(copy.get()));
  if (descriptor < 0) fail("cannot be decompressed");
  return InputFile(path, descriptor);
}

}  // namespace mmu::traces
