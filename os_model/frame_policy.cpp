#include "os_model/frame_policy.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "hw/arch/errors.hpp"
#include "os_model/buddy.hpp"

namespace mmu::os {
namespace {

/// The lowest free run of each order, without looking again where there was none.
class LowestRuns {
 public:
  explicit LowestRuns(const FrameMap& map) : map_(map) {}

  std::optional<std::uint64_t> find(unsigned order) {
    while (none_below_.size() <= order) none_below_.push_back(map_.first());
    const auto run = map_.find(none_below_[order], order);
    none_below_[order] = run.value_or(map_.end());
    return run;
  }
  void given_back(std::uint64_t frame) {
    for (unsigned order = 0; order < none_below_.size(); ++order) {
      none_below_[order] = std::min(none_below_[order], frame >> order << order);
    }
  }

 private:
  const FrameMap& map_;
  std::vector<std::uint64_t> none_below_;  // [order]: no run begins below
};

class FirstFit final : public FramePlacement {
 public:
  explicit FirstFit(const FrameMap& map) : lowest_(map) {}
  std::optional<std::uint64_t> find(unsigned order) override { return lowest_.find(order); }
  void given_back(std::uint64_t frame, unsigned /*order*/) override { lowest_.given_back(frame); }

 private:
  LowestRuns lowest_;
};

class Packed final : public FramePlacement {
 public:
  explicit Packed(const FrameMap& map) : map_(map), lowest_(map) {
    if (map.first() % FrameMap::kBlockFrames != 0) see(map.first() / FrameMap::kBlockFrames);
  }

  std::optional<std::uint64_t> find(unsigned order) override {
    if (order < FrameMap::kBlockOrder) {
      for (const std::uint64_t block : broken_) {
        if (const auto run = map_.find_in_block(block, order)) return run;
      }
      if (const auto whole = lowest_.find(FrameMap::kBlockOrder)) return whole;
    }
    return lowest_.find(order);
  }
  void taken(std::uint64_t frame, unsigned order) override { see_all(frame, order); }
  void given_back(std::uint64_t frame, unsigned order) override {
    lowest_.given_back(frame);
    see_all(frame, order);
  }

 private:
  void see_all(std::uint64_t frame, unsigned order) {
    const std::uint64_t last = frame + (std::uint64_t{1} << order) - 1;
    for (std::uint64_t block = frame / FrameMap::kBlockFrames;
         block <= last / FrameMap::kBlockFrames; ++block) {
      see(block);
    }
  }
  void see(std::uint64_t block) {
    const std::uint64_t free = map_.free_in_block(block);
    if (free == 0 || free == FrameMap::kBlockFrames) {
      broken_.erase(block);
    } else {
      broken_.insert(block);
    }
  }

  const FrameMap& map_;
  LowestRuns lowest_;
  std::set<std::uint64_t> broken_;  // blocks with frames of both kinds
};

/// The first free run from a place on, and round to its beginning.
std::optional<std::uint64_t> find_from(const FrameMap& map, std::uint64_t from, unsigned order) {
  const auto run = map.find(from, order);
  return run ? run : map.find(map.first(), order);
}

class Sequential final : public FramePlacement {
 public:
  explicit Sequential(const FrameMap& map) : map_(map), next_(map.first()) {}
  std::optional<std::uint64_t> find(unsigned order) override {
    return find_from(map_, next_, order);
  }
  void taken(std::uint64_t frame, unsigned order) override {
    next_ = frame + (std::uint64_t{1} << order);
  }

 private:
  const FrameMap& map_;
  std::uint64_t next_;
};

class Scattered final : public FramePlacement {
 public:
  Scattered(const FrameMap& map, std::uint64_t seed) : map_(map), state_(seed) {}
  std::optional<std::uint64_t> find(unsigned order) override {
    if (map_.free() == 0) return std::nullopt;
    return find_from(map_, map_.first() + draw() % (map_.end() - map_.first()), order);
  }

 private:
  /// SplitMix64 (Steele, Lea, Flood 2014).
  std::uint64_t draw() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }

  const FrameMap& map_;
  std::uint64_t state_;
};

}  // namespace

std::unique_ptr<FramePlacement> make_placement(FramePolicy policy, const FrameMap& map,
                                               unsigned largest_order, std::uint64_t seed) {
  switch (policy) {
    case FramePolicy::kPacked:
      return std::make_unique<Packed>(map);
    case FramePolicy::kBuddy:
      return std::make_unique<Buddy>(map, largest_order);
    case FramePolicy::kFirstFit:
      return std::make_unique<FirstFit>(map);
    case FramePolicy::kSequential:
      return std::make_unique<Sequential>(map);
    case FramePolicy::kScattered:
      return std::make_unique<Scattered>(map, seed);
  }
  throw ModelError("os_model: an unknown frame policy");
}

}  // namespace mmu::os
