#include "hw/mmu/miss_classes.hpp"

#include <algorithm>

namespace mmu {

// As in Tlb: the page number with a one above it, which tells the page size; 46 global; 63:48
// address space, of pages that are not global.
std::uint64_t MissClasses::key(Asid asid, VirtAddr va, unsigned shift, bool global) {
  constexpr unsigned kVaBits = 57;
  return ((va.value() << (64 - kVaBits)) >> (64 - kVaBits + shift)) |
         std::uint64_t{1} << (kVaBits - shift) | std::uint64_t{global} << 46 |
         (global ? 0 : std::uint64_t{asid} << 48);
}

MissClasses::Page& MissClasses::page_of(Asid asid, VirtAddr va, const Translation& to) {
  const auto [place, is_new] = pages_.try_emplace(key(asid, va, to.page_shift, to.global));
  Page& page = place->second;
  if (!is_new) return page;
  page.page = va.aligned_down(to.page_shift);
  page.asid = asid;
  page.shift = to.page_shift;
  page.global = to.global;
  if (std::none_of(sizes_.begin(), sizes_.end(), [&](const Size& size) {
        return size.shift == to.page_shift && size.global == to.global;
      })) {
    sizes_.push_back({to.page_shift, to.global});
  }
  return page;
}

MissClasses::Page* MissClasses::find(Asid asid, VirtAddr va) {
  Page* found = nullptr;
  for (const Size& size : sizes_) {
    const auto place = pages_.find(key(asid, va, size.shift, size.global));
    if (place == pages_.end()) continue;
    Page& page = place->second;
    if (page.in_twin) return &page;
    if (found == nullptr || page.changed > found->changed) found = &page;
  }
  return found;
}

MissClasses::Class MissClasses::classify(const TranslateRequest& request) {
  const Page* page = find(request.asid, request.va);
  if (page == nullptr) return &MissClassStats::cold;
  if (page->in_twin) return &MissClassStats::conflict;
  return page->fenced ? &MissClassStats::fence : &MissClassStats::capacity;
}

MissClasses::Class MissClasses::class_of(const TranslateRequest& request, MissKind kind) {
  const std::uint64_t small = key(request.asid, request.va, kBasePageShift, false);
  switch (kind) {
    case MissKind::kSent:
      return last_miss_[small] = classify(request);
    case MissKind::kSentForBits:
      return last_miss_[small] = &MissClassStats::cold;
    case MissKind::kJoined:
      return last_miss_.at(small);
    case MissKind::kOnItsWay: {
      const Page* page = find(request.asid, request.va);
      return page == nullptr ? &MissClassStats::cold : page->brought_by;
    }
    case MissKind::kNotCanonical:
      break;
  }
  return &MissClassStats::cold;
}

void MissClasses::missed(const TranslateRequest& request, MissKind kind) {
  const Class is = class_of(request, kind);
  if (!request.replay) ++(stats_.*is);
  // The twin knows the page: it hits. A walk for bits marks the entry that is here as used.
  if (is != &MissClassStats::conflict && kind != MissKind::kSentForBits) return;
  Page* page = find(request.asid, request.va);
  if (page != nullptr && page->in_twin) use(*page);
}

void MissClasses::used(Asid asid, VirtAddr va, const Translation& to) {
  use(page_of(asid, va, to));
}

void MissClasses::entered(Asid asid, VirtAddr va, const Translation& to) {
  Page& page = page_of(asid, va, to);
  page.brought_by = last_miss_.at(key(asid, va, kBasePageShift, false));
  if (page.brought_by != &MissClassStats::conflict) use(page);
}

void MissClasses::use(Page& page) {
  if (page.in_twin) {
    twin_.splice(twin_.begin(), twin_, page.place);
    return;
  }
  page.fenced = false;
  page.changed = ++clock_;
  if (entries_ == 0) return;
  if (twin_.size() == entries_) leave(*twin_.back(), false);
  twin_.push_front(&page);
  page.place = twin_.begin();
  page.in_twin = true;
}

void MissClasses::leave(Page& page, bool by_fence) {
  if (page.in_twin) twin_.erase(page.place);
  page.in_twin = false;
  page.fenced = by_fence;
  page.changed = ++clock_;
}

void MissClasses::fenced(Asid asid, VirtAddr va, const Translation& to) {
  leave(page_of(asid, va, to), true);
}

void MissClasses::fence(const FenceScope& scope) {
  for (auto next = twin_.begin(); next != twin_.end();) {
    Page& page = **next++;
    if (scope.covers(page.asid, page.page, page.shift, page.global)) leave(page, true);
  }
}

}  // namespace mmu
