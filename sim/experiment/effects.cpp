#include "sim/experiment/effects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/presets/knob_table.hpp"
#include "sim/result/figures.hpp"
#include "sim/result/result_file.hpp"
#include "sim/result/text_table.hpp"

namespace mmu {
namespace {

/// Machines of different design differ in more than anybody reads.
std::vector<std::string> settings_of(const ComparisonSet::Machine& base,
                                     const ComparisonSet::Machine& machine) {
  constexpr std::size_t kMost = 6;
  std::vector<std::string> settings;
  for (const Knob& knob : knobs()) {
    const std::string before = text_at(base.knobs, knob.path);
    const std::string after = text_at(machine.knobs, knob.path);
    if (before != after) settings.push_back(knob.path + " " + before + " -> " + after);
  }
  if (settings.size() <= kMost) return settings;
  return {base.name + " -> " + machine.name + " (" + std::to_string(settings.size()) + " knobs)"};
}

/// Adds one run; what the runs before it have summed up is kept.
void add_run(const Json& base, const Json& other, Effect& effect,
             std::array<double, kParts>& sums) {
  effect.change += std::log(cpi(other) / cpi(base));
  ++effect.runs;
  const double whole = 1000 * cpi(base);
  for (unsigned i = 0; i < kParts; ++i) {
    const std::string path = "cycle_stack." + name_of(static_cast<Part>(i));
    sums[i] +=
        (per_kilo(other, number_at(other, path)) - per_kilo(base, number_at(base, path))) / whole;
  }
}

Effect effect_of(const ComparisonSet& set, std::size_t machine) {
  Effect effect;
  effect.machine = machine;
  effect.settings = settings_of(set.machines[set.baseline], set.machines[machine]);
  std::array<double, kParts> sums{};
  for (const ComparisonSet::Entry& entry : set.entries) {
    if (entry.machine != machine || !entry.baseline) continue;
    add_run(set.entries[*entry.baseline].result.json, entry.result.json, effect, sums);
  }
  if (effect.runs == 0) return effect;
  const auto runs = static_cast<double>(effect.runs);
  effect.change = std::expm1(effect.change / runs);
  for (unsigned i = 0; i < kParts; ++i) {
    if (sums[i] != 0) effect.parts.push_back({static_cast<Part>(i), sums[i] / runs});
  }
  std::stable_sort(effect.parts.begin(), effect.parts.end(),
                   [](const PartEffect& a, const PartEffect& b) {
                     return std::abs(a.share) > std::abs(b.share);
                   });
  return effect;
}

/// The three largest parts that anybody would see.
std::string responsible(const Effect& effect) {
  constexpr double kLeast = 0.00005;
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, effect.parts.size()); ++i) {
    const PartEffect& part = effect.parts[i];
    if (std::abs(part.share) < kLeast) break;
    text += (text.empty() ? "" : ", ") + signed_percent(part.share, 2) + " " + in_words(part.part);
  }
  return text;
}

}  // namespace

std::vector<Effect> effects_of(const ComparisonSet& set) {
  std::vector<Effect> effects;
  for (std::size_t machine = 0; machine < set.machines.size(); ++machine) {
    Effect effect = effect_of(set, machine);
    if (effect.runs != 0) effects.push_back(std::move(effect));
  }
  std::stable_sort(effects.begin(), effects.end(), [](const Effect& a, const Effect& b) {
    return std::abs(a.change) > std::abs(b.change);
  });
  return effects;
}

std::string in_words(Part part) {
  const auto place = [](unsigned index) {
    constexpr std::array<const char*, kServedPlaces> kPlaces = {"the L1", "the L2", "the LLC",
                                                                "memory"};
    return std::string(" from ") + kPlaces[index];
  };
  const auto index = static_cast<unsigned>(part);
  if (part >= Part::kPteRead) {
    const unsigned pte = index - static_cast<unsigned>(Part::kPteRead);
    return "PTE reads at level " + std::to_string(pte / kServedPlaces) + place(pte % kServedPlaces);
  }
  if (part >= Part::kData) return "data" + place(index - static_cast<unsigned>(Part::kData));
  switch (part) {
    case Part::kIssue:
      return "issue";
    case Part::kDependence:
      return "waiting for addresses";
    case Part::kL1Tlb:
      return "first-level TLB";
    case Part::kL2Itlb:
      return "L2 ITLB";
    case Part::kStlb:
      return "STLB";
    case Part::kLevel3:
      return "third-level TLB";
    case Part::kLevel4:
      return "fourth-level TLB";
    case Part::kMergeWait:
      return "waiting for a miss under way";
    case Part::kWalkerQueue:
      return "waiting for a walker";
    case Part::kWalkCache:
      return "walk cache";
    case Part::kAdUpdate:
      return "A/D updates";
    case Part::kFence:
      return "waiting for fences";
    case Part::kFaultDrain:
      return "entering page faults";
    case Part::kFaultOs:
      return "page faults in the OS";
    default:
      return "system calls";
  }
}

std::string effects_text(const ComparisonSet& set, const std::vector<Effect>& effects) {
  std::string text = "baseline: " + set.machines[set.baseline].name + ", " +
                     std::to_string(set.runs.size()) +
                     (set.runs.size() == 1 ? " run" : " runs (geometric means)") + "\n\n";
  TextTable table({"  cycles", "runs", "what is changed", "of these"});
  for (const Effect& effect : effects) {
    if (effect.machine == set.baseline) continue;
    const std::string first = effect.settings.empty() ? "nothing" : effect.settings[0];
    table.add({fmt::format("{:>8}", signed_percent(effect.change, 2)),
               fmt::format("{:>4}", effect.runs), first, responsible(effect)});
    for (std::size_t i = 1; i < effect.settings.size(); ++i) {
      table.add({"", "", effect.settings[i]});
    }
  }
  return table.empty() ? text + "no other machine has a run in common with it\n"
                       : text + table.text(0, 4);
}

}  // namespace mmu
