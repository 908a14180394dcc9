// Which way of a set to give up next.
#pragma once

#include <cstdint>
#include <string_view>

namespace mmu {

enum class Replacement : std::uint8_t { kLru, kTreePlru, kRandom };
inline constexpr std::string_view kReplacementNames[] = {"lru", "tree-plru", "random"};

}  // namespace mmu
