// Where log messages go: those that the user asked for to stderr, and all to log.txt.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hw/common/log.hpp"

namespace mmu {

/// For each source the level that the user asked for; absent if not mentioned.
using LogWishes = std::array<std::optional<LogLevel>, kLogSources>;

/// "mmu.walker=debug", several separated by commas; "mmu" stands for all sources below it, "all"
/// for all. Throws ConfigError with the list of sources, or of levels.
LogWishes parse_log_wishes(const std::vector<std::string>& specs);

/// Switches messages on while it lives. What nobody asked for: warnings and errors, and to the
/// file what the run says of itself. Lines have a cycle and no time of day, so that they are the
/// same wherever they were written.
class LogWriter final : public LogSink {
 public:
  /// Without `file` (empty): stderr only.
  LogWriter(const LogWishes& wishes, const std::string& file);
  ~LogWriter() override;
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  void write(LogSource source, LogLevel level, std::uint64_t cycle, std::string_view text) override;
  void flush();

 private:
  struct Loggers;
  std::unique_ptr<Loggers> loggers_;
};

}  // namespace mmu
