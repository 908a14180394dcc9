// An exact histogram: one count for each value that occurred, so that percentiles are exact.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace mmu {

class Histogram {
 public:
  void add(std::uint64_t value) {
    ++count_;
    sum_ += value;
    if (value < kDense) {
      if (value >= dense_.size()) dense_.resize(value + 1);
      ++dense_[value];
    } else {
      ++sparse_[value];
    }
  }

  std::uint64_t count() const { return count_; }
  std::uint64_t sum() const { return sum_; }

  /// The smallest value that at least `percent` per cent of all values do not exceed (nearest
  /// rank); 0 if there are none. Requires percent <= 100.
  std::uint64_t percentile(unsigned percent) const {
    const std::uint64_t rank = (count_ * percent + 99) / 100;
    std::uint64_t seen = 0;
    for (std::uint64_t value = 0; value < dense_.size(); ++value) {
      seen += dense_[value];
      if (seen >= rank && seen != 0) return value;
    }
    for (const auto& [value, times] : sparse_) {
      seen += times;
      if (seen >= rank) return value;
    }
    return 0;
  }
  std::uint64_t max() const {
    if (!sparse_.empty()) return sparse_.rbegin()->first;
    return dense_.empty() ? 0 : dense_.size() - 1;
  }

 private:
  static constexpr std::uint64_t kDense = 4096;
  std::vector<std::uint64_t> dense_;
  std::map<std::uint64_t, std::uint64_t> sparse_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
};

}  // namespace mmu
