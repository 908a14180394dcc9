#include "sim/result/attribution_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/result/figures.hpp"
#include "sim/result/text_table.hpp"

namespace mmu {
namespace {

constexpr std::size_t kShown = 10;
constexpr const char* kUnknownAddress = "unknown";

std::string address_text(std::uint64_t pc) {
  return pc == InstructionCost::kUnknown ? kUnknownAddress : fmt::format("{:#x}", pc);
}

void add_cost(Json& row, const TranslationCost& cost) {
  for_each_field(cost,
                 [&](const auto& f, std::uint64_t value) { row[std::string(f.name)] = value; });
}

Json cost_json(const TranslationCost& cost) {
  Json row = Json::object();
  add_cost(row, cost);
  return row;
}

/// One table; `what` heads the first column.
class CostTable {
 public:
  CostTable(const std::string& what, const TranslationCost& all)
      : table_({what, "ITLB misses", "DTLB misses", "STLB misses", "walks", "walk cycles", "%"}),
        all_(all) {}

  void add(const std::string& name, const TranslationCost& cost) {
    table_.add({"  " + name, grouped(cost.itlb_misses), grouped(cost.dtlb_misses),
                grouped(cost.stlb_misses), grouped(cost.walks), grouped(cost.walk_cycles()),
                fixed(100 * ratio(cost.walk_cycles(), all_.walk_cycles()), 1)});
  }
  void add_others(std::uint64_t rows, const TranslationCost& cost) {
    if (rows != 0) add(grouped(rows) + " others", cost);
  }
  std::string text() const { return table_.text(0); }

 private:
  TextTable table_;
  TranslationCost all_;
};

/// The first of `rows`, and the others together with `more` that cost `rest`.
template <class Row, class Name>
std::string table_of(const std::string& what, const std::vector<Row>& rows, std::uint64_t more,
                     const TranslationCost& rest, const TranslationCost& all, Name name) {
  CostTable table(what, all);
  const std::size_t shown = std::min(rows.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i) table.add(name(rows[i]), rows[i].cost);
  TranslationCost others = rest;
  for (std::size_t i = shown; i < rows.size(); ++i) others += rows[i].cost;
  table.add_others(rows.size() - shown + more, others);
  return table.text();
}

std::string area_name(const AreaCost& area) {
  if (area.end == 0) return area.name;
  const std::string name = area.name.empty() ? "[anonymous]" : area.name;
  return fmt::format("{:x}-{:x} {} {}", area.start, area.end, area.rights, name);
}

}  // namespace

Json attribution_json(const RunSubject& subject, const Attribution& attribution) {
  Json out;
  out["schema"] = kResultSchema;
  out["mmusim"] = mmusim_version();
  out["trace"] = file_name(subject.trace_path);
  out["machine"] = subject.machine.name;
  out["all"] = cost_json(attribution.sum_of_areas());
  out["instructions_known"] = attribution.knows_instructions();
  Json& top = out["top_instructions"] = Json::array();
  for (const InstructionCost& row : attribution.top) {
    top.push_back({{"address", address_text(row.pc)}});
    add_cost(top.back(), row.cost);
  }
  Json& others = out["other_instructions"] = {{"addresses", attribution.other_instructions}};
  add_cost(others, attribution.others);
  Json& areas = out["areas"] = Json::array();
  for (const AreaCost& row : attribution.areas) {
    areas.push_back({{"start", fmt::format("{:#x}", row.start)},
                     {"end", fmt::format("{:#x}", row.end)},
                     {"rights", row.rights},
                     {"name", row.name}});
    add_cost(areas.back(), row.cost);
  }
  return out;
}

std::string attribution_text(const Attribution& attribution) {
  const TranslationCost all = attribution.sum_of_areas();
  if (all.is_zero()) return "";
  std::string text;
  if (attribution.knows_instructions()) {
    text += "\n" + table_of("translation by instruction", attribution.top,
                            attribution.other_instructions, attribution.others, all,
                            [](const InstructionCost& row) { return address_text(row.pc); });
  } else {
    text += "\ntranslation by instruction: the trace has no fetch records\n";
  }
  std::vector<AreaCost> areas = attribution.areas;
  std::stable_sort(areas.begin(), areas.end(),
                   [](const AreaCost& a, const AreaCost& b) { return costs_more(a.cost, b.cost); });
  return text + "\n" + table_of("translation by area", areas, 0, {}, all, area_name);
}

}  // namespace mmu
