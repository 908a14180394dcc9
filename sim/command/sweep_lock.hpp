// Keeps two processes from running the same points at the same time.
#pragma once

#include <string>

namespace mmu {

/// Held while it lives; given up by the system however the process ends.
class SweepLock {
 public:
  /// `share`: "0-of-8", or empty for the whole sweep. Throws ConfigError if another process has it.
  SweepLock(const std::string& directory, const std::string& share);
  ~SweepLock();
  SweepLock(const SweepLock&) = delete;
  SweepLock& operator=(const SweepLock&) = delete;

 private:
  std::string path_;
  int file_;
};

}  // namespace mmu
