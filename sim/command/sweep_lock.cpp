#include "sim/command/sweep_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "hw/arch/errors.hpp"

namespace mmu {

SweepLock::SweepLock(const std::string& directory, const std::string& share)
    : path_(directory + "/.lock" + (share.empty() ? "" : "-" + share)),
      file_(open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
  if (file_ < 0) throw ConfigError(path_ + ": cannot be made: " + std::strerror(errno));
  if (flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  close(file_);
  throw ConfigError(directory + ": another process runs this sweep");
}

SweepLock::~SweepLock() { close(file_); }

}  // namespace mmu
