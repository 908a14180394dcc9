#include "sim/result/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "hw/link/story.hpp"
#include "hw/link/translation_observer.hpp"
#include "sim/presets/knob_table.hpp"
#include "sim/result/figures.hpp"
#include "sim/result/result_file.hpp"
#include "sim/result/text_table.hpp"

namespace mmu {
namespace {

/// "A", "B" ...: short names for columns; beyond Z numbers.
std::string letter(std::size_t index) {
  return index < 26 ? std::string(1, static_cast<char>('A' + index)) : "#" + std::to_string(index);
}

std::vector<std::string> head(const std::string& first, const std::vector<NamedResult>& results) {
  std::vector<std::string> row{first};
  for (std::size_t i = 0; i < results.size(); ++i) row.push_back(letter(i));
  return row;
}

std::string legend(const std::vector<NamedResult>& results) {
  TextTable table({"", "result", "machine", "trace", "outcome"});
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Json& json = results[i].json;
    table.add({letter(i), results[i].label, text_at(json, "machine.name"),
               text_at(json, "trace.name"), text_at(json, "outcome")});
  }
  return table.text(0, 5);
}

std::string configuration(const std::vector<NamedResult>& results) {
  TextTable table(head("configuration", results));
  for (const Knob& knob : knobs()) {
    if (knob.path == "note" || knob.path == "name") continue;
    std::vector<std::string> row{"  " + knob.path};
    bool differs = false;
    for (const NamedResult& result : results) {
      row.push_back(text_at(result.json, "machine." + knob.path));
      differs = differs || row.back() != row[1];
    }
    if (differs) table.add(row);
  }
  return table.empty() ? "configuration: the same\n" : table.text(0);
}

std::string figures(const std::vector<NamedResult>& results) {
  TextTable table(head("figures", results));
  const auto add = [&](const std::string& name, auto&& figure) {
    std::vector<std::string> row{"  " + name};
    for (const NamedResult& result : results) row.push_back(figure(result.json));
    table.add(row);
  };
  const auto counter = [](const char* path) {
    return [path](const Json& json) { return grouped(number_at(json, path)); };
  };
  add("instructions", counter("counters.cpu.instructions"));
  add("cycles", counter("counters.cpu.cycles"));
  add("IPC", [](const Json& json) { return fixed(ipc(json), 4); });
  for (const std::string_view name : kTlbNames) {
    const std::string tlb(name);
    const auto has = [&tlb](const Json& json) {
      return value_at(json, "counters.mmu." + tlb) != nullptr;
    };
    if (std::none_of(results.begin(), results.end(),
                     [&](const NamedResult& result) { return has(result.json); })) {
      continue;
    }
    add(tlb + " MPKI", [&](const Json& json) {
      return has(json) ? fixed(tlb_mpki(json, tlb), 3) : std::string("-");
    });
  }
  add("page walks", counter("counters.mmu.walker.walks"));
  add("mean walk latency", [](const Json& json) {
    return fixed(ratio(number_at(json, "counters.mmu.walker.latency.sum"),
                       number_at(json, "counters.mmu.walker.latency.count")),
                 1);
  });
  add("translation share", [](const Json& json) { return percent(translation_share(json), 2); });
  return table.text(0);
}

/// Cycles in 1000 instructions, of a part or of a group.
struct Cost {
  std::string name;
  double before = 0, after = 0;
  double change() const { return after - before; }
};
struct CostGroup {
  Cost sum;
  std::vector<Cost> parts;
};

bool larger_change(const Cost& a, const Cost& b) {
  return std::abs(a.change()) > std::abs(b.change());
}

/// Groups and parts that changed, the largest changes first.
std::vector<CostGroup> cost_changes(const Json& first, const Json& other) {
  std::vector<CostGroup> groups;
  for (unsigned i = 0; i < kParts; ++i) {
    const auto part = static_cast<Part>(i);
    const std::string path = "cycle_stack." + name_of(part);
    const Cost cost{name_of(part), per_kilo(first, number_at(first, path)),
                    per_kilo(other, number_at(other, path))};
    if (cost.before == cost.after) continue;
    const std::string name = group_of(part);
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const CostGroup& known) { return known.sum.name == name; });
    if (group == groups.end()) group = groups.insert(group, CostGroup{Cost{name, 0, 0}, {}});
    group->sum.before += cost.before;
    group->sum.after += cost.after;
    group->parts.push_back(cost);
  }
  for (CostGroup& group : groups) {
    std::stable_sort(group.parts.begin(), group.parts.end(), larger_change);
  }
  std::stable_sort(groups.begin(), groups.end(), [](const CostGroup& a, const CostGroup& b) {
    return larger_change(a.sum, b.sum);
  });
  return groups;
}

