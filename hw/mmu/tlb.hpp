// The decisions of one translation lookaside buffer: what hits, what is replaced, what a fence
// removes. One array for all page sizes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/common/set_assoc.hpp"
#include "hw/link/translation.hpp"
#include "hw/mmu/mmu_params.hpp"

namespace mmu {

struct TlbEntry {
  TranslateResult result;  ///< what a look-up that is allowed is answered
  Cycle ready_at = 0;      ///< the cycle in which a refill under way brings it
  VirtAddr page;
  Asid asid = 0;
  AccessContext context;     ///< for which `allowed` was worked out
  std::uint8_t allowed = 0;  ///< bit k: an access of kind k needs nothing more

  /// False: judge() tells.
  bool allows(AccessKind kind, AccessContext in) const {
    return context == in && (allowed >> static_cast<unsigned>(kind) & 1) != 0;
  }
};

class Tlb {
 public:
  /// Throws ConfigError, naming `what`, for an impossible shape.
  Tlb(const std::string& what, const TlbParams& params, std::uint64_t seed)
      : entries_(what, params.entries, params.ways, params.replacement, seed) {}

  /// Without entries nothing can be entered.
  bool is_off() const { return entries_.sets() == 0; }

  /// The entry that maps `va` in `asid`; nullptr on a miss. Use is marked by mark_used().
  const TlbEntry* look_up(Asid asid, VirtAddr va) {
    if (last_ != nullptr &&
        (va.value() ^ last_->page.value()) >> last_->result.to.page_shift == 0 &&
        (last_->asid == asid || last_->result.to.global)) {
      return last_;
    }
    for (const Probe& probe : probes_) {
      const std::uint64_t index = va.value() >> probe.shift;
      if (const TlbEntry* entry = entries_.peek(index, key(asid, va, probe))) return entry;
    }
    return nullptr;
  }

  /// Requires what look_up() has returned, with nothing inserted since.
  void mark_used(const TlbEntry* entry) {
    if (entry == last_) return;  // it is the one used last already
    entries_.mark_used(entry);
    last_ = entry;
  }

  /// Enters `to` for the page of `va`, for accesses in `context` first of all; true if another live
  /// entry was displaced.
  bool insert(Asid asid, VirtAddr va, const Translation& to, Cycle ready_at, AdUpdate ad,
              AccessContext context) {
    last_ = nullptr;
    TlbEntry entry;
    entry.result.to = to;
    entry.result.has_translation = true;
    entry.ready_at = ready_at;
    entry.page = va.aligned_down(to.page_shift);
    entry.asid = asid;
    entry.context = context;
    for (unsigned kind = 0; kind < 4; ++kind) {
      const bool ok = judge(to, static_cast<AccessKind>(kind), ad, false, context) == Verdict::kOk;
      entry.allowed = static_cast<std::uint8_t>(entry.allowed | unsigned{ok} << kind);
    }
    const Probe& probe = probe_for(to);
    return entries_.insert(va.value() >> probe.shift, key(asid, va, probe), entry).has_value();
  }

  /// Removes what `scope` covers; returns how many entries that were.
  std::uint64_t fence(const FenceScope& scope) {
    std::uint64_t removed = 0;
    last_ = nullptr;
    entries_.erase_if([&](std::uint64_t, const TlbEntry& entry) {
      const Translation& to = entry.result.to;
      const bool gone = scope.covers(entry.asid, entry.page, to.page_shift, to.global);
      removed += gone ? 1 : 0;
      return gone;
    });
    return removed;
  }

 private:
  /// A page size that has been entered, and whether as global: each costs one look.
  struct Probe {
    unsigned shift;
    bool global;
    std::uint64_t tag;  ///< the part of the key that does not depend on address and ASID
    bool operator<(const Probe& other) const {
      return shift != other.shift ? shift < other.shift : global < other.global;
    }
  };

  const Probe& probe_for(const Translation& to) {
    const Probe wanted{
        to.page_shift, to.global,
        std::uint64_t{1} << (kKeyVaBits - to.page_shift) | std::uint64_t{to.global} << 46};
    auto place = std::lower_bound(probes_.begin(), probes_.end(), wanted);
    if (place == probes_.end() || wanted < *place) place = probes_.insert(place, wanted);
    return *place;
  }

  // The page number with a one above it, which tells the page size (bits 45:0); 46 global; 63:48
  // address space, of entries that are not global.
  static constexpr unsigned kKeyVaBits = 57;
  static std::uint64_t key(Asid asid, VirtAddr va, const Probe& probe) {
    return ((va.value() << (64 - kKeyVaBits)) >> (64 - kKeyVaBits + probe.shift)) |
           (probe.global ? 0 : std::uint64_t{asid} << 48) | probe.tag;
  }

  SetAssoc<TlbEntry> entries_;
  const TlbEntry* last_ = nullptr;  // marked as used last
  std::vector<Probe> probes_;       // smallest page first
};

}  // namespace mmu
