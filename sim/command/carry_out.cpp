#include "sim/command/carry_out.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "hw/arch/errors.hpp"
#include "hw/rtl/lockstep.hpp"
#include "sim/platform/simulate.hpp"
#include "sim/presets/machine_text.hpp"
#include "sim/presets/resolve_machine.hpp"
#include "sim/result/attribution_report.hpp"
#include "sim/result/host_figures.hpp"
#include "sim/result/intervals.hpp"
#include "sim/result/paths.hpp"
#include "sim/result/result_directory.hpp"
#include "sim/result/slowest_report.hpp"
#include "sim/result/summary.hpp"
#include "sim/result/text_file.hpp"
#include "sim/result/timeline_json.hpp"
#include "sim/result/walk_latency.hpp"
#include "sim/waves/wave_file.hpp"
#include "sim/waves/wave_taps.hpp"
#include "traces/interleaver.hpp"
#include "traces/open_trace.hpp"
#include "traces/read_ahead.hpp"
#include "traces/with_executable.hpp"

namespace mmu {
namespace {

RunOptions options_of(const RunCommand& command) {
  const RunSettings& settings = command.settings;
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
  options.slowest = command.why;
  if (!command.timeline.empty()) options.timeline = command.window;
  return options;
}

/// The trace with what the program's file says of the initial image, if one is given.
std::unique_ptr<TraceSource> with_image(const RunCommand& command, const Note& note, OpenedRun& run,
                                        std::unique_ptr<TraceSource> source) {
  if (command.executable.empty()) return source;
  const auto program = traces::read_executable(command.executable, command.executable_base);
  if (!program.missing_interpreter.empty()) {
    note(command.executable + ": its interpreter " + program.missing_interpreter +
         " is no program of its kind that can be read here, and is left out of the image");
  }
  if (program.executable_stack) note(command.executable + ": its stack may be executed");
  run.executable = absolute_path(command.executable);
  run.subject.executable = file_name(command.executable);
  return traces::with_executable(std::move(source), program);
}

std::unique_ptr<TraceSource> open_named_trace(const RunCommand& command, const std::string& path,
                                              const Note& note, OpenedRun& run) {
  const RunSettings& settings = command.settings;
  const traces::TraceFormat format = traces::format_of(path, settings.format);
  const bool generated = traces::is_workload(path, settings.format);
  if (format != traces::TraceFormat::kOwn && !generated) {
    note(path + " is no trace of mmusim's own format and is read twice, first for its image; " +
         "\"mmusim trace convert\" saves that");
  }
  run.places.push_back(
      {generated ? path : absolute_path(path), std::string(traces::name_of(format))});
  // Of many traces all that is decoded lies in memory, and one of them runs.
  const std::size_t blocks_ahead = settings.with.empty() ? 4 : 1;
  return std::make_unique<traces::ReadAhead>(
      with_image(command, note, run, traces::open_trace(path, {true, format})), blocks_ahead);
}

/// Several: processes that share the core.
void open_named_traces(const RunCommand& command, const Note& note, OpenedRun& run) {
  const RunSettings& settings = command.settings;
  if (settings.with.empty()) {
    run.trace = open_named_trace(command, settings.trace, note, run);
    return;
  }
  if (!command.executable.empty()) {
    throw ConfigError("--exe is the program of one trace, and there are several");
  }
  std::vector<std::string> paths{settings.trace};
  paths.insert(paths.end(), settings.with.begin(), settings.with.end());
  std::vector<traces::Interleaver::Trace> all;
  std::string names;
  for (const std::string& path : paths) {
    all.push_back({open_named_trace(command, path, note, run), path});
    names += (names.empty() ? "" : " + ") + file_name(path);
    run.subject.processes.push_back({path, {}});
  }
  run.subject.trace_path = names;
  run.trace = std::make_unique<traces::Interleaver>(std::move(all),
                                                    run.subject.machine.os.quantum_instructions);
}

/// What is known of the traces by now.
void read_headers(const TraceSource& trace, RunSubject& subject) {
  subject.trace = trace.header();
  const std::vector<const TraceHeader*> headers = trace.processes();
  for (std::size_t i = 0; i < subject.processes.size(); ++i) {
    subject.processes[i].trace = *headers[i];
  }
}

Json places_json(const OpenedRun& run) {
  Json all = Json::array();
  for (const OpenedRun::Place& place : run.places) {
    all.push_back({{"trace", place.trace}, {"trace_format", place.format}});
  }
  return all;
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

bool wants_lockstep(const MachineParams& machine) {
  return machine.mmu.walker.model == WalkerParams::Model::kLockstep;
}

void require_rtl(const MachineParams& machine) {
  if (!wants_lockstep(machine) || has_rtl()) return;
  throw ConfigError(
      "mmu.walker.model = lockstep: this mmusim was built without the RTL walker. It takes "
      "Verilator (Debian: apt-get install verilator) and a build with -DMMUSIM_RTL=ON");
}

/// To the user: what the RTL walkers have come to. The report is a file if there is a directory.
void tell_lockstep(const LockstepOutcome& lockstep, const ResultDirectory* out, const Note& note) {
  if (lockstep.report.empty()) {
    return note(fmt::format("lockstep: {} walks agree in every cycle; the RTL was clocked in {}",
                            lockstep.walks, lockstep.cycles));
  }
  if (out == nullptr) return note("give a directory with -o for a report of the difference");
  out->write("lockstep.txt", lockstep.report);
}

void write_files(ResultDirectory& out, const EndedRun& run) {
  const RunResult& result = run.result;
  out.write("machine.toml", machine_as_toml(run.subject.machine, true));
  out.write("result.json", run.json.dump(1) + "\n");
  out.write("attribution.json", attribution_json(run.subject, result.attribution).dump(1) + "\n");
  out.write("host.json", run.host.dump(1) + "\n");
  out.write("intervals.csv", intervals_csv(result.intervals));
  out.write("walk_latency.csv", walk_latency_csv(result.walker_detail.latency));
  if (run.subject.options.slowest != 0) {
    out.write("slowest.json", slowest_json(result.slowest).dump(1) + "\n");
  }
  out.put_in_place();
}

/// The run itself, and all that looks on.
RunResult run_watched(const RunSubject& subject, TraceSource& trace,
                      decltype(RunOptions::progress) progress, WaveFile* waves,
                      LockstepOutcome& lockstep) {
  RunOptions options = subject.options;
  options.progress = std::move(progress);
  if (waves != nullptr) options.waves = &waves->dump();
  if (wants_lockstep(subject.machine)) {
    options.watch_walkers = [&](const PageTableFormat& format, std::uint32_t walkers) {
      return std::make_unique<Lockstep>(format, walkers, make_ptw, lockstep);
    };
  }
  return simulate(subject.machine, trace, options);
}

std::string wave_comment(const RunSubject& subject) {
  return fmt::format("machine {}, trace {}; a cycle lasts {} ps\n{}", subject.machine.name,
                     file_name(subject.trace_path), subject.machine.clock.period_ps,
                     WaveTaps::legend());
}

}  // namespace

OpenedRun open_run(const RunCommand& command, const Note& note,
                   std::unique_ptr<TraceSource> given) {
  const RunSettings& settings = command.settings;
  OpenedRun run;
  run.log = parse_log_wishes(settings.log);
  run.subject.machine = resolve_machine(settings.machine, settings.overrides);
  require_rtl(run.subject.machine);
  run.subject.trace_path = settings.trace;
  run.subject.options = options_of(command);
  if (given) {
    run.trace = with_image(command, note, run, std::move(given));
    run.places.push_back({settings.trace, "memory"});
  } else {
    open_named_traces(command, note, run);
  }
  return run;
}

EndedRun carry_out(const RunCommand& command, OpenedRun run, const Note& note,
                   decltype(RunOptions::progress) progress) {
  const std::string& place = command.settings.out;
  std::optional<ResultDirectory> out;
  if (!place.empty()) out.emplace(place);
  if (out && out->replaces()) note(place + " holds an earlier result, which is replaced");
  std::optional<LogWriter> log(std::in_place, run.log, out ? out->file("log.txt") : "");
  std::optional<WaveFile> waves;
  if (!command.waves.empty()) waves.emplace(command.waves, command.wave_window);
  const HostMeter meter;

  EndedRun done;
  done.subject = std::move(run.subject);
  read_headers(*run.trace, done.subject);
  log_start(done.subject);
  LockstepOutcome lockstep;
  done.result = run_watched(done.subject, *run.trace, std::move(progress),
                            waves ? &*waves : nullptr, lockstep);
  log_end(done.result);
  log.reset();  // complete before it is put in place

  read_headers(*run.trace, done.subject);
  done.json = result_json(done.subject, done.result);
  done.host = meter.json(done.result);
  if (run.places.size() == 1) {
    done.host.update(places_json(run).front());
  } else {
    done.host["traces"] = places_json(run);
  }
  if (!run.executable.empty()) {
    done.host["executable"] = run.executable;
    if (command.executable_base) done.host["executable_base"] = *command.executable_base;
  }
  if (wants_lockstep(done.subject.machine)) tell_lockstep(lockstep, out ? &*out : nullptr, note);
  if (out) write_files(*out, done);
  if (waves) waves->put_in_place(done.subject.machine.clock.period_ps, wave_comment(done.subject));
  if (done.result.recorded) write_text(command.timeline, timeline_json(*done.result.recorded));
  done.summary = summary_text(done.json) +
                 attribution_text(done.result.attribution, !done.subject.processes.empty()) +
                 slowest_text(done.result.slowest);
  return done;
}

}  // namespace mmu