/// "B needs 12.30 % fewer cycles an instruction than A; responsible above all: page walks, 70 % of
/// the difference."
std::string verdict(const std::string& name, const std::vector<CostGroup>& groups,
                    const Json& first, const Json& other) {
  const double total = 1000 * (cpi(other) - cpi(first));
  std::string text = name + " needs ";
  if (groups.empty() || total == 0) return text + "as many cycles an instruction as A.\n";
  text += percent(std::abs(cpi(other) / cpi(first) - 1), 2) + (total < 0 ? " fewer" : " more") +
          " cycles an instruction than A";
  // The largest group that pulls in the direction of the whole.
  for (const CostGroup& group : groups) {
    if (group.sum.change() * total <= 0) continue;
    return text + "; responsible above all: " + group.sum.name + ", " +
           percent(group.sum.change() / total, 0) + " of the difference.\n";
  }
  return text + ".\n";
}

void add_cost(TextTable& table, const std::string& name, const Cost& cost, double whole) {
  table.add({name, fixed(cost.before, 2), fixed(cost.after, 2),
             (cost.change() < 0 ? "" : "+") + fixed(cost.change(), 2),
             signed_percent(whole == 0 ? 0 : cost.change() / whole, 2)});
}

std::string responsible(std::size_t index, const NamedResult& first, const NamedResult& other) {
  const auto groups = cost_changes(first.json, other.json);
  std::string text = verdict(letter(index), groups, first.json, other.json);
  if (groups.empty()) return text;
  TextTable table({"cycles in 1000 instructions", "A", letter(index), "change", "of A's cycles"});
  const double whole = 1000 * cpi(first.json);
  for (const CostGroup& group : groups) {
    add_cost(table, "  " + group.sum.name, group.sum, whole);
    for (const Cost& part : group.parts) {
      if (part.name != group.sum.name) add_cost(table, "    " + part.name, part, whole);
    }
  }
  add_cost(table, "  all", {"", whole, 1000 * cpi(other.json)}, whole);
  return text + table.text(0);
}

/// The first's, then what only the other has (a third level of TLB), as 0 in the first.
std::vector<NamedNumber> counters_of_both(const Json& first, const Json& other) {
  std::vector<NamedNumber> all = all_numbers(first);
  std::set<std::string> known;
  for (const NamedNumber& counter : all) known.insert(counter.path);
  for (const NamedNumber& counter : all_numbers(other)) {
    if (known.count(counter.path) == 0) all.push_back({counter.path, 0});
  }
  return all;
}

