#include "traces/reuse/reuse_counts.hpp"

#include <algorithm>
#include <cmath>

#include "traces/workloads/random.hpp"

namespace mmu::traces {

void DepthCounts::settle() {
  std::uint64_t deepest = counts_.size() - 1;
  while (deepest > 1 && counts_[deepest] == 0) --deepest;
  beyond_.assign(deepest + 1, counts_[StackDistance::kFirst]);
  for (std::uint64_t depth = deepest; depth-- > 0;) {
    beyond_[depth] = beyond_[depth + 1] + counts_[depth + 1];
  }
}

ReuseCounts::ReuseCounts(double rate) : rate_(rate) {
  if (rate == 1) return;
  threshold_ = static_cast<std::uint64_t>(rate * 0x1p64);
  parts_.resize(kParts);
}

void ReuseCounts::settle() {
  all_.settle();
  for (DepthCounts& part : parts_) part.settle();
}

void ReuseCounts::touch_sampled(std::uint64_t page) {
  const std::uint64_t hash = mixed(page + 1);
  if (hash >= threshold_) return;
  all_.touch(page);
  parts_[mixed(hash) % kParts].touch(page);
}

/// A depth of d in the sample stands for (d - 1) / rate other pages.
double ReuseCounts::misses(const DepthCounts& counts, double rate, std::uint64_t entries) {
  const auto depth = static_cast<std::uint64_t>(static_cast<double>(entries - 1) * rate) + 1;
  return static_cast<double>(counts.beyond(depth)) / rate;
}

double ReuseCounts::error(std::uint64_t entries) const {
  if (rate_ == 1) return 0;
  if (too_few()) return 1;
  double sum = 0, squares = 0;
  for (const DepthCounts& part : parts_) {
    const double ratio = misses(part, rate_ / kParts, entries) / static_cast<double>(accesses_);
    sum += ratio;
    squares += ratio * ratio;
  }
  const double variance = std::max(0.0, (squares - sum * sum / kParts) / (kParts - 1));
  return 2 * std::sqrt(variance / kParts);
}

std::uint64_t ReuseCounts::enough() const {
  return static_cast<std::uint64_t>(std::ceil(static_cast<double>(all_.deepest() - 1) / rate_)) + 1;
}

}  // namespace mmu::traces
