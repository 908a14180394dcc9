// Which pages to translate ahead of use: the interface; prefetchers.hpp has the kinds.
#pragma once

#include <vector>

#include "hw/arch/access.hpp"
#include "hw/arch/address.hpp"

namespace mmu {

/// What a prefetcher sees: a request that the STLB has sent on.
struct PrefetchTrigger {
  VirtAddr va;
  Asid asid = 0;
  AccessKind kind = AccessKind::kLoad;
  std::uint64_t pc = 0;  ///< of the instruction, as in TranslateRequest
};

class Prefetcher {
 public:
  virtual ~Prefetcher() = default;
  /// Adds the pages wanted now, the most wanted first, by any address in each. What is known
  /// already or not canonical is left out by the caller.
  virtual void observe(const PrefetchTrigger& trigger, std::vector<VirtAddr>& pages) = 0;
};

}  // namespace mmu
