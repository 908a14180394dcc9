// mmusim compare: results side by side.
#include <iostream>
#include <set>

#include "sim/command/commands.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/experiment/comparison_set.hpp"
#include "sim/experiment/effects.hpp"
#include "sim/experiment/effects_export.hpp"
#include "sim/experiment/gate.hpp"
#include "sim/report/report_page.hpp"
#include "sim/result/comparison.hpp"
#include "sim/result/text_file.hpp"

namespace mmu {
namespace {

/// Each result against the baseline of its run; once each.
std::string warnings_of(const ComparisonSet& set) {
  std::set<std::string> said;
  std::string text;
  const auto say = [&](const std::string& warning) {
    if (said.insert(warning).second) text += "warning: " + warning + "\n";
  };
  for (const ComparisonSet::Entry& entry : set.entries) {
    if (!entry.baseline) {
      say(entry.result.label +
          ": no result of the baseline's machine has its trace, limit and seed");
      continue;
    }
    const NamedResult& base = set.entries[*entry.baseline].result;
    for (const std::string& warning : comparison_warnings(base, entry.result)) say(warning);
  }
  return text;
}

/// Few results of one run are shown with everything that differs.
bool in_detail(const ComparisonSet& set) {
  constexpr std::size_t kMost = 5;
  return !set.has_sweep && set.entries.size() <= kMost;
}

std::string text_of(const ComparisonSet& set) {
  std::vector<NamedResult> results;
  for (const ComparisonSet::Entry& entry : set.entries) results.push_back(entry.result);
  if (in_detail(set)) return comparison_text(results);
  return warnings_of(set) + effects_text(set, effects_of(set));
}

}  // namespace

int execute(const CompareCommand& command) {
  std::vector<Gate> gates;
  for (const std::string& text : command.gates) gates.push_back(read_gate(text));
  const ComparisonSet set = comparison_set(command.results, command.baseline);
  if (!command.json.empty()) {
    write_text(command.json, effects_json(set, effects_of(set)).dump(1) + "\n");
  }
  if (!command.csv.empty()) write_text(command.csv, comparison_csv(set));
  if (!command.html.empty()) write_text(command.html, report_page(set));
  std::cout << text_of(set);
  std::cout.flush();
  bool passed = true;
  for (const Gate& gate : gates) {
    for (const std::string& sentence : above(set, gate)) {
      std::cerr << "mmusim: " << sentence << '\n';
      passed = false;
    }
  }
  return passed ? kExitDone : kExitSimulated;
}

}  // namespace mmu
