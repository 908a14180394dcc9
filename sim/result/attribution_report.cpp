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

/// Levels of TLB that the machine does not have are left out.
void add_cost(Json& row, const MmuParams& mmu, const TranslationCost& cost) {
  for_each_field(cost, [&](const auto& f, std::uint64_t value) {
    if (f.name == "l2_itlb_misses" && !has_tlb(mmu, TlbName::kL2Itlb)) return;
    if (f.name == "level3_misses" && !has_tlb(mmu, TlbName::kLevel3)) return;
    if (f.name == "level4_misses" && !has_tlb(mmu, TlbName::kLevel4)) return;
    row[std::string(f.name)] = value;
  });
}

Json cost_json(const MmuParams& mmu, const TranslationCost& cost) {
  Json row = Json::object();
  add_cost(row, mmu, cost);
  return row;
}

/// One table; `what` heads the first column.
class CostTable {
 public:
  CostTable(const std::string& what, const TranslationCost& all)
      : table_(head(what, all)), all_(all) {}

  void add(const std::string& name, const TranslationCost& cost) {
    std::vector<std::string> row{"  " + name, grouped(cost.itlb_misses), grouped(cost.dtlb_misses)};
    if (all_.l2_itlb_misses != 0) row.push_back(grouped(cost.l2_itlb_misses));
    row.push_back(grouped(cost.stlb_misses));
    if (all_.level3_misses != 0) row.push_back(grouped(cost.level3_misses));
    if (all_.level4_misses != 0) row.push_back(grouped(cost.level4_misses));
    row.push_back(grouped(cost.walks));
    row.push_back(grouped(cost.walk_cycles()));
    row.push_back(fixed(100 * ratio(cost.walk_cycles(), all_.walk_cycles()), 1));
    table_.add(row);
  }
  void add_others(std::uint64_t rows, const TranslationCost& cost) {
    if (rows != 0) add(grouped(rows) + " others", cost);
  }
  std::string text() const { return table_.text(0); }

 private:
  static std::vector<std::string> head(const std::string& what, const TranslationCost& all) {
    std::vector<std::string> row{what, "ITLB misses", "DTLB misses"};
    if (all.l2_itlb_misses != 0) row.emplace_back("L2 ITLB misses");
    row.emplace_back("STLB misses");
    if (all.level3_misses != 0) row.emplace_back("level3 misses");
    if (all.level4_misses != 0) row.emplace_back("level4 misses");
    row.insert(row.end(), {"walks", "walk cycles", "%"});
    return row;
  }

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

/// In front of what is of one of several processes: "2: ".
template <class Row>
std::string whose(bool several, const Row& row) {
  return several ? fmt::format("{}: ", row.process + 1) : "";
}

}  // namespace

Json attribution_json(const RunSubject& subject, const Attribution& attribution) {
  const MmuParams& mmu = subject.machine.mmu;
  const bool several = !subject.processes.empty();
  Json out;
  out["schema"] = kResultSchema;
  out["mmusim"] = mmusim_version();
  out["trace"] = file_name(subject.trace_path);
  out["machine"] = subject.machine.name;
  out["all"] = cost_json(mmu, attribution.sum_of_areas());
  out["instructions_known"] = attribution.knows_instructions();
  Json& top = out["top_instructions"] = Json::array();
  for (const InstructionCost& row : attribution.top) {
    top.push_back({{"address", address_text(row.pc)}});
    if (several) top.back()["process"] = row.process + 1;
    add_cost(top.back(), mmu, row.cost);
  }
  Json& others = out["other_instructions"] = {{"addresses", attribution.other_instructions}};
  add_cost(others, mmu, attribution.others);
  Json& areas = out["areas"] = Json::array();
  for (const AreaCost& row : attribution.areas) {
    areas.push_back({{"start", fmt::format("{:#x}", row.start)},
                     {"end", fmt::format("{:#x}", row.end)},
                     {"rights", row.rights},
                     {"name", row.name}});
    if (several) areas.back()["process"] = row.process + 1;
    add_cost(areas.back(), mmu, row.cost);
  }
  return out;
}

std::string attribution_text(const Attribution& attribution, bool several) {
  const TranslationCost all = attribution.sum_of_areas();
  if (all.is_zero()) return "";
  std::string text;
  if (attribution.knows_instructions()) {
    text += "\n" + table_of("translation by instruction", attribution.top,
                            attribution.other_instructions, attribution.others, all,
                            [several](const InstructionCost& row) {
                              return whose(several, row) + address_text(row.pc);
                            });
  } else {
    text += "\ntranslation by instruction: the trace has no fetch records\n";
  }
  std::vector<AreaCost> areas = attribution.areas;
  std::stable_sort(areas.begin(), areas.end(),
                   [](const AreaCost& a, const AreaCost& b) { return costs_more(a.cost, b.cost); });
  return text + "\n" +
         table_of("translation by area", areas, 0, {}, all,
                  [several](const AreaCost& row) { return whose(several, row) + area_name(row); });
}

}  // namespace mmu
