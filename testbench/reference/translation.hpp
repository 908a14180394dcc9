// What the core, the TLBs and the walkers say to each other, and how an outcome is judged:
// sections 3 and 4 of docs/timing.md.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "hw/arch/walk.hpp"
#include "hw/link/cycle.hpp"
#include "hw/link/story.hpp"

namespace mmu::reference {

struct TranslateRequest {
  VirtAddr va;
  Asid asid = 0;
  AccessKind kind = AccessKind::kLoad;
  bool may_set_dirty = false;
  bool replay = false;  ///< asked before; counted apart
  AccessContext context = {};
  std::optional<std::uint64_t> pc = std::nullopt;  ///< of the instruction, if a fetch names it
};

/// Between levels kOk means "here is a translation": who receives it judges it for itself.
struct Outcome {
  Cycle at = 0;
  Verdict verdict = Verdict::kOk;
  Fault fault;     ///< for kFault
  Translation to;  ///< for kOk and kNeedsDirty
  Story story;     ///< from the request on
  /// Of a walk: pages whose entries lie in the line of the leaf, as global as `to`, and accessed.
  std::vector<std::pair<VirtAddr, Translation>> neighbours = {};
  bool passes_by = false;  ///< not to be entered: an inclusive level does not hold it
};

/// What a translation means for one request.
inline void judge_for(const TranslateRequest& request, const PageTableFormat& format, AdUpdate ad,
                      Outcome& outcome) {
  outcome.verdict = judge(outcome.to, request.kind, ad, request.may_set_dirty, request.context);
  if (outcome.verdict != Verdict::kFault) return;
  unsigned level = 0;
  while (format.levels[level].lsb < outcome.to.page_shift) ++level;
  outcome.fault = {fault_of(outcome.to, request.kind, request.context), request.va, level};
}

/// "There" may lie after the answer that a merge waits for; no part ends after the whole.
inline void add_segment(Story& story, Cycle end, Part part, Cycle whole) {
  story.push_back({end < whole ? end : whole, part});
}

}  // namespace mmu::reference
