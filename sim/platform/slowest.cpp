#include "sim/platform/slowest.hpp"

#include <algorithm>

namespace mmu {
namespace {

bool is_slower(const SlowAccess& a, const SlowAccess& b) {
  return a.cycles() != b.cycles() ? a.cycles() > b.cycles() : a.number < b.number;
}

}  // namespace

void Slowest::add(const WindowSlot& slot, std::uint64_t pc) {
  if (kept_.size() == most_) {
    std::pop_heap(kept_.begin(), kept_.end(), is_slower);
    kept_.pop_back();
  }
  SlowAccess access{slot.number,   pc,           slot.va,   slot.pa, slot.kind, slot.issued,
                    slot.complete, slot.retired, slot.story};
  if (access.story.empty()) {  // a hit: only a look-up, then data
    access.story = {{slot.translated, Part::kL1Tlb}, {slot.complete, data_part(slot.from)}};
  }
  kept_.push_back(std::move(access));
  std::push_heap(kept_.begin(), kept_.end(), is_slower);
}

std::vector<SlowAccess> Slowest::sorted() const {
  std::vector<SlowAccess> all = kept_;
  std::sort(all.begin(), all.end(), is_slower);
  return all;
}

}  // namespace mmu
