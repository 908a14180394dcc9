// Reuse distances of a stream of pages, and what they say of every TLB at once.
#pragma once

#include <cstdint>
#include <vector>

#include "traces/reuse/stack_distance.hpp"

namespace mmu::traces {

/// Counts the depths in the LRU stack of the pages that it is shown. A fully associative LRU TLB of
/// n entries misses at first touches and at depths above n, for every n.
class DepthCounts {
 public:
  void touch(std::uint64_t page) {
    const std::uint64_t depth = stack_.touch(page);
    if (depth >= counts_.size()) counts_.resize(2 * depth);
    ++counts_[depth];  // StackDistance::kFirst is 0
  }
  /// Behind the last touch, before beyond() and deepest().
  void settle();
  std::uint64_t distinct() const { return stack_.distinct(); }
  /// Touches at depths above `depth`, first ones included.
  std::uint64_t beyond(std::uint64_t depth) const {
    return depth < beyond_.size() ? beyond_[depth] : beyond_.back();
  }
  /// The largest depth; 1 if nothing was touched twice.
  std::uint64_t deepest() const { return beyond_.size() - 1; }

 private:
  StackDistance stack_;
  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(2);  // by depth
  std::vector<std::uint64_t> beyond_;
};

/// All pages, or a sample of them: SHARDS (Waldspurger et al., FAST 2015) keeps a page if a hash of
/// its number says so, with the probability `rate`; n other pages of the sample stand for n / rate,
/// and a miss for 1 / rate misses out of all accesses, whose number is known (their SHARDS-adj).
/// The error is estimated from the spread of 8 parts of the sample.
class ReuseCounts {
 public:
  /// Requires 0 < rate <= 1; 1: all pages, exactly.
  explicit ReuseCounts(double rate = 1);

  void touch(std::uint64_t page) {
    ++accesses_;
    if (page == last_) return;  // of depth 1, in every sample
    last_ = page;
    if (rate_ == 1) {
      all_.touch(page);
    } else {
      touch_sampled(page);
    }
  }

  /// Behind the last touch, before what follows.
  void settle();
  std::uint64_t accesses() const { return accesses_; }
  /// Pages; of the sample, if there is one.
  std::uint64_t distinct() const { return all_.distinct(); }
  /// Of a fully associative LRU TLB of so many entries, at least 1.
  double misses(std::uint64_t entries) const { return misses(all_, rate_, entries); }
  double ratio(std::uint64_t entries) const {
    return accesses_ == 0 ? 0 : misses(entries) / static_cast<double>(accesses_);
  }
  /// Two standard errors of ratio(entries); 0 without a sample, 1 if it has too_few() pages.
  double error(std::uint64_t entries) const;
  bool too_few() const { return rate_ != 1 && distinct() < kFewestPages; }
  /// A TLB of so many entries has no more misses than first touches.
  std::uint64_t enough() const;

 private:
  static constexpr unsigned kParts = 8;
  static constexpr std::uint64_t kFewestPages = 64;  // 8 in a part

  void touch_sampled(std::uint64_t page);
  static double misses(const DepthCounts& counts, double rate, std::uint64_t entries);

  double rate_;
  std::uint64_t threshold_ = 0;  // of the hash
  std::uint64_t accesses_ = 0;
  std::uint64_t last_ = PageSlots::kNoPage;
  DepthCounts all_;
  std::vector<DepthCounts> parts_;
};

}  // namespace mmu::traces
