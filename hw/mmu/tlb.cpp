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
  arrays_.push_back({{what, params.entries, params.ways, params.replacement, seed},
                     shifts_of(what, params.page_sizes, format, taken)});
  for (const auto& [name, more] :
       {std::pair{".large", &params.large}, std::pair{".huge", &params.huge}}) {
    if (more->entries == 0) continue;
    if (params.entries == 0) throw ConfigError(what + name + ": the base array has no entries");
    arrays_.push_back({{what + name, more->entries, more->ways, more->replacement, seed},
                       shifts_of(what + name, more->page_sizes, format, taken)});
  }
  std::size_t probes = 1;
  for (const Array& array : arrays_) probes = std::max(probes, array.shifts.size());
  miss_latency_ = latency_ + static_cast<std::uint32_t>(probes - 1) * probe_cycles_;
  if (params.entries == 0) miss_latency_ = 0;
}

Tlb::Entered Tlb::insert(Asid asid, VirtAddr va, const Translation& to, Cycle ready_at, AdUpdate ad,
                         AccessContext context) {
  const Probe* probe = probe_for(to);
  if (probe == nullptr) return Entered::kNot;
  forget();
  TlbEntry entry;
  entry.result.to = to;
  entry.result.has_translation = true;
  entry.ready_at = ready_at;
  entry.page = va.aligned_down(to.page_shift);
  entry.asid = asid;
  entry.context = context;
  entry.array = probe->array;
  entry.latency = probe->latency;
  for (unsigned kind = 0; kind < 4; ++kind) {
    const bool ok = judge(to, static_cast<AccessKind>(kind), ad, false, context) == Verdict::kOk;
    entry.allowed = static_cast<std::uint8_t>(entry.allowed | unsigned{ok} << kind);
  }
  const auto displaced =
      probe->array->insert(va.value() >> probe->shift, key(asid, va, *probe), entry);
  return displaced ? Entered::kDisplacedAnother : Entered::kIntoEmptyWay;
}

std::uint64_t Tlb::fence(const FenceScope& scope) {
  std::uint64_t removed = 0;
  forget();
  for (Array& array : arrays_) {
    array.entries.erase_if([&](std::uint64_t, const TlbEntry& entry) {
      const Translation& to = entry.result.to;
      const bool gone = scope.covers(entry.asid, entry.page, to.page_shift, to.global);
      removed += gone ? 1 : 0;
      return gone;
    });
  }
  return removed;
}

// nullptr: no array holds pages of this size.
const Tlb::Probe* Tlb::probe_for(const Translation& to) {
  Probe wanted{to.page_shift, to.global,
               std::uint64_t{1} << (kKeyVaBits - to.page_shift) | std::uint64_t{to.global} << 46,
               nullptr, latency_};
  auto place = std::lower_bound(probes_.begin(), probes_.end(), wanted);
  if (place != probes_.end() && !(wanted < *place)) return &*place;
  for (Array& array : arrays_) {
    const auto found = std::find(array.shifts.begin(), array.shifts.end(), to.page_shift);
    if (found == array.shifts.end()) continue;
    wanted.array = &array.entries;
    wanted.latency += static_cast<std::uint32_t>(found - array.shifts.begin()) * probe_cycles_;
    return &*probes_.insert(place, wanted);
  }
  return nullptr;
}

}  // namespace mmu
