#include "sim/experiment/sweep_table.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "sim/experiment/csv.hpp"
#include "sim/result/figures.hpp"
#include "sim/result/result_file.hpp"
#include "sim/result/text_table.hpp"

namespace mmu {
namespace {

PointFigures figures_of(const Json& json) {
  PointFigures figures;
  figures.known = true;
  figures.instructions = number_at(json, "counters.cpu.instructions");
  figures.cycles = number_at(json, "counters.cpu.cycles");
  figures.walks = number_at(json, "counters.mmu.walker.walks");
  figures.ipc = ipc(json);
  figures.itlb_mpki = tlb_mpki(json, "itlb");
  figures.dtlb_mpki = tlb_mpki(json, "dtlb");
  figures.stlb_mpki = tlb_mpki(json, "stlb");
  figures.translation_share = translation_share(json);
  figures.map_hash = json.at("map_hash").get<std::string>();
  return figures;
}

/// Cycles of the point relative to its baseline; 0 if one of them is unknown.
double relative(const SweepPlan& plan, const std::vector<PointFigures>& figures, std::size_t i) {
  const PointFigures& base = figures[plan.points[i].baseline];
  if (!figures[i].known || !base.known) return 0;
  return ratio(figures[i].cycles, base.cycles);
}

bool is_of_a_run(const std::string& column) { return column == "trace" || column == "seed"; }

/// The values of a point in the columns of configurations, or in those of runs (trace, seed).
std::vector<std::string> values_of(const SweepPlan& plan, std::size_t i, bool of_runs) {
  std::vector<std::string> values;
  for (std::size_t k = 0; k < plan.columns.size(); ++k) {
    if (is_of_a_run(plan.columns[k]) == of_runs) values.push_back(plan.points[i].values[k]);
  }
  return values;
}

struct Configuration {
  std::vector<std::string> values;
  double log_sum = 0;
  std::size_t runs = 0;
  bool complete = true, is_baseline = false;
  double mean() const { return std::exp(log_sum / static_cast<double>(runs)); }
};

std::vector<Configuration> configurations(const SweepPlan& plan,
                                          const std::vector<PointFigures>& figures) {
  std::map<std::vector<std::string>, std::size_t> places;
  std::vector<Configuration> all;
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const auto values = values_of(plan, i, false);
    const auto place = places.emplace(values, all.size()).first->second;
    if (place == all.size()) all.push_back({values});
    Configuration& configuration = all[place];
    const double times = relative(plan, figures, i);
    configuration.complete = configuration.complete && times != 0;
    configuration.log_sum += times != 0 ? std::log(times) : 0;
    ++configuration.runs;
    configuration.is_baseline = plan.points[i].baseline == i;
  }
  return all;
}

std::string in_words(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + value;
  return text;
}

}  // namespace

std::vector<PointFigures> figures_of(const SweepDirectory& sweep,
                                     const std::vector<PointState>& states) {
  std::vector<PointFigures> figures(states.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i] == PointState::kDone) figures[i] = figures_of(sweep.read(i));
  }
  return figures;
}

std::string sweep_table(const SweepPlan& plan, const std::vector<PointFigures>& figures,
                        const std::vector<std::string>& words) {
  std::vector<std::string> head = plan.columns;
  for (const char* name : {"cycles", "of baseline", "IPC", "ITLB MPKI", "DTLB MPKI", "STLB MPKI",
                           "walks", "translation", "state"}) {
    head.emplace_back(name);
  }
  TextTable table(head);
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    std::vector<std::string> row = plan.points[i].values;
    const PointFigures& of = figures[i];
    const double times = relative(plan, figures, i);
    if (of.known) {
      row.insert(row.end(),
                 {grouped(of.cycles), times == 0 ? "-" : percent(times, 2), fixed(of.ipc, 4),
                  fixed(of.itlb_mpki, 3), fixed(of.dtlb_mpki, 3), fixed(of.stlb_mpki, 3),
                  grouped(of.walks), percent(of.translation_share, 2)});
    } else {
      row.resize(row.size() + 8, "-");
    }
    row.push_back(words[i]);
    table.add(row);
  }
  const auto words_first = std::find_if_not(
      plan.columns.begin(), plan.columns.end(),
      [](const std::string& column) { return column == "trace" || column == "machine"; });
  return table.text(0, static_cast<std::size_t>(words_first - plan.columns.begin()));
}

