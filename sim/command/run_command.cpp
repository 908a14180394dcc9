// mmusim run: one machine, one trace, one result.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <optional>

#include "hw/arch/errors.hpp"
#include "sim/command/commands.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/command/log_writer.hpp"
#include "sim/command/progress.hpp"
#include "sim/command/stop_signal.hpp"
#include "sim/platform/simulate.hpp"
#include "sim/presets/machine_text.hpp"
#include "sim/presets/resolve_machine.hpp"
#include "sim/result/attribution_report.hpp"
#include "sim/result/host_figures.hpp"
#include "sim/result/intervals.hpp"
#include "sim/result/result_directory.hpp"
#include "sim/result/result_json.hpp"
#include "sim/result/slowest_report.hpp"
#include "sim/result/summary.hpp"
#include "sim/result/text_file.hpp"
#include "sim/result/timeline_json.hpp"
#include "sim/result/walk_latency.hpp"
#include "traces/open_trace.hpp"
#include "traces/read_ahead.hpp"

namespace mmu {
namespace {

RunOptions options_of(const RunSettings& settings) {
  RunOptions options;
  options.run_ahead = !settings.no_run_ahead;
  options.map_on_touch = settings.map_on_touch;
  options.check = settings.check;
  options.miss_classes = settings.miss_classes;
  options.skip_instructions = settings.skip_instructions;
  options.warmup_instructions = settings.warmup_instructions;
  options.instructions = settings.instructions;
  options.watchdog_cycles = settings.watchdog_cycles;
  options.interval_instructions = settings.interval_instructions;
  return options;
}

/// Runs, with a line of progress and an ear for Ctrl-C: requires a StopSignal.
RunResult simulate_watched(const MachineParams& machine, TraceSource& trace, RunOptions& options) {
  const TraceHeader& header = trace.header();
  const bool limited = options.instructions != 0 &&
                       (header.instructions == 0 || options.instructions < header.instructions);
  Progress progress(limited ? options.instructions : header.records,
                    limited ? "instructions" : "records");
  options.progress = [&](std::uint64_t records, std::uint64_t instructions, std::uint64_t) {
    progress.update(limited ? instructions : records);
    return !StopSignal::asked();
  };
  RunResult result = simulate(machine, trace, options);
  options.progress = nullptr;
  return result;
}

void log_start(const RunSubject& subject) {
  log_message(LogSource::kRun, LogLevel::kInfo, 0, [&] {
    return fmt::format("mmusim {}: trace {}, machine {}", mmusim_version(),
                       file_name(subject.trace_path), subject.machine.name);
  });
}

void log_end(const RunResult& result) {
  const LogLevel level = result.partial() ? LogLevel::kError : LogLevel::kInfo;
  log_message(LogSource::kRun, level, result.cpu.cycles, [&] {
    std::string text(kOutcomeNames[static_cast<unsigned>(result.outcome)]);
    return result.message.empty() ? text : text + ": " + result.message;
  });
}

void write_files(ResultDirectory& out, const RunSubject& subject, const RunResult& result,
                 const Json& json, const Json& host) {
  out.write("machine.toml", machine_as_toml(subject.machine, true));
  out.write("result.json", json.dump(1) + "\n");
  out.write("attribution.json", attribution_json(subject, result.attribution).dump(1) + "\n");
  out.write("host.json", host.dump(1) + "\n");
  out.write("intervals.csv", intervals_csv(result.intervals));
  out.write("walk_latency.csv", walk_latency_csv(result.walker_detail.latency));
  if (subject.options.slowest != 0) {
    out.write("slowest.json", slowest_json(result.slowest).dump(1) + "\n");
  }
  out.put_in_place();
}

/// To stderr: what stdout shows is the same wherever it ran.
void tell_speed(const Json& host) {
  std::cout.flush();
  std::cerr << fmt::format("mmusim: {:.1f} s, {:.2f} M records/s, {:.0f} MB at most\n",
                           host.at("wall_seconds").get<double>(),
                           host.at("records_per_second").get<double>() / 1e6,
                           host.at("peak_memory_bytes").get<double>() / 1e6);
}

/// What went wrong, and what is left of the run.
void explain_partial(const RunSettings& settings, const RunSubject& subject,
                     const RunResult& result) {
  std::cout.flush();
  const bool interrupted = result.outcome == Outcome::kInterrupted;
  std::cerr << "mmusim: " << (interrupted ? "interrupted" : result.message);
  if (!settings.out.empty()) std::cerr << "; partial results in " << settings.out;
  std::cerr << '\n';
  if (result.outcome == Outcome::kSimulatedError && !subject.trace.carries_mappings &&
      !settings.map_on_touch) {
    std::cerr << "mmusim: this trace carries no mappings; --map-on-touch makes areas as they are "
                 "touched\n";
  }
}

}  // namespace

int execute(const RunCommand& command) {
  const RunSettings& settings = command.settings;
  const LogWishes wishes = parse_log_wishes(settings.log);
  if (settings.interval_instructions != 0 && settings.out.empty()) {
    throw ConfigError("--interval writes intervals.csv: give a directory with -o too");
  }
  RunSubject subject;
  subject.machine = resolve_machine(settings.machine, settings.overrides);
  subject.trace_path = settings.trace;
  subject.options = options_of(settings);
  subject.options.slowest = command.why;
  if (!command.timeline.empty()) {
    subject.options.timeline = command.window;
  }
  const traces::TraceFormat format = traces::format_of(settings.trace, settings.format);
  const bool generated = traces::is_workload(settings.trace, settings.format);
  if (format != traces::TraceFormat::kOwn && !generated) {
    std::cerr << "mmusim: " << settings.trace << " is no trace of mmusim's own format and is read "
              << "twice, first for its image; \"mmusim trace convert\" saves that\n";
  }
  traces::ReadAhead trace(traces::open_trace(settings.trace, {true, format}));

  const StopSignal stop;  // whoever sees the directory beside may already send one
  std::optional<ResultDirectory> out;
  if (!settings.out.empty()) out.emplace(settings.out);
  if (out && out->replaces()) {
    std::cerr << "mmusim: " << settings.out << " holds an earlier result, which is replaced\n";
  }
  std::optional<LogWriter> log(std::in_place, wishes, out ? out->file("log.txt") : "");
  const HostMeter meter;
  subject.trace = trace.header();
  log_start(subject);
  const RunResult result = simulate_watched(subject.machine, trace, subject.options);
  log_end(result);
  log.reset();  // complete before it is put in place

  subject.trace = trace.header();
  const Json json = result_json(subject, result);
  Json host = meter.json(result);
  host["trace"] = generated ? settings.trace
                            : std::filesystem::absolute(settings.trace).lexically_normal().string();
  host["trace_format"] = traces::name_of(format);
  if (out) write_files(*out, subject, result, json, host);
  if (result.recorded) write_text(command.timeline, timeline_json(*result.recorded));
  std::cout << summary_text(json) << attribution_text(result.attribution)
            << slowest_text(result.slowest);
  tell_speed(host);
  if (result.partial()) explain_partial(settings, subject, result);
  return exit_status(result.outcome);
}

}  // namespace mmu
