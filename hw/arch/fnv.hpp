// FNV-1a with 64 bits (Fowler, Noll, Vo), over numbers: what names maps and traces in results.
#pragma once

#include <cstdint>

namespace mmu {

inline constexpr std::uint64_t kFnvBasis = 0xcbf29ce484222325;

/// `hash` and the eight bytes of `value`, the lowest first.
constexpr std::uint64_t fnv1a(std::uint64_t hash, std::uint64_t value) {
  constexpr std::uint64_t kPrime = 0x100000001b3;
  for (unsigned byte = 0; byte < 8; ++byte) hash = (hash ^ (value >> 8 * byte & 0xff)) * kPrime;
  return hash;
}
static_assert(fnv1a(kFnvBasis, 0) == 0xa8c7f832281a39c5);

}  // namespace mmu
