#include "hw/mmu/miss_classes.hpp"

#include <algorithm>

namespace mmu {

MissClasses::MissClasses(const TlbParams& params, unsigned page_shift)
    : entries_(params.all_entries()), page_shift_(page_shift) {
  const auto add = [this](const std::string& page_sizes, std::uint32_t sector_pages) {
    SectorShape& sectors = sectors_.emplace_back();
    sectors.of = read_page_sizes(page_sizes).value_or(0);
    while (1U << sectors.shift < sector_pages) ++sectors.shift;
  };
  add(params.page_sizes, params.sector_pages);
  for (const TlbArrayParams* array : {&params.large, &params.huge}) {
    if (array->entries != 0) add(array->page_sizes, array->sector_pages);
  }
}

unsigned MissClasses::sector_shift_of(unsigned page_shift) const {
  for (const SectorShape& sectors : sectors_) {
    if (holds(sectors.of, page_shift)) return sectors.shift;
  }
  return 0;
}

// As in Tlb: the page number with a one above it, which tells the page size; 46 global; 63:48
// address space, of pages that are not global.
std::uint64_t MissClasses::key(Asid asid, VirtAddr va, unsigned shift, bool global,
                               unsigned sector_shift) {
  constexpr unsigned kVaBits = 57;
  return ((va.value() << (64 - kVaBits)) >> (64 - kVaBits + shift + sector_shift)) |
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
  page.group = &groups_[key(asid, va, to.page_shift, to.global, sector_shift_of(to.page_shift))];
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
  const std::uint64_t small = key(request.asid, request.va, page_shift_, false);
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
  page.brought_by = last_miss_.at(key(asid, va, page_shift_, false));
  if (page.brought_by != &MissClassStats::conflict) use(page);
}

// It has missed for nobody: who waits for it waits for the miss that brings it.
void MissClasses::entered_beside(Asid asid, VirtAddr va, VirtAddr beside, const Translation& to) {
  const Page& first = page_of(asid, va, to);
  Page& page = page_of(asid, beside, to);
  if (page.group != first.group || page.in_twin) return;
  page.brought_by = first.brought_by;
  if (page.brought_by != &MissClassStats::conflict) use(page);
}

void MissClasses::use(Page& page) {
  Group& group = *page.group;
  if (!group.pages.empty()) twin_.splice(twin_.begin(), twin_, group.place);
  if (page.in_twin) return;
  page.fenced = false;
  page.changed = ++clock_;
  if (entries_ == 0) return;
  if (group.pages.empty()) {
    if (twin_.size() == entries_) displace(*twin_.back());
    twin_.push_front(&group);
    group.place = twin_.begin();
  }
  group.pages.push_back(&page);
  page.in_twin = true;
}

void MissClasses::displace(Group& group) {
  const std::vector<Page*> pages = group.pages;
  for (Page* page : pages) leave(*page, false);
}

void MissClasses::leave(Page& page, bool by_fence) {
  if (page.in_twin) {
    std::vector<Page*>& pages = page.group->pages;
    pages.erase(std::find(pages.begin(), pages.end(), &page));
    if (pages.empty()) twin_.erase(page.group->place);
  }
  page.in_twin = false;
  page.fenced = by_fence;
  page.changed = ++clock_;
}

void MissClasses::left(Asid asid, VirtAddr va, const Translation& to) {
  const auto place = pages_.find(key(asid, va, to.page_shift, to.global));
  if (place != pages_.end() && place->second.in_twin) leave(place->second, false);
}

void MissClasses::fenced(Asid asid, VirtAddr va, const Translation& to) {
  leave(page_of(asid, va, to), true);
}

void MissClasses::fence(const FenceScope& scope) {
  for (auto next = twin_.begin(); next != twin_.end();) {
    const std::vector<Page*> pages = (*next++)->pages;
    for (Page* page : pages) {
      if (scope.covers(page->asid, page->page, page->shift, page->global)) leave(*page, true);
    }
  }
}

}  // namespace mmu
