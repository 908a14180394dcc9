// Messages of the hardware: named by where they come from, stamped with their cycle. Switched off
// (the default) a message costs one load and one predictable branch; its text is not made.
//
//     log_message(LogSource::kWalker, LogLevel::kDebug, now, [&] { return "start ..." + where; });
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace mmu {

/// Who speaks. Each has its name, as users type it in `--log`, in kLogNames.
enum class LogSource : std::uint8_t {
  kRun,     ///< start and end of a run, the watchdog
  kCpu,     ///< traps entered and left, accesses squashed
  kFence,   ///< fences taking effect
  kWalker,  ///< walks: start, each read, result
  kOs,      ///< page faults served, system calls
};
inline constexpr std::string_view kLogNames[] = {"run", "cpu", "mmu.fence", "mmu.walker", "os"};
inline constexpr unsigned kLogSources = sizeof(kLogNames) / sizeof(kLogNames[0]);

enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarning, kError, kOff };
inline constexpr std::string_view kLogLevelNames[] = {"trace",   "debug", "info",
                                                      "warning", "error", "off"};

/// Where messages go; sim/command has one that writes files and the terminal.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void write(LogSource source, LogLevel level, std::uint64_t cycle,
                     std::string_view text) = 0;
};

/// The one switchboard of a process. Not for several threads.
struct LogSwitch {
  std::array<LogLevel, kLogSources> from{};  ///< messages of this level and above are wanted
  LogSink* sink = nullptr;
  constexpr LogSwitch() {
    for (unsigned i = 0; i < kLogSources; ++i) from[i] = LogLevel::kOff;
  }
};
inline LogSwitch log_switch;

inline bool log_wanted(LogSource source, LogLevel level) {
  return level >= log_switch.from[static_cast<unsigned>(source)];
}

/// Writes what `text()` returns if somebody wants to read it. Requires level < kOff, and a sink
/// where anything is switched on.
template <class Text>
void log_message(LogSource source, LogLevel level, std::uint64_t cycle, Text&& text) {
  if (log_wanted(source, level)) {
    log_switch.sink->write(source, level, cycle, std::forward<Text>(text)());
  }
}

}  // namespace mmu
