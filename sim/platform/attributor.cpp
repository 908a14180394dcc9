#include "sim/platform/attributor.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace mmu {
namespace {

static_assert(TranslateRequest::kNoPc == InstructionCost::kUnknown);

std::string rights_text(const os::VmArea& area) {
  std::string text = "---p";
  if (area.rights.read) text[0] = 'r';
  if (area.rights.write) text[1] = 'w';
  if (area.rights.execute) text[2] = 'x';
  if (area.shared) text[3] = 's';
  return text;
}

}  // namespace

Attributor::Attributor(const os::Kernel& software) : software_(software) {
  for (std::size_t i = 0; i < software.processes(); ++i) processes_.emplace_back(software.areas(i));
}

template <class Count>
void Attributor::book(const TranslateRequest& request, Count count) {
  ProcessCosts& costs = processes_[software_.running()];
  count(costs.of_instruction(request.pc));
  count(costs.of_area(request.va));
}

void Attributor::missed(TlbName tlb, const TranslateRequest& request) {
  constexpr std::uint64_t TranslationCost::*kCounters[kTlbs] = {
      &TranslationCost::itlb_misses,    &TranslationCost::dtlb_misses,
      &TranslationCost::l2_itlb_misses, &TranslationCost::stlb_misses,
      &TranslationCost::level3_misses,  &TranslationCost::level4_misses};
  book(request, [&](TranslationCost& cost) { ++(cost.*kCounters[static_cast<unsigned>(tlb)]); });
}

void Attributor::walked(const WalkTold& walk) {
  if (walk.prefetch) return;
  const bool fetches = walk.request.kind == AccessKind::kFetch;
  book(walk.request, [&](TranslationCost& cost) {
    ++cost.walks;
    (fetches ? cost.itlb_walk_cycles : cost.dtlb_walk_cycles) += walk.ended - walk.accepted;
  });
}

TranslationCost& ProcessCosts::of_area(VirtAddr va) {
  if (changes_ != areas_.changes()) {
    recent_.fill({});
    changes_ = areas_.changes();
  }
  const std::uint64_t page = va.value() >> kBasePageShift;
  Recent& recent = recent_[page % recent_.size()];
  if (recent.page != page) recent = {page, &find_area(va)};
  return *recent.cost;
}

TranslationCost& ProcessCosts::find_area(VirtAddr va) {
  if (states_.empty()) {
    states_.emplace_back();
    states_.front().row.name = "[no area]";
  }
  const os::VmArea* area = areas_.find(va.value());
  if (area == nullptr) return states_.front().row.cost;
  const AreaState now{{area->range.start, area->range.end, rights_text(*area), area->name, {}},
                      area->kind};
  std::vector<AreaState*>& known = by_start_[area->range.start];
  for (AreaState* state : known) {
    if (state->row.end == now.row.end && state->same_but_for_range(now)) return state->row.cost;
  }
  known.push_back(&states_.emplace_back(now));
  return known.back()->row.cost;
}

// Whatever differs in nothing but its range and overlaps is one area at different times.
std::vector<AreaCost> ProcessCosts::areas() const {
  std::vector<AreaState> states(states_.begin(), states_.end());
  const auto order = [](const AreaState& s) {
    return std::tie(s.row.name, s.row.rights, s.kind, s.row.start, s.row.end);
  };
  std::sort(states.begin(), states.end(),
            [&](const AreaState& a, const AreaState& b) { return order(a) < order(b); });
  std::vector<AreaCost> merged;
  const AreaState* before = nullptr;
  for (const AreaState& state : states) {
    const bool goes_on = before != nullptr && before->same_but_for_range(state) &&
                         state.row.start < merged.back().end;
    before = &state;
    if (!goes_on) {
      merged.push_back(state.row);
      continue;
    }
    merged.back().end = std::max(merged.back().end, state.row.end);
    merged.back().cost += state.row.cost;
  }
  merged.erase(std::remove_if(merged.begin(), merged.end(),
                              [](const AreaCost& row) { return row.cost.is_zero(); }),
               merged.end());
  std::stable_sort(merged.begin(), merged.end(),
                   [](const AreaCost& a, const AreaCost& b) { return a.start < b.start; });
  return merged;
}

Attribution Attributor::result() const {
  Attribution result;
  for (std::size_t process = 0; process < processes_.size(); ++process) {
    for (AreaCost& area : processes_[process].areas()) {
      area.process = process;
      result.areas.push_back(std::move(area));
    }
    for (const auto& [pc, cost] : processes_[process].by_instruction()) {
      result.top.push_back({pc, cost, process});
    }
  }
  std::sort(result.top.begin(), result.top.end(),
            [](const InstructionCost& a, const InstructionCost& b) {
              if (costs_more(a.cost, b.cost)) return true;
              if (costs_more(b.cost, a.cost)) return false;
              return std::tie(a.process, a.pc) < std::tie(b.process, b.pc);
            });
  for (std::size_t i = Attribution::kTop; i < result.top.size(); ++i) {
    ++result.other_instructions;
    result.others += result.top[i].cost;
  }
  if (result.top.size() > Attribution::kTop) result.top.resize(Attribution::kTop);
  return result;
}

}  // namespace mmu
