// Which machines the RTL walker can stand beside.
#pragma once

#include <optional>
#include <string>

#include "hw/arch/entry_fields.hpp"
#include "hw/mmu/mmu_params.hpp"

namespace mmu {

/// Why mmu.walker.model = lockstep cannot be had with the rest of `params`; none if it can, or is
/// not asked for.
inline std::optional<std::string> lockstep_problem(const MmuParams& params) {
  if (params.walker.model != WalkerParams::Model::kLockstep) return std::nullopt;
  const PageTableFormat* format = find_format(params.format);
  if (format != nullptr && family_of(*format) != Family::kRiscv) {
    return "the RTL walker is one for RISC-V, and mmu.format is " + params.format;
  }
  if (params.walk_cache.organisation == WalkCacheParams::Organisation::kPteTagged) {
    return "the RTL walker asks a walk cache that skips levels, and mmu.walk_cache.organisation is "
           "pte-tagged";
  }
  if (params.prefetch.kind != PrefetchParams::Kind::kOff) {
    return "the RTL walker makes no prefetches, and mmu.prefetch.kind is not off";
  }
  return std::nullopt;
}

}  // namespace mmu
