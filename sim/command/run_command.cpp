// mmusim run: one machine, one trace, one result.
#include <fmt/format.h>

#include <iostream>
#include <utility>

#include "hw/arch/errors.hpp"
#include "sim/command/carry_out.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/command/progress.hpp"
#include "sim/command/stop_signal.hpp"
#include "sim/result/processes_report.hpp"

namespace mmu {
namespace {

void note(const std::string& text) { std::cerr << "mmusim: " << text << '\n'; }

/// Runs, with a line of progress and an ear for Ctrl-C.
EndedRun carry_out_watched(const RunCommand& command, OpenedRun run) {
  const StopSignal stop;  // whoever sees the directory beside may already send one
  const TraceHeader& header = run.trace->header();
  const std::uint64_t wanted = command.settings.instructions;
  const bool limited = wanted != 0 && (header.instructions == 0 || wanted < header.instructions);
  Progress progress(limited ? wanted : header.records, limited ? "instructions" : "records");
  return carry_out(command, std::move(run), note,
                   [&](std::uint64_t records, std::uint64_t instructions, std::uint64_t) {
                     progress.update(limited ? instructions : records);
                     return !StopSignal::asked();
                   });
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
void explain_partial(const RunSettings& settings, const EndedRun& run) {
  std::cout.flush();
  const bool interrupted = run.result.outcome == Outcome::kInterrupted;
  std::cerr << "mmusim: " << (interrupted ? "interrupted" : run.result.message);
  if (!settings.out.empty()) std::cerr << "; partial results in " << settings.out;
  std::cerr << '\n';
  if (run.result.outcome == Outcome::kSimulatedError && !run.subject.trace.carries_mappings &&
      !settings.map_on_touch) {
    note("this trace carries no mappings; --map-on-touch makes areas as they are touched");
  }
}

}  // namespace

int execute(const RunCommand& command) {
  const RunSettings& settings = command.settings;
  if (settings.interval_instructions != 0 && settings.out.empty()) {
    throw ConfigError("--interval writes intervals.csv: give a directory with -o too");
  }
  const EndedRun run = carry_out_watched(command, open_run(command, note));
  std::cout << run.summary;
  tell_speed(run.host);
  for (const std::string& death : deaths(run.json)) note(death);
  if (run.result.partial()) explain_partial(settings, run);
  return exit_status(run.result.outcome);
}

}  // namespace mmu
