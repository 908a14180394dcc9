// How far a run has come: one line rewritten on a terminal, a line every ten seconds elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace mmu {

/// What a line of progress tells.
struct ProgressState {
  std::uint64_t done = 0;   ///< records, or instructions
  std::uint64_t total = 0;  ///< 0: unknown
  double seconds = 0;       ///< since the start
  std::string what;         ///< "records"
};

/// "1.6 s", "12 min 05 s", "3 h 02 min"
std::string duration_text(double seconds);

/// "12.3 M of 26.5 M records (46 %), 8.9 M/s, 1.6 s left"
std::string progress_text(const ProgressState& state);

/// Writes to stderr. Says nothing in the first second.
class Progress {
 public:
  Progress(std::uint64_t total, std::string what);
  /// Clears the line on a terminal.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// To be called often; looks at the clock and returns at once if nothing is due.
  void update(std::uint64_t done);

 private:
  using Clock = std::chrono::steady_clock;
  bool terminal_;
  bool line_shown_ = false;
  std::uint64_t total_;
  std::string what_;
  Clock::time_point start_, due_;
};

}  // namespace mmu
