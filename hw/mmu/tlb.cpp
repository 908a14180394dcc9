#include "hw/mmu/tlb.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

/// Those of `text` that `format` has. Throws ConfigError, naming `what`, for a text that is no
/// list, or a size that is in `taken`.
std::vector<unsigned> shifts_of(const std::string& what, const std::string& text,
                                const PageTableFormat& format, PageSizes& taken) {
  const auto sizes = read_page_sizes(text);
  if (!sizes) throw ConfigError(what + ".page_sizes: " + text + " is no list of page sizes");
  if ((*sizes & taken) != 0) {
    throw ConfigError(what + ".page_sizes: " + text + ": another array of this level holds such");
  }
  taken |= *sizes;
  std::vector<unsigned> shifts;
  for (const unsigned shift : page_shifts(format)) {
    if (holds(*sizes, shift)) shifts.push_back(shift);
  }
  return shifts;
}

}  // namespace

Tlb::Tlb(const std::string& what, const TlbParams& params, const PageTableFormat& format,
         std::uint64_t seed)
    : latency_(params.latency_cycles),
      probe_cycles_(params.probing == TlbParams::Probing::kSequential ? params.probe_cycles : 0) {
  PageSizes taken = 0;
  add_array(
      what,
      {params.entries, params.ways, params.replacement, params.page_sizes, params.sector_pages},
      format, seed, taken);
  if (params.large_page_ways > arrays_.front().entries.ways()) {
    throw ConfigError(what + ".large_page_ways: a set has " +
                      std::to_string(arrays_.front().entries.ways()) + " ways");
  }
  arrays_.front().large_page_ways = params.large_page_ways;
  for (const auto& [name, more] :
       {std::pair{".large", &params.large}, std::pair{".huge", &params.huge}}) {
    if (more->entries == 0) continue;
    if (params.entries == 0) throw ConfigError(what + name + ": the base array has no entries");
    add_array(what + name, *more, format, seed, taken);
  }
  std::size_t probes = 1;
  for (const Array& array : arrays_) probes = std::max(probes, array.shifts.size());
  miss_latency_ = latency_ + static_cast<std::uint32_t>(probes - 1) * probe_cycles_;
  if (params.entries == 0) miss_latency_ = 0;
}

void Tlb::add_array(const std::string& what, const TlbArrayParams& params,
                    const PageTableFormat& format, std::uint64_t seed, PageSizes& taken) {
  Array& array =
      arrays_.emplace_back(Array{{what, params.entries, params.ways, params.replacement, seed},
                                 shifts_of(what, params.page_sizes, format, taken),
                                 0,
                                 {},
                                 0});
  while (1U << array.sector_shift < params.sector_pages) ++array.sector_shift;
  if (1U << array.sector_shift != params.sector_pages) {
    throw ConfigError(what + ".sector_pages: " + std::to_string(params.sector_pages) +
                      " is no power of two, which a field of the address could count");
  }
  if (params.sector_pages == 1) return;
  array.pages.resize(std::size_t{params.entries} * params.sector_pages);
  has_sectors_ = true;
}

TlbEntry Tlb::make_entry(const Probe& probe, const HeldPage& page, AdUpdate ad) const {
  TlbEntry entry;
  entry.result.to = page.to;
  entry.result.has_translation = true;
  entry.ready_at = page.ready_at;
  entry.page = page.page.aligned_down(page.to.page_shift);
  entry.asid = page.asid;
  entry.context = page.context;
  entry.array = probe.array;
  entry.latency = probe.latency;
  for (unsigned kind = 0; kind < 4; ++kind) {
    const bool ok =
        judge(page.to, static_cast<AccessKind>(kind), ad, false, page.context) == Verdict::kOk;
    entry.allowed = static_cast<std::uint8_t>(entry.allowed | unsigned{ok} << kind);
  }
  return entry;
}

Tlb::Entered Tlb::insert(const HeldPage& page, AdUpdate ad, std::vector<HeldPage>* given_up) {
  const Probe* probe = probe_for(page.to);
  if (probe == nullptr) return Entered::kNot;
  forget();
  TlbEntry entry = make_entry(*probe, page, ad);
  const std::uint64_t index = page.page.value() >> probe->shift;
  const std::uint64_t tag = key(page.asid, page.page, *probe);
  bool displaced = false;
  if (probe->sectors == nullptr) {
    const auto before = probe->array->insert(index, tag, entry, probe->among);
    displaced = before.has_value();
    if (displaced && given_up != nullptr) given_up->push_back(held_page(before->value));
  } else {
    TlbEntry* sector = probe->array->peek(index, tag);
    if (sector != nullptr) {
      probe->array->mark_used(sector);
    } else {
      sector = new_sector(*probe, entry, tag, given_up, displaced);
    }
    entry.sector = sector;
    probe->sectors->pages[page_number(*sector, page.page, *probe)] = entry;
  }
  return displaced ? Entered::kDisplacedAnother : Entered::kIntoEmptyWay;
}

TlbEntry* Tlb::new_sector(const Probe& probe, const TlbEntry& entry, std::uint64_t tag,
                          std::vector<HeldPage>* given_up, bool& displaced) {
  const std::uint64_t index = entry.page.value() >> probe.shift;
  displaced = probe.array->insert_new(index, tag, entry, probe.among).has_value();
  TlbEntry* sector = probe.array->peek(index, tag);
  Array& array = *probe.sectors;
  const std::size_t first = probe.array->place_of(sector) << array.sector_shift;
  for (std::size_t i = 0; i < std::size_t{1} << array.sector_shift; ++i) {
    TlbEntry& page = array.pages[first + i];
    if (displaced && given_up != nullptr && page.array != nullptr) {
      given_up->push_back(held_page(page));
    }
    page = {};
  }
  return sector;
}

