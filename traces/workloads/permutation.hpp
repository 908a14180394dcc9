// A random order of so many things that takes no memory.
#pragma once

#include <cstdint>

namespace mmu::traces {

/// Maps 0 .. n-1 onto itself, one to one: a Feistel network over the next power of two, walked on
/// until it comes back into the range (Black, Rogaway: "Ciphers with arbitrary finite domains",
/// CT-RSA 2002).
class Permutation {
 public:
  /// Requires n > 0.
  Permutation(std::uint64_t n, std::uint64_t seed);
  /// Requires i < n.
  std::uint64_t at(std::uint64_t i) const;

 private:
  std::uint64_t n_;
  unsigned low_bits_ = 0;
  std::uint64_t low_mask_ = 0, high_mask_ = 0;
  std::uint64_t keys_[4] = {};
};

}  // namespace mmu::traces
