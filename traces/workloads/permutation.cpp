#include "traces/workloads/permutation.hpp"

#include "traces/workloads/random.hpp"

namespace mmu::traces {

Permutation::Permutation(std::uint64_t n, std::uint64_t seed) : n_(n) {
  unsigned bits = 0;
  while (bits < 63 && (n - 1) >> bits != 0) ++bits;
  low_bits_ = bits / 2;
  low_mask_ = (std::uint64_t{1} << low_bits_) - 1;
  high_mask_ = (std::uint64_t{1} << (bits - low_bits_)) - 1;
  Random random(seed);
  for (std::uint64_t& key : keys_) key = random.next();
}

std::uint64_t Permutation::at(std::uint64_t i) const {
  do {
    std::uint64_t low = i & low_mask_, high = i >> low_bits_;
    for (unsigned round = 0; round < 4; round += 2) {
      high ^= mixed(low + keys_[round]) & high_mask_;
      low ^= mixed(high + keys_[round + 1]) & low_mask_;
    }
    i = high << low_bits_ | low;
  } while (i >= n_);
  return i;
}

}  // namespace mmu::traces
