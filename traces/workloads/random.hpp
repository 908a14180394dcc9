// Random numbers that are the same everywhere: the standard's distributions are not.
#pragma once

#include <cstdint>

namespace mmu::traces {

/// A 64-bit hash: the output function of SplitMix64.
constexpr std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

/// `fraction` / 2^64 of `range`.
constexpr std::uint64_t scaled(std::uint64_t fraction, std::uint64_t range) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(Wide{fraction} * range >> 64);
}

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(mixed(seed + kStep)) {}

  std::uint64_t next() { return mixed(state_ += kStep); }
  /// From 0 to n - 1, with a bias of at most n / 2^64. Requires n > 0.
  std::uint64_t below(std::uint64_t n) { return scaled(next(), n); }
  /// From 0 on, below 1; exact in every step.
  double fraction() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool chance(std::uint64_t percent) { return percent != 0 && below(100) < percent; }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;  // 2^64 / golden ratio
  std::uint64_t state_;
};

}  // namespace mmu::traces
