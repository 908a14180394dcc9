// The unit of time: the core cycle.
#pragma once

#include <cstdint>

namespace mmu {

using Cycle = std::uint64_t;
inline constexpr Cycle kNever = ~Cycle{0};

}  // namespace mmu
