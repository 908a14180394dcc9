// Ctrl-C and SIGTERM as a question, so that what was computed can still be written.
#pragma once

#include <csignal>

namespace mmu {

/// While it lives, the first SIGINT or SIGTERM sets asked(); a second one ends the process as
/// usual. At most one at a time.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  static bool asked();

 private:
  struct sigaction old_int_ {};
  struct sigaction old_term_ {};
};

}  // namespace mmu
