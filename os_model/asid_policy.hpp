// How processes come by the identifiers of their address spaces.
#pragma once

#include <cstdint>
#include <string_view>

namespace mmu::os {

enum class AsidPolicy : std::uint8_t {
  kLinux,        ///< what Linux does on the architecture: x86 recycles, the others have generations
  kGenerations,  ///< arch/arm64/mm/context.c, arch/riscv/mm/context.c
  kRecycled,     ///< arch/x86/mm/tlb.c, choose_new_asid()
  kOff,          ///< all have one, and every switch is a fence: x86 before PCID
};
inline constexpr std::string_view kAsidPolicyNames[] = {"linux", "generations", "recycled", "off"};

}  // namespace mmu::os
