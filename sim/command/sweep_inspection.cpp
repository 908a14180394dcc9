#include "sim/command/sweep_inspection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <optional>

#include "sim/command/exit_status.hpp"
#include "sim/command/progress.hpp"
#include "sim/command/run_estimate.hpp"
#include "sim/command/sweep_subject.hpp"
#include "sim/experiment/sweep_table.hpp"
#include "sim/result/text_table.hpp"

namespace mmu {

int dry_run(const SweepCommand& command, const SweepDirectory& sweep) {
  const SweepPlan& plan = sweep.plan();
  const std::vector<PointState> states = sweep.states();
  std::map<std::string, std::optional<double>> seconds;  // by trace: of its first point
  double sum = 0;
  std::size_t to_run = 0, unknown = 0;
  std::vector<std::string> head = plan.columns;
  head.emplace_back("state");
  TextTable table(head);
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const SweepPoint& point = plan.points[i];
    std::vector<std::string> row = point.values;
    row.emplace_back(kPointStateNames[static_cast<unsigned>(states[i])]);
    table.add(row);
    if (states[i] == PointState::kDone) continue;
    ++to_run;
    if (seconds.count(point.trace) == 0) {
      seconds[point.trace] = estimated_seconds(point, sweep.options());
    }
    sum += seconds[point.trace].value_or(0);
    unknown += seconds[point.trace] ? 0u : 1u;
  }
  const unsigned jobs = at_once(command.pool);
  const double rounds = std::min<double>(jobs, std::max<double>(1, static_cast<double>(to_run)));
  std::cout << table.text(0, plan.columns.size())
            << fmt::format("{} points, {} to run, in {}\n", plan.points.size(), to_run,
                           sweep.path());
  if (unknown != to_run || to_run == 0) {
    std::cout << "estimated time: about " << duration_text(sum / rounds) << " with " << jobs
              << " at once\n";
  }
  if (unknown != 0) {
    std::cout << unknown << " of them have traces that do not say how long they are; \"mmusim "
              << "trace convert\" helps\n";
  }
  return kExitDone;
}

int inspect(const SweepCommand& command, const SweepDirectory& sweep) {
  const SweepPlan& plan = sweep.plan();
  const std::vector<PointState> states = sweep.states();
  std::vector<std::string> words;
  std::map<std::string, std::size_t> counts;
  for (const PointState state : states) {
    words.emplace_back(kPointStateNames[static_cast<unsigned>(state)]);
    ++counts[words.back()];
  }
  if (command.mode == SweepMode::kCollect) {
    const std::vector<PointFigures> figures = figures_of(sweep, states);
    write_csv(sweep, figures, words);
    const std::string best = ranking(plan, figures);
    std::cout << sweep_table(plan, figures, words) << (best.empty() ? "" : "\n") << best;
    std::cout.flush();
    for (const std::string& text : map_warnings(plan, figures)) {
      std::cerr << "mmusim: warning: " << text << '\n';
    }
  }
  for (const auto& [word, count] : counts) std::cout << count << " " << word << '\n';
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i] != PointState::kFailed) continue;
    const PointFailure failure = sweep.failure(i);
    std::cout << plan.points[i].name << ": status " << failure.status << " after "
              << failure.attempts << (failure.attempts == 1 ? " attempt: " : " attempts: ")
              << failure.message << '\n';
  }
  return counts["done"] == states.size() ? kExitDone : kExitSimulated;
}

}  // namespace mmu
