#include "sim/result/comparison.hpp"

#include <algorithm>
#include <cmath>

#include "hw/link/story.hpp"
#include "sim/presets/knob_table.hpp"
#include "sim/result/figures.hpp"
#include "sim/result/result_file.hpp"
#include "sim/result/text_table.hpp"

namespace mmu {
namespace {

const Json* value_at(const Json& root, const std::string& path) {
  const Json* at = &root;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const auto found = at->find(path.substr(begin, end - begin));
    if (found == at->end()) return nullptr;
    at = &*found;
    begin = end + 1;
  }
  return at;
}

std::string shown(const Json* value) {
  if (value == nullptr) return "-";
  return value->is_string() ? value->get<std::string>() : value->dump();
}

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
    table.add({letter(i), results[i].label, shown(value_at(json, "machine.name")),
               shown(value_at(json, "trace.name")), shown(value_at(json, "outcome"))});
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
      row.push_back(shown(value_at(result.json, "machine." + knob.path)));
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
  for (const std::string tlb : {"itlb", "dtlb", "stlb"}) {
    add(tlb + " MPKI", [&tlb](const Json& json) { return fixed(tlb_mpki(json, tlb), 3); });
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

/// What a part of the cycle stack costs a thousand instructions.
double part_cost(const Json& json, const std::string& part) {
  return per_kilo(json, number_at(json, "cycle_stack." + part));
}

struct PartChange {
  std::string part;
  double before = 0, after = 0;
  double change() const { return after - before; }
};

/// By the size of the change, the largest first.
std::vector<PartChange> part_changes(const Json& first, const Json& other) {
  std::vector<PartChange> changes;
  for (unsigned i = 0; i < kParts; ++i) {
    const std::string part = name_of(static_cast<Part>(i));
    const PartChange change{part, part_cost(first, part), part_cost(other, part)};
    if (change.before != change.after) changes.push_back(change);
  }
  std::stable_sort(changes.begin(), changes.end(), [](const PartChange& a, const PartChange& b) {
    return std::abs(a.change()) > std::abs(b.change());
  });
  return changes;
}

/// "B needs 12.3 % fewer cycles than A, mostly by pte_level0_memory (70 % of the difference)."
std::string verdict(const std::string& name, const std::vector<PartChange>& changes,
                    const Json& first, const Json& other) {
  const double change = cpi(other) / cpi(first) - 1;
  std::string text = name + " needs ";
  if (changes.empty() || change == 0) return text + "as many cycles an instruction as A.\n";
  text += percent(std::abs(change), 2) + (change < 0 ? " fewer" : " more") +
          " cycles an instruction than A";
  const double total = 1000 * (cpi(other) - cpi(first));
  // The largest part that pulls in the direction of the whole.
  for (const PartChange& part : changes) {
    if (part.change() * total <= 0) continue;
    return text + "; responsible above all: " + part.part + ", " +
           percent(part.change() / total, 0) + " of the difference.\n";
  }
  return text + ".\n";
}

std::string responsible(std::size_t index, const NamedResult& first, const NamedResult& other) {
  const auto changes = part_changes(first.json, other.json);
  std::string text = verdict(letter(index), changes, first.json, other.json);
  if (changes.empty()) return text;
  TextTable table({"cycles in 1000 instructions", "A", letter(index), "change", "of A's cycles"});
  const double whole = 1000 * cpi(first.json);
  for (const PartChange& part : changes) {
    table.add({"  " + part.part, fixed(part.before, 2), fixed(part.after, 2),
               (part.change() < 0 ? "" : "+") + fixed(part.change(), 2),
               signed_percent(whole == 0 ? 0 : part.change() / whole, 2)});
  }
  const double total = 1000 * (cpi(other.json) - cpi(first.json));
  table.add({"  all", fixed(whole, 2), fixed(1000 * cpi(other.json), 2),
             (total < 0 ? "" : "+") + fixed(total, 2),
             signed_percent(whole == 0 ? 0 : total / whole, 2)});
  return text + table.text(0);
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
  for (const NamedNumber& counter : all_numbers(first.json.at("counters"))) {
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

std::vector<std::string> comparison_warnings(const NamedResult& first, const NamedResult& other) {
  std::vector<std::string> warnings;
  const auto differ = [&](const char* path) {
    return shown(value_at(first.json, path)) != shown(value_at(other.json, path));
  };
  const auto both = [&](const char* path) {
    return ": " + shown(value_at(first.json, path)) + " against " +
           shown(value_at(other.json, path));
  };
  if (differ("trace.hash")) {
    warnings.push_back("the traces differ" + both("trace.name") + ", hash" +
                       both("trace.hash").substr(1));
  } else if (differ("map_hash")) {
    warnings.push_back("the VA->PA maps differ" + both("map_hash") +
                       "; caches and DRAM saw other addresses");
  }
  if (differ("options.instructions")) {
    warnings.push_back("the runs were limited differently (--instructions)" +
                       both("options.instructions"));
  }
  if (differ("mmusim")) warnings.push_back("the versions of mmusim differ" + both("mmusim"));
  for (const NamedResult* result : {&first, &other}) {
    if (result->json.value("partial", false)) {
      warnings.push_back(result->label + " is partial (" +
                         shown(value_at(result->json, "outcome")) + ")");
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
