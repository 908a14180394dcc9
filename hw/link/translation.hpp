// What travels between core, TLBs and walkers: requests for translations, and their outcomes.
#pragma once

#include <cstdint>

#include "hw/arch/walk.hpp"
#include "hw/link/cycle.hpp"
#include "hw/link/neighbour_pages.hpp"
#include "hw/link/story.hpp"

namespace mmu {

struct TranslateRequest {
  Cycle at = 0;          ///< the cycle in which the server sees the request
  std::uint32_t id = 0;  ///< chosen by the requester, returned unchanged
  VirtAddr va;
  Asid asid = 0;
  AccessKind kind = AccessKind::kLoad;
  bool may_set_dirty = false;  ///< the access is the oldest
  bool replay = false;         ///< asked before; counted apart
  AccessContext context = {};  ///< of the core, when it issued the access
  /// Address of the instruction that the access belongs to.
  std::uint64_t pc = kNoPc;

  static constexpr std::uint64_t kNoPc = ~std::uint64_t{0};
};

/// The outcome for one request.
struct TranslateResult {
  Verdict verdict = Verdict::kOk;  ///< kNeedsWalk: ask again
  Fault fault;                     ///< for kFault
  Translation to;                  ///< valid with has_translation
  bool has_translation = false;    ///< false: the walk itself failed, or is to be repeated
  bool passes_by = false;          ///< not to be entered: an inclusive level does not hold it
  /// Where the cycles went, from the request on; nullptr: all in the first look-up.
  const Story* story = nullptr;
  /// Of `to`, if the walk has read or the TLB holds such; valid during the call.
  const NeighbourPages* neighbours = nullptr;
};

/// In bare mode PA is VA: nothing is looked up, hence nothing is paid or counted.
inline TranslateResult identity_translation(VirtAddr va) {
  TranslateResult result;
  result.to = {PhysAddr(va.aligned_down(kBasePageShift).value()), kBasePageShift, {}};
  result.to.accessed = result.to.dirty = true;
  result.has_translation = true;
  return result;
}

/// A page that a TLB holds, as it passes between levels.
struct HeldPage {
  VirtAddr page;
  Asid asid = 0;
  Translation to;
  Cycle ready_at = 0;     ///< the cycle in which a refill under way brings it
  AccessContext context;  ///< of the access that brought it
};

/// The answer to a request: a result and the cycle in which it is there; later; or refused.
struct TranslateAnswer {
  Cycle at = 0;
  const TranslateResult* result = nullptr;  ///< valid until the next call
  bool is_held = false;

  static TranslateAnswer now(Cycle at, const TranslateResult& result) { return {at, &result}; }
  static TranslateAnswer later() { return {0, nullptr}; }
  /// As MemoryAnswer::refused; retry_at is never 0.
  static TranslateAnswer refused(Cycle retry_at) { return {retry_at, nullptr}; }
  /// Refused as all others are before `until`, by a fence that is being carried out.
  static TranslateAnswer held(Cycle until) { return {until, nullptr, true}; }
  bool is_now() const { return result != nullptr; }
  bool is_later() const { return result == nullptr && at == 0; }
  bool is_refused() const { return result == nullptr && at != 0; }
};

}  // namespace mmu
