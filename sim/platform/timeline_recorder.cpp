#include "sim/platform/timeline_recorder.hpp"

#include <algorithm>

namespace mmu {

void TimelineRecorder::walked(const WalkTold& walk) {
  next_.walked(walk);
  if (!timeline_.window.holds(walk.accepted)) return;
  const TranslateRequest& request = walk.request;
  RecordedWalk recorded{walk.walker,  walk.accepted, walk.ended,    request.va,   request.asid,
                        request.kind, request.pc,    walk.prefetch, walk.faulted, {}};
  const auto first = std::find_if(walk.story.begin(), walk.story.end(),
                                  [&](const Segment& part) { return part.end > walk.accepted; });
  recorded.story.assign(first, walk.story.end());
  timeline_.walks.push_back(std::move(recorded));
}

void TimelineRecorder::fenced(const FenceScope& scope, Cycle at) {
  next_.fenced(scope, at);
  if (timeline_.window.holds(at)) timeline_.fences.push_back({at, scope});
}

void TimelineRecorder::trapped(const TrapTold& trap) {
  if (!timeline_.window.holds(trap.at)) return;
  RecordedTrap recorded{trap.at, trap.cycles, trap.fault != nullptr, {}, OsEventType::kOther};
  if (trap.fault != nullptr) recorded.fault = trap.fault->cause;
  if (trap.call != nullptr) recorded.call = trap.call->type;
  timeline_.traps.push_back(recorded);
}

}  // namespace mmu
