// Both ends of a memory link, to put around the module under test.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/link/memory_if.hpp"
#include "hw/link/timeline_module.hpp"

namespace mmu {

/// A requester that writes down what it is told.
class FakeRequester : public MemoryReplyIf {
 public:
  struct Reply {
    std::uint32_t id;
    Cycle at;
    Served from;
    Cycle told;  ///< the cycle of the call
  };
  struct Room {
    Cycle at;
    Cycle told;
  };

  explicit FakeRequester(const TimelineModule& timeline) : timeline_(timeline) {}

  void accessed(std::uint32_t id, Cycle at, Served from) override {
    replies.push_back({id, at, from, timeline_.now()});
  }
  void memory_room(Cycle at) override { rooms.push_back({at, timeline_.now()}); }

  /// The reply to request `id`; nullptr if there is none. At most one may exist.
  const Reply* reply_to(std::uint32_t id) const {
    for (const Reply& reply : replies) {
      if (reply.id == id) return &reply;
    }
    return nullptr;
  }

  std::vector<Reply> replies;
  std::vector<Room> rooms;

 private:
  const TimelineModule& timeline_;
};

/// A memory that answers every request now, `latency` cycles later; or says "later" and leaves
/// the reply to the test; or refuses. Write-backs are accepted as other requests are.
class FakeMemory : public MemoryIf {
 public:
  explicit FakeMemory(Cycle fixed_latency = 10) : latency(fixed_latency) {}

  MemoryAnswer access(const MemoryRequest& request) override {
    if (refusing || (refusing_reads && request.op != MemoryOp::kWriteback)) {
      refused.push_back(request);
      return MemoryAnswer::refused(retry_at);
    }
    requests.push_back(request);
    return answers_later ? MemoryAnswer::later() : MemoryAnswer::now(request.at + latency, from);
  }

  Cycle latency;
  Served from = Served::kMemory;
  bool answers_later = false;
  bool refusing = false;
  bool refusing_reads = false;          ///< and writes; write-backs are accepted
  Cycle retry_at = kNever;              ///< what a refusal names
  std::vector<MemoryRequest> requests;  ///< accepted, write-backs too
  std::vector<MemoryRequest> refused;
};

}  // namespace mmu
