#include "sim/command/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace mmu {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kFirst{1000}, kTerminalPeriod{200}, kHeartbeatPeriod{10'000};

/// 950, 1.2 k, 12.3 M
std::string rounded(double count) {
  if (count < 1000) return fmt::format("{:.0f}", count);
  if (count < 999'950) return fmt::format("{:.1f} k", count / 1e3);
  return fmt::format("{:.1f} M", count / 1e6);
}

}  // namespace

std::string duration_text(double seconds) {
  if (seconds < 100) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(seconds);
  if (whole < 6000) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

std::string progress_text(const ProgressState& state) {
  const auto done = static_cast<double>(state.done);
  const auto total = static_cast<double>(state.total);
  const double rate = state.seconds > 0 ? done / state.seconds : 0;
  std::string text = rounded(done);
  if (state.total >= state.done && state.total != 0) {
    text += fmt::format(" of {} {} ({:.0f} %)", rounded(total), state.what, 100 * done / total);
  } else {
    text += " " + state.what;
  }
  text += ", " + rounded(rate) + "/s";
  if (state.total >= state.done && rate > 0) {
    text += ", " + duration_text((total - done) / rate) + " left";
  }
  return text;
}

Progress::Progress(std::uint64_t total, std::string what)
    : terminal_(isatty(STDERR_FILENO) != 0),
      total_(total),
      what_(std::move(what)),
      start_(Clock::now()),
      due_(start_ + (terminal_ ? kFirst : kHeartbeatPeriod)) {}

Progress::~Progress() {
  if (line_shown_) std::fputs("\r\033[K", stderr);
}

void Progress::update(std::uint64_t done) {
  const Clock::time_point now = Clock::now();
  if (now < due_) return;
  due_ = now + (terminal_ ? kTerminalPeriod : kHeartbeatPeriod);
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const std::string text = progress_text({done, total_, seconds, what_});
  if (terminal_) {
    std::fprintf(stderr, "\r%s\033[K", text.c_str());
    line_shown_ = true;
  } else {
    std::fprintf(stderr, "mmusim: %s\n", text.c_str());
  }
  std::fflush(stderr);
}

}  // namespace mmu
