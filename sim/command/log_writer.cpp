#include "sim/command/log_writer.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

template <class Names>
std::string list_of(const Names& names) {
  std::string list;
  for (const std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

LogLevel level_named(const std::string& name, const std::string& spec) {
  for (std::size_t i = 0; i < std::size(kLogLevelNames); ++i) {
    if (kLogLevelNames[i] == name) return static_cast<LogLevel>(i);
  }
  throw ConfigError("--log " + spec + ": unknown level \"" + name +
                    "\"; levels: " + list_of(kLogLevelNames));
}

bool is_below(std::string_view name, const std::string& asked) {
  return asked == "all" || name == asked || name.substr(0, asked.size() + 1) == asked + ".";
}

void take_wish(LogWishes& wishes, const std::string& spec) {
  const std::size_t equals = spec.find('=');
  const std::string name = spec.substr(0, equals);
  // Without a level: debug, what most people look for.
  const LogLevel level =
      equals == std::string::npos ? LogLevel::kDebug : level_named(spec.substr(equals + 1), spec);
  bool found = false;
  for (unsigned i = 0; i < kLogSources; ++i) {
    if (!is_below(kLogNames[i], name)) continue;
    wishes[i] = level;
    found = true;
  }
  if (!found) {
    throw ConfigError("--log " + spec + ": unknown source \"" + name +
                      "\"; sources: " + list_of(kLogNames) + ", all");
  }
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::trace, spdlog::level::debug,
                                                   spdlog::level::info,  spdlog::level::warn,
                                                   spdlog::level::err,   spdlog::level::off};
  return kLevels[static_cast<unsigned>(level)];
}

}  // namespace

LogWishes parse_log_wishes(const std::vector<std::string>& specs) {
  LogWishes wishes;
  for (const std::string& list : specs) {
    for (std::size_t begin = 0; begin <= list.size();) {
      const std::size_t end = std::min(list.find(',', begin), list.size());
      take_wish(wishes, list.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  return wishes;
}

struct LogWriter::Loggers {
  std::vector<spdlog::logger> of;
};

LogWriter::LogWriter(const LogWishes& wishes, const std::string& file)
    : loggers_(std::make_unique<Loggers>()) {
  const auto terminal = std::make_shared<spdlog::sinks::stderr_sink_st>();
  std::shared_ptr<spdlog::sinks::basic_file_sink_st> to_file;
  if (!file.empty()) to_file = std::make_shared<spdlog::sinks::basic_file_sink_st>(file, true);
  for (unsigned i = 0; i < kLogSources; ++i) {
    const bool about_run = i == static_cast<unsigned>(LogSource::kRun);
    // The end of a run is said on the terminal by the command itself.
    std::vector<spdlog::sink_ptr> sinks;
    if (wishes[i] || !about_run) sinks.push_back(terminal);
    if (to_file) sinks.push_back(to_file);
    const LogLevel usual = about_run && to_file ? LogLevel::kInfo : LogLevel::kWarning;
    log_switch.from[i] = wishes[i].value_or(usual);
    spdlog::logger& logger =
        loggers_->of.emplace_back(std::string(kLogNames[i]), sinks.begin(), sinks.end());
    logger.set_level(spdlog_level(log_switch.from[i]));
    logger.set_pattern("%v");
  }
  log_switch.sink = this;
}

LogWriter::~LogWriter() {
  log_switch = LogSwitch();
  flush();
}

void LogWriter::write(LogSource source, LogLevel level, std::uint64_t cycle,
                      std::string_view text) {
  const auto index = static_cast<unsigned>(source);
  loggers_->of[index].log(spdlog_level(level), "{:>12} {:<7} {}: {}", cycle,
                          kLogLevelNames[static_cast<unsigned>(level)], kLogNames[index], text);
}

void LogWriter::flush() {
  for (spdlog::logger& logger : loggers_->of) logger.flush();
}

}  // namespace mmu
