// How far a sweep has come: on a terminal a few lines that are rewritten, elsewhere a line for each
// point that has ended.
#pragma once

#include <string>
#include <vector>

#include "sim/command/process_pool.hpp"

namespace mmu {

/// What the display tells.
struct SweepProgress {
  std::size_t points = 0, kept = 0, done = 0, failed = 0;
  double seconds = 0;       ///< since the start
  double seconds_left = 0;  ///< estimated; negative: nobody knows yet
};

/// "7 of 24 points, 1 failed, 12.0 s, about 34.5 s left"
std::string sweep_progress_text(const SweepProgress& progress);

class SweepDisplay {
 public:
  SweepDisplay();
  /// Clears the lines on a terminal.
  ~SweepDisplay() { clear(); }
  SweepDisplay(const SweepDisplay&) = delete;
  SweepDisplay& operator=(const SweepDisplay&) = delete;

  /// A line that stays.
  void say(const std::string& line);
  /// On a terminal: the counts, and the points under way with their seconds.
  void show(const SweepProgress& progress, const std::vector<std::string>& running);

 private:
  void clear();
  bool terminal_;
  std::size_t lines_ = 0;  // shown now
};

}  // namespace mmu
