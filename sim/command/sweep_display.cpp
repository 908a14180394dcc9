#include "sim/command/sweep_display.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "sim/command/progress.hpp"

namespace mmu {

std::string sweep_progress_text(const SweepProgress& progress) {
  std::string text = fmt::format("{} of {} points", progress.kept + progress.done + progress.failed,
                                 progress.points);
  if (progress.kept != 0) text += fmt::format(", {} kept", progress.kept);
  if (progress.failed != 0) text += fmt::format(", {} failed", progress.failed);
  text += ", " + duration_text(progress.seconds);
  if (progress.seconds_left >= 0) {
    text += ", about " + duration_text(progress.seconds_left) + " left";
  }
  return text;
}

SweepDisplay::SweepDisplay() : terminal_(isatty(STDERR_FILENO) != 0) {}

void SweepDisplay::clear() {
  for (; lines_ > 0; --lines_) std::fputs("\033[A\r\033[K", stderr);
  std::fflush(stderr);
}

void SweepDisplay::say(const std::string& line) {
  clear();
  std::fprintf(stderr, "mmusim: %s\n", line.c_str());
}

void SweepDisplay::show(const SweepProgress& progress, const std::vector<std::string>& running) {
  if (!terminal_) return;
  clear();
  std::fprintf(stderr, "%s\n", sweep_progress_text(progress).c_str());
  for (const std::string& line : running) std::fprintf(stderr, "  %.100s\n", line.c_str());
  lines_ = 1 + running.size();
  std::fflush(stderr);
}

}  // namespace mmu