/// The counters that differ most: by the change against what chance alone would change.
std::string counters(std::size_t index, const NamedResult& first, const NamedResult& other) {
  constexpr std::size_t kShown = 12;
  struct Change {
    std::string path;
    std::uint64_t before, after;
    double weight;
  };
  std::vector<Change> changes;
  for (const NamedNumber& counter :
       counters_of_both(first.json.at("counters"), other.json.at("counters"))) {
    if (counter.path.find(".latency.") != std::string::npos)
      continue;  // walks and walk_cycles say it
    const std::uint64_t after = number_at(other.json.at("counters"), counter.path);
    if (after == counter.value) continue;
    const double difference = static_cast<double>(after) - static_cast<double>(counter.value);
    const double sum = static_cast<double>(after) + static_cast<double>(counter.value);
    changes.push_back({counter.path, counter.value, after, std::abs(difference) / std::sqrt(sum)});
  }
  if (changes.empty()) return "counters: the same\n";
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.weight > b.weight; });
  TextTable table({"counters that differ most", "A", letter(index), "change"});
  for (std::size_t i = 0; i < std::min(kShown, changes.size()); ++i) {
    const Change& change = changes[i];
    const double factor = ratio(change.after, change.before) - 1;
    table.add({"  " + change.path, grouped(change.before), grouped(change.after),
               change.before == 0 ? "new" : signed_percent(factor)});
  }
  std::string text = table.text(0);
  if (changes.size() > kShown) {
    text += "  (and " + std::to_string(changes.size() - kShown) + " others)\n";
  }
  return text;
}

}  // namespace

std::string group_of(Part part) {
  switch (part) {
    case Part::kIssue:
      return "issue";
    case Part::kDependence:
      return "dependences";
    case Part::kL1Tlb:
    case Part::kL2Itlb:
    case Part::kStlb:
    case Part::kLevel3:
    case Part::kLevel4:
    case Part::kMergeWait:
      return "TLB look-ups";
    case Part::kFence:
      return "fences";
    case Part::kFaultDrain:
    case Part::kFaultOs:
      return "page faults";
    case Part::kSystemCall:
      return "system calls";
    default:
      return part >= Part::kData && part < Part::kPteRead ? "data" : "page walks";
  }
}

std::vector<std::string> comparison_warnings(const NamedResult& first, const NamedResult& other) {
  std::vector<std::string> warnings;
  const auto differ = [&](const char* path) {
    return text_at(first.json, path) != text_at(other.json, path);
  };
  const auto both = [&](const char* path) {
    return ": " + text_at(first.json, path) + " against " + text_at(other.json, path);
  };
  if (differ("trace.hash")) {
    warnings.push_back("the traces differ" + both("trace.name") + ", hash" +
                       both("trace.hash").substr(1));
  } else if (differ("map_hash")) {
    warnings.push_back("the VA->PA maps differ" + both("map_hash") +
                       "; caches and DRAM saw other addresses");
  }
  const std::pair<const char*, const char*> limits[] = {
      {"--instructions", "options.instructions"},
      {"--skip", "options.skip_instructions"},
      {"--warmup", "options.warmup_instructions"}};
  for (const auto& [option, path] : limits) {
    if (!differ(path)) continue;
    warnings.push_back("the runs were limited differently (" + std::string(option) + ")" +
                       both(path));
  }
  if (differ("mmusim")) warnings.push_back("the versions of mmusim differ" + both("mmusim"));
  for (const NamedResult* result : {&first, &other}) {
    if (result->json.value("partial", false)) {
      warnings.push_back(result->label + " is partial (" + text_at(result->json, "outcome") + ")");
    }
  }
  return warnings;
}

std::string comparison_text(const std::vector<NamedResult>& results) {
  std::string text = legend(results);
  std::vector<std::string> said;
  for (std::size_t i = 1; i < results.size(); ++i) {
    for (const std::string& warning : comparison_warnings(results[0], results[i])) {
      if (std::find(said.begin(), said.end(), warning) != said.end()) continue;
      said.push_back(warning);
      text += "warning: " + warning + "\n";
    }
  }
  text += "\n" + configuration(results) + "\n" + figures(results);
  for (std::size_t i = 1; i < results.size(); ++i) {
    text += "\n" + responsible(i, results[0], results[i]);
    text += "\n" + counters(i, results[0], results[i]);
  }
  return text;
}

}  // namespace mmu
