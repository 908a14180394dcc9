// mmusim sweep: every combination of what an experiment varies, each in a process and a directory
// of its own.
#include <fmt/format.h>

#include <iostream>

#include "sim/command/commands.hpp"
#include "sim/command/submit_job.hpp"
#include "sim/command/sweep_inspection.hpp"
#include "sim/command/sweep_lock.hpp"
#include "sim/command/sweep_run.hpp"
#include "sim/command/sweep_subject.hpp"
#include "sim/experiment/sweep_table.hpp"

namespace mmu {
namespace {

void report(const SweepDirectory& sweep, SweepRun& run, bool whole) {
  const SweepPlan& plan = sweep.plan();
  const std::vector<PointFigures> figures = figures_of(sweep, sweep.states());
  if (whole) write_csv(sweep, figures, run.words());
  std::cout << sweep_table(plan, figures, run.words());
  const std::string best = ranking(plan, figures);
  if (!best.empty() && whole) std::cout << '\n' << best;
  std::cout.flush();
  for (const std::string& text : map_warnings(plan, figures)) run.say("warning: " + text);
}

}  // namespace

int execute(const SweepCommand& command) {
  SweepDirectory sweep = sweep_subject(command);
  switch (command.mode) {
    case SweepMode::kDryRun:
      return dry_run(command, sweep);
    case SweepMode::kStatus:
    case SweepMode::kCollect:
      return inspect(command, sweep);
    case SweepMode::kSlurm:
      sweep.write_plan();
      return submit_job(command, sweep);
    case SweepMode::kRun:
      break;
  }
  const bool whole = command.shard.of == 1;
  sweep.write_plan();
  const SweepLock lock(sweep.path(),
                       whole ? "" : fmt::format("{}-of-{}", command.shard.index, command.shard.of));
  SweepRun run(command.pool, sweep, command.shard);
  run.run();
  report(sweep, run, whole);
  if (run.interrupted()) run.say("interrupted; the same command goes on with what is missing");
  return run.status();
}

}  // namespace mmu
