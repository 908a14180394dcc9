// What one reference to memory is, and what hardware reads off a trace.
#pragma once

#include <cstdint>
#include <string_view>

#include "hw/arch/address.hpp"

namespace mmu {

/// What an access does. A modify reads and writes in one access (x86 `add [m], r`; a RISC-V AMO).
enum class AccessKind : std::uint8_t { kFetch, kLoad, kStore, kModify };

constexpr bool writes(AccessKind kind) { return kind >= AccessKind::kStore; }
constexpr std::string_view name_of(AccessKind kind) {
  constexpr std::string_view kNames[] = {"fetch", "load", "store", "modify"};
  return kNames[static_cast<unsigned>(kind)];
}

}  // namespace mmu
