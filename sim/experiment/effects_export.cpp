#include "sim/experiment/effects_export.hpp"

#include <fmt/format.h>

#include "sim/experiment/csv.hpp"
#include "sim/experiment/metrics.hpp"
#include "sim/result/figures.hpp"

namespace mmu {
namespace {

Json effect_json(const ComparisonSet& set, const Effect& effect) {
  Json json = {{"machine", set.machines[effect.machine].name},
               {"settings", effect.settings},
               {"runs", effect.runs},
               {"cycles", effect.change},
               {"parts", Json::object()}};
  for (const PartEffect& part : effect.parts) json["parts"][name_of(part.part)] = part.share;
  return json;
}

Json result_json(const ComparisonSet& set, const ComparisonSet::Entry& entry) {
  Json json = {{"result", entry.result.label},
               {"machine", set.machines[entry.machine].name},
               {"run", set.runs[entry.run]},
               {"baseline", nullptr},
               {"figures", Json::object()}};
  if (entry.baseline) json["baseline"] = set.entries[*entry.baseline].result.label;
  for (const Metric& metric : metrics()) {
    json["figures"][metric.name] = metric.of(entry.result.json);
  }
  return json;
}

}  // namespace

Json effects_json(const ComparisonSet& set, const std::vector<Effect>& effects) {
  Json json = {{"schema", kResultSchema},
               {"mmusim", mmusim_version()},
               {"baseline", set.machines[set.baseline].name},
               {"runs", set.runs},
               {"effects", Json::array()},
               {"results", Json::array()}};
  for (const Effect& effect : effects) json["effects"].push_back(effect_json(set, effect));
  for (const ComparisonSet::Entry& entry : set.entries) {
    json["results"].push_back(result_json(set, entry));
  }
  return json;
}

std::string comparison_csv(const ComparisonSet& set) {
  std::string text = "result,machine,run,cpi_of_baseline";
  for (const Metric& metric : metrics()) text += "," + std::string(metric.name);
  text += "\n";
  for (const ComparisonSet::Entry& entry : set.entries) {
    const Json& json = entry.result.json;
    text += csv_cell(entry.result.label) + "," + csv_cell(set.machines[entry.machine].name) + "," +
            csv_cell(set.runs[entry.run]) + ",";
    if (entry.baseline) {
      text += fmt::format("{:.6f}", cpi(json) / cpi(set.entries[*entry.baseline].result.json));
    }
    for (const Metric& metric : metrics()) text += fmt::format(",{:.10g}", metric.of(json));
    text += "\n";
  }
  return text;
}

}  // namespace mmu
