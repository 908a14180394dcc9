// Random numbers that are the same everywhere: the standard's distributions are not.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>

namespace mmu::test {

class RandomSource {
 public:
  explicit RandomSource(std::uint64_t seed) : engine_(seed) {}

  /// From `low` to `high`, both included.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + engine_() % (high - low + 1);
  }
  std::uint32_t number(std::uint32_t low, std::uint32_t high) {
    return static_cast<std::uint32_t>(between(low, high));
  }
  bool chance(unsigned percent) { return between(0, 99) < percent; }

  template <class T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[between(0, values.size() - 1)];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace mmu::test
