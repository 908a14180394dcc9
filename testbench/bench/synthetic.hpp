// Endless simple programs for measuring, made block by block.
#pragma once

#include <random>

#include "hw/arch/trace.hpp"

namespace mmu::bench {

/// `count` loads of 8 bytes, one an instruction: uniformly random over `bytes`, except that a
/// fraction `hot_permille` of them goes to the first 8 KiB.
class RandomLoads : public TraceSource {
 public:
  RandomLoads(std::uint64_t count, std::uint64_t bytes, unsigned hot_permille)
      : left_(count), bytes_(bytes), hot_permille_(hot_permille) {
    header_.image = {{kBase, bytes, true, true, false, "[data]"}};
    header_.records = header_.instructions = count;
  }
  const TraceHeader& header() const override { return header_; }

  bool next(TraceBlock& block) override {
    block.clear();
    const std::uint64_t n = std::min<std::uint64_t>(left_, 65536);
    left_ -= n;
    block.records.reserve(n);
    for (std::uint64_t i = 0; i < n; ++i) {
      const std::uint64_t r = random_();
      const std::uint64_t range = r % 1000 < hot_permille_ ? 8192 : bytes_;
      TraceRecord record;
      record.address = kBase + (r >> 20) % range / 8 * 8;
      record.bytes = 8;
      record.instructions = 1;
      block.records.push_back(record);
    }
    return n != 0;
  }

 private:
  static constexpr std::uint64_t kBase = 0x10'0000'0000;
  TraceHeader header_;
  std::uint64_t left_;
  std::uint64_t bytes_;
  unsigned hot_permille_;
  std::mt19937_64 random_{1};
};

}  // namespace mmu::bench
