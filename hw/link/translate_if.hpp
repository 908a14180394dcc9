// The link core -> L1 TLB -> L2 TLB -> walkers.
#pragma once

#include <cstdint>
#include <systemc>

#include "hw/link/translation.hpp"

namespace mmu {

/// A hit in the first level and nothing else to say: where the access goes, and from when on.
struct PlainHit {
  Cycle at = 0;  ///< 0: it is none
  PhysAddr pa;
};

class TranslateIf : public virtual sc_core::sc_interface {
 public:
  /// The short form of translate(), for a request that is no replay: if all that it would answer is
  /// "now, granted", that, with all that it does. Otherwise, or where a server has no short form,
  /// nothing has happened, and the request is to be made in full.
  virtual PlainHit hit(Cycle /*at*/, VirtAddr /*va*/, Asid /*asid*/, AccessKind /*kind*/) {
    return {};
  }
  virtual TranslateAnswer translate(const TranslateRequest& request) = 0;
  /// The request outside of time, where nothing else is under way: contents and order of use become
  /// what translate() makes of them in the end. Answered from inside by translated(), in cycle 0.
  virtual void warm(const TranslateRequest& /*request*/) {}
  /// An entry that prefetched() has brought is used for the first time.
  virtual void used_prefetched() {}

  // To an exclusive level, from the one before it. Both take effect at once.
  /// The page has been entered there: it is given up here.
  virtual void took(const HeldPage& /*page*/) {}
  /// The page has been displaced there: it is entered here.
  virtual void gave_up(const HeldPage& /*page*/) {}
};

class TranslateReplyIf : public virtual sc_core::sc_interface {
 public:
  /// The one reply to a request answered "later"; the result is there in cycle `at`.
  virtual void translated(std::uint32_t id, Cycle at, const TranslateResult& result) = 0;
  /// As MemoryReplyIf::memory_room.
  virtual void translate_room(Cycle at) = 0;
  /// An inclusive level behind has given the page up: so does this one, and those before it, at
  /// once.
  virtual void drop(const HeldPage& /*page*/) {}
  /// False if a prefetch of the page for an access of this kind makes sense: it is neither held nor
  /// under way here.
  virtual bool knows(Asid /*asid*/, VirtAddr /*va*/, AccessKind /*kind*/) { return false; }
  /// Enters what a prefetch for `request` has found, there in cycle `at`; true if it was entered.
  virtual bool prefetched(const TranslateRequest& /*request*/, Cycle /*at*/,
                          const Translation& /*to*/) {
    return false;
  }
};

}  // namespace mmu
