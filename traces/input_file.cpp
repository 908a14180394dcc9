#include "traces/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "hw/arch/errors.hpp"

namespace mmu::traces {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw InputError(path + ": " + what + ": " + std::strerror(errno));
}

}  // namespace

InputFile::InputFile(std::string path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) fail(path_, "cannot be opened");
  examine();
}

InputFile::InputFile(std::string path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {
  examine();
}

void InputFile::examine() {
  struct stat about {};
  if (::fstat(descriptor_, &about) != 0) {
    ::close(descriptor_);
    fail(path_, "cannot be examined");
  }
  if (S_ISDIR(about.st_mode)) {
    ::close(descriptor_);
    throw InputError(path_ +
                     ": is a folder; a trace file is needed (of DynamoRIO's traces, one of "
                     "the files in its folder trace/)");
  }
  regular_ = S_ISREG(about.st_mode);
  size_ = regular_ ? static_cast<std::uint64_t>(about.st_size) : 0;
}

InputFile::~InputFile() { ::close(descriptor_); }

std::size_t InputFile::read(void* to, std::size_t bytes) {
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t got = ::read(descriptor_, static_cast<char*>(to) + done, bytes - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path_, "cannot be read");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void InputFile::read_at(std::uint64_t offset, void* to, std::size_t bytes) const {
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t got = ::pread(descriptor_, static_cast<char*>(to) + done, bytes - done,
                                static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path_, "cannot be read");
    if (got == 0) {
      throw InputError(path_ + ": ends at byte " + std::to_string(offset + done) + "; " +
                       std::to_string(bytes) + " bytes are needed from byte " +
                       std::to_string(offset));
    }
    done += static_cast<std::size_t>(got);
  }
}

}  // namespace mmu::traces