std::string ranking(const SweepPlan& plan, const std::vector<PointFigures>& figures) {
  std::vector<Configuration> all = configurations(plan, figures);
  const auto complete = static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const Configuration& c) { return c.complete; }));
  if (all.size() < 2 || complete == 0) return "";
  std::stable_sort(all.begin(), all.end(), [](const Configuration& a, const Configuration& b) {
    if (a.complete != b.complete) return a.complete;
    return a.complete && a.mean() < b.mean();
  });
  std::vector<std::string> head;
  for (const std::string& column : plan.columns) {
    if (!is_of_a_run(column)) head.push_back(column);
  }
  const std::size_t columns = head.size();
  head.insert(head.end(), {"cycles of baseline", ""});
  TextTable table(head);
  for (const Configuration& configuration : all) {
    std::vector<std::string> row = configuration.values;
    row.push_back(configuration.complete ? percent(configuration.mean(), 2) : "-");
    row.emplace_back(configuration.is_baseline ? "baseline" : "");
    table.add(row);
  }
  return "best first (" +
         (all[0].runs == 1 ? std::string("one run each")
                           : "geometric mean over " + std::to_string(all[0].runs) + " runs") +
         "):\n" + table.text(0, columns);
}

std::vector<std::string> map_warnings(const SweepPlan& plan,
                                      const std::vector<PointFigures>& figures) {
  std::map<std::size_t, std::vector<std::size_t>> strangers;  // by baseline
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const std::size_t base = plan.points[i].baseline;
    if (!figures[i].known || !figures[base].known) continue;
    if (figures[i].map_hash != figures[base].map_hash) strangers[base].push_back(i);
  }
  std::vector<std::string> warnings;
  for (const auto& [base, points] : strangers) {
    const std::string run = in_words(values_of(plan, base, true));
    warnings.push_back((run.empty() ? "" : run + ": ") + std::to_string(points.size()) +
                       (points.size() == 1 ? " point has" : " points have") +
                       " another VA->PA map than the baseline, " + plan.points[points[0]].name +
                       " the first: their cycles differ by more than the hardware");
  }
  return warnings;
}

std::string sweep_csv(const SweepPlan& plan, const std::vector<PointFigures>& figures,
                      const std::vector<std::string>& words) {
  std::string text = "point";
  for (const std::string& column : plan.columns) text += "," + csv_cell(column);
  text +=
      ",state,instructions,cycles,cycles_of_baseline,ipc,itlb_mpki,dtlb_mpki,stlb_mpki,walks,"
      "translation_share,map_hash\n";
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const PointFigures& of = figures[i];
    text += csv_cell(plan.points[i].name);
    for (const std::string& value : plan.points[i].values) text += "," + csv_cell(value);
    text += "," + csv_cell(words[i]);
    if (of.known) {
      const double times = relative(plan, figures, i);
      text += "," + std::to_string(of.instructions) + "," + std::to_string(of.cycles) + "," +
              (times == 0 ? "" : fixed(times, 6)) + "," + fixed(of.ipc, 6) + "," +
              fixed(of.itlb_mpki, 6) + "," + fixed(of.dtlb_mpki, 6) + "," + fixed(of.stlb_mpki, 6) +
              "," + std::to_string(of.walks) + "," + fixed(of.translation_share, 6) + "," +
              of.map_hash;
    } else {
      text += ",,,,,,,,,,";
    }
    text += "\n";
  }
  return text;
}

}  // namespace mmu
