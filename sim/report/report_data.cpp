#include "sim/report/report_data.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "hw/link/translation_observer.hpp"
#include "sim/experiment/effects.hpp"
#include "sim/experiment/effects_export.hpp"
#include "sim/experiment/metrics.hpp"
#include "sim/presets/knob_table.hpp"
#include "sim/result/comparison.hpp"
#include "sim/result/figures.hpp"
#include "sim/result/result_file.hpp"

namespace mmu {
namespace {

/// Rows of a CSV file of numbers, the heads apart; empty if there is none.
struct NumberTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::uint64_t>> rows;
};

NumberTable read_numbers(const std::string& path) {
  NumberTable table;
  std::ifstream in(path);
  std::string line, cell;
  if (std::getline(in, line)) {
    std::istringstream heads(line);
    while (std::getline(heads, cell, ',')) table.columns.push_back(cell);
  }
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    std::vector<std::uint64_t> row;
    while (std::getline(cells, cell, ',')) row.push_back(std::strtoull(cell.c_str(), nullptr, 10));
    table.rows.push_back(std::move(row));
  }
  return table;
}

Json attribution_of(const std::string& directory) {
  constexpr std::size_t kMost = 20;
  std::ifstream in(directory + "/attribution.json", std::ios::binary);
  const Json all = Json::parse(in, nullptr, false);
  if (!all.is_object()) return nullptr;
  Json top = all.at("top_instructions"), areas = all.at("areas");
  if (top.size() > kMost) top.erase(top.begin() + kMost, top.end());
  const auto cost = [](const Json& area) {
    return area.at("itlb_walk_cycles").get<std::uint64_t>() +
           area.at("dtlb_walk_cycles").get<std::uint64_t>();
  };
  std::stable_sort(areas.begin(), areas.end(),
                   [&](const Json& a, const Json& b) { return cost(a) > cost(b); });
  if (areas.size() > kMost) areas.erase(areas.begin() + kMost, areas.end());
  for (Json& area : areas) {
    area["name"] = area.at("start").get<std::string>() + " " +
                   area.at("rights").get<std::string>() + " " + area.at("name").get<std::string>();
  }
  return {{"instructions", top}, {"areas", areas}};
}

Json groups_of(const Json& result) {
  Json groups = Json::object();
  const auto instructions = number_at(result, "counters.cpu.instructions");
  for (unsigned i = 0; i < kParts; ++i) {
    const auto part = static_cast<Part>(i);
    const auto cycles = number_at(result, "cycle_stack." + name_of(part));
    if (cycles == 0) continue;
    const std::string group = group_of(part);
    groups[group] = groups.value(group, 0.0) + ratio(cycles, instructions);
  }
  return groups;
}

/// Entries of all levels, and the misses of the last one, or of both if fetches and data have one
/// each.
void add_tlbs(const Json& result, Json& row) {
  std::uint64_t entries = 0;
  double last_of_fetches = 0, last_of_data = 0;
  const bool split = text_at(result.at("machine"), "mmu.second_level") == "split";
  for (unsigned i = 0; i < std::size(kTlbNames); ++i) {
    const std::string tlb(kTlbNames[i]);
    const std::string path = "machine.mmu." + tlb;
    if (number_at(result, path + ".entries") == 0) continue;
    for (const char* array : {"", ".large", ".huge"}) {
      entries += number_at(result, path + array + ".entries");
    }
    const auto name = static_cast<TlbName>(i);
    const bool of_fetches = name == TlbName::kItlb || name == TlbName::kL2Itlb;
    (of_fetches ? last_of_fetches : last_of_data) = tlb_mpki(result, tlb);
    if (name > TlbName::kStlb || (name == TlbName::kStlb && !split)) last_of_fetches = 0;
    row["mpki"][tlb] = tlb_mpki(result, tlb);
  }
  row["entries"] = entries;
  row["last_mpki"] = last_of_fetches + last_of_data;
}

Json configuration_of(const Json& result) {
  Json lines = Json::array();
  for (const Knob& knob : knobs()) {
    lines.push_back(knob.path + " = " + text_at(result.at("machine"), knob.path));
  }
  return lines;
}

Json result_row(const ComparisonSet& set, const ComparisonSet::Entry& entry,
                const std::vector<Effect>& effects) {
  const Json& result = entry.result.json;
  Json row = {{"label", entry.result.label},
              {"machine", set.machines[entry.machine].name},
              {"run", set.runs[entry.run]},
              {"trace", result.at("trace").at("name")},
              {"trace_hash", result.at("trace").at("hash")},
              {"map_hash", result.at("map_hash")},
              {"outcome", result.at("outcome")},
              {"settings", Json::array()},
              {"figures", Json::object()},
              {"groups", groups_of(result)},
              {"walk_latency", Json::array()},
              {"attribution", attribution_of(entry.directory)},
              {"configuration", configuration_of(result)}};
  for (const Effect& effect : effects) {
    if (effect.machine == entry.machine) row["settings"] = effect.settings;
  }
  for (const Metric& metric : metrics()) row["figures"][metric.name] = metric.of(result);
  for (const auto& percentile : read_numbers(entry.directory + "/walk_latency.csv").rows) {
    row["walk_latency"].push_back(percentile.at(1));
  }
  add_tlbs(result, row);
  return row;
}

/// The settings that take several values over the machines, and what each result has.
void add_axes(const ComparisonSet& set, Json& data) {
  data["axes"] = Json::object();
  for (const Knob& knob : knobs()) {
    std::vector<std::string> values;
    std::vector<std::string> of_machine;
    for (const ComparisonSet::Machine& machine : set.machines) {
      of_machine.push_back(text_at(machine.knobs, knob.path));
      if (std::find(values.begin(), values.end(), of_machine.back()) == values.end()) {
        values.push_back(of_machine.back());
      }
    }
    if (values.size() < 2) continue;
    data["axes"][knob.path] = values;
    for (std::size_t i = 0; i < set.entries.size(); ++i) {
      data["results"][i]["axes"][knob.path] = of_machine[set.entries[i].machine];
    }
  }
}

}  // namespace

Json report_data(const ComparisonSet& set) {
  const std::vector<Effect> effects = effects_of(set);
  const Json exported = effects_json(set, effects);
  Json data = {{"mmusim", mmusim_version()},
               {"baseline", set.machines[set.baseline].name},
               {"runs", set.runs},
               {"effects", exported.at("effects")},
               {"part_names", Json::object()},
               {"results", Json::array()},
               {"intervals", Json::array()}};
  for (unsigned i = 0; i < kParts; ++i) {
    data["part_names"][name_of(static_cast<Part>(i))] = in_words(static_cast<Part>(i));
  }
  for (const ComparisonSet::Entry& entry : set.entries) {
    data["results"].push_back(result_row(set, entry, effects));
    const NumberTable intervals = read_numbers(entry.directory + "/intervals.csv");
    data["intervals"].push_back({{"columns", intervals.columns}, {"rows", intervals.rows}});
  }
  add_axes(set, data);
  return data;
}

}  // namespace mmu