bool Tlb::insert_neighbour(VirtAddr va, const HeldPage& beside, AdUpdate ad) {
  const Probe* probe = probe_for(beside.to);
  if (probe == nullptr || probe->sectors == nullptr) return false;
  if (va.value() >> probe->shift != beside.page.value() >> probe->shift) return false;
  TlbEntry* sector = probe->array->peek(va.value() >> probe->shift, key(beside.asid, va, *probe));
  if (sector == nullptr) return false;
  TlbEntry& page = probe->sectors->pages[page_number(*sector, beside.page, *probe)];
  if (page.array != nullptr) return false;
  page = make_entry(*probe, beside, ad);
  page.sector = sector;
  return true;
}

// The entry of exactly this page; nullptr if it is not held.
TlbEntry* Tlb::place_of(const HeldPage& page) {
  const Probe* probe = probe_for(page.to);
  if (probe == nullptr) return nullptr;
  TlbEntry* entry =
      probe->array->peek(page.page.value() >> probe->shift, key(page.asid, page.page, *probe));
  if (entry == nullptr || probe->sectors == nullptr) return entry;
  TlbEntry& of_sector = probe->sectors->pages[page_number(*entry, page.page, *probe)];
  return of_sector.array != nullptr ? &of_sector : nullptr;
}

Tlb::Removed Tlb::remove(const HeldPage& page) {
  TlbEntry* entry = place_of(page);
  if (entry == nullptr) return Removed::kNothing;
  forget();
  const Probe& probe = *probe_for(page.to);
  if (probe.sectors == nullptr) {
    probe.array->erase(entry);
    return Removed::kEntry;
  }
  const TlbEntry* sector = entry->sector;
  *entry = {};
  const TlbEntry* first =
      &probe.sectors->pages[probe.array->place_of(sector) << probe.sectors->sector_shift];
  const bool is_empty = std::all_of(first, first + (std::size_t{1} << probe.sectors->sector_shift),
                                    [](const TlbEntry& other) { return other.array == nullptr; });
  if (!is_empty) return Removed::kPageOfSector;
  probe.array->erase(sector);
  return Removed::kEntry;
}

NeighbourPages Tlb::beside(const TlbEntry& entry, Cycle by) const {
  NeighbourPages found;
  if (entry.sector == nullptr) return found;
  const auto array = std::find_if(arrays_.begin(), arrays_.end(), [&](const Array& candidate) {
    return &candidate.entries == entry.array;
  });
  const std::size_t first = array->entries.place_of(entry.sector) << array->sector_shift;
  for (std::size_t i = 0; i < std::size_t{1} << array->sector_shift; ++i) {
    const TlbEntry& page = array->pages[first + i];
    if (page.array == nullptr || &page == &entry || page.ready_at > by) continue;
    found.add(NeighbourPages::number(page.page, page.result.to.page_shift), page.result.to);
  }
  return found;
}

std::vector<HeldPage> Tlb::held() const {
  std::vector<HeldPage> pages;
  for_each_covered({}, [&pages](const TlbEntry& entry) { pages.push_back(held_page(entry)); });
  return pages;
}

std::uint64_t Tlb::fence(const FenceScope& scope) {
  std::uint64_t removed = 0;
  forget();
  for (Array& array : arrays_) {
    array.entries.erase_if([&](std::uint64_t, const TlbEntry& entry) {
      const Translation& to = entry.result.to;
      const bool gone = array.sector_shift != 0
                            ? drop_pages(array, entry, scope)
                            : scope.covers(entry.asid, entry.page, to.page_shift, to.global);
      removed += gone ? 1 : 0;
      return gone;
    });
  }
  return removed;
}

// True if no page of the sector is left.
bool Tlb::drop_pages(Array& array, const TlbEntry& sector, const FenceScope& scope) {
  const std::size_t first = array.entries.place_of(&sector) << array.sector_shift;
  bool empty = true;
  for (std::size_t i = 0; i < std::size_t{1} << array.sector_shift; ++i) {
    TlbEntry& page = array.pages[first + i];
    if (page.array == nullptr) continue;
    const Translation& to = page.result.to;
    if (scope.covers(page.asid, page.page, to.page_shift, to.global)) page = {};
    empty = empty && page.array == nullptr;
  }
  return empty;
}

// nullptr: no array holds pages of this size.
const Tlb::Probe* Tlb::probe_for(const Translation& to) {
  Probe wanted{to.page_shift,
               to.global,
               std::uint64_t{1} << (kKeyVaBits - to.page_shift) | std::uint64_t{to.global} << 46,
               nullptr,
               latency_,
               to.page_shift,
               nullptr,
               0};
  auto place = std::lower_bound(probes_.begin(), probes_.end(), wanted);
  if (place != probes_.end() && !(wanted < *place)) return &*place;
  for (Array& array : arrays_) {
    const auto found = std::find(array.shifts.begin(), array.shifts.end(), to.page_shift);
    if (found == array.shifts.end()) continue;
    wanted.array = &array.entries;
    wanted.latency += static_cast<std::uint32_t>(found - array.shifts.begin()) * probe_cycles_;
    wanted.shift += array.sector_shift;
    if (array.sector_shift != 0) wanted.sectors = &array;
    const bool is_held_back = array.large_page_ways != 0 && found != array.shifts.begin();
    wanted.among = is_held_back ? array.large_page_ways : array.entries.ways();
    return &*probes_.insert(place, wanted);
  }
  return nullptr;
}

}  // namespace mmu
