// The link core -> L1 TLB -> STLB -> walkers.
#pragma once

#include <cstdint>
#include <systemc>

#include "hw/link/translation.hpp"

namespace mmu {

class TranslateIf : public virtual sc_core::sc_interface {
 public:
  virtual TranslateAnswer translate(const TranslateRequest& request) = 0;
};

class TranslateReplyIf : public virtual sc_core::sc_interface {
 public:
  /// The one reply to a request answered "later"; the result is there in cycle `at`.
  virtual void translated(std::uint32_t id, Cycle at, const TranslateResult& result) = 0;
  /// As MemoryReplyIf::memory_room.
  virtual void translate_room(Cycle at) = 0;
};

}  // namespace mmu
