// Simple programs for measuring, made block by block.
#pragma once

#include <algorithm>
#include <random>

#include "hw/arch/trace.hpp"

namespace mmu::bench {

/// How a program goes through one area; one access of 8 bytes an instruction.
struct Pattern {
  std::uint64_t bytes = 0;    ///< of the area
  unsigned hot_permille = 0;  ///< of the accesses, to the first 8 KiB
  AccessKind kind = AccessKind::kLoad;
  std::uint64_t step = 0;  ///< bytes from one to the next, and round again; 0: uniformly random
  bool dependent = false;  ///< each needs the data of the one before
  bool touched = true;     ///< every page is there before the first access (MAP_POPULATE)
};

class PatternSource : public TraceSource {
 public:
  PatternSource(const Pattern& pattern, std::uint64_t count) : pattern_(pattern), left_(count) {
    header_.records = header_.instructions = count;
  }
  const TraceHeader& header() const override { return header_; }

  bool next(TraceBlock& block) override {
    block.clear();
    const std::uint64_t n = std::min<std::uint64_t>(left_, 65536);
    left_ -= n;
    TraceRecord record;
    record.bytes = 8;
    record.instructions = 1;
    record.kind = pattern_.kind;
    record.depends_on = pattern_.dependent ? 1 : 0;
    if (left_ + n == header_.records) block.events.push_back({0, mapping()});
    block.records.reserve(n);
    for (std::uint64_t i = 0; i < n; ++i) {
      record.address = kBase + next_offset();
      block.records.push_back(record);
    }
    return n != 0;
  }

 private:
  static constexpr std::uint64_t kBase = 0x10'0000'0000;

  OsEvent mapping() const {
    OsEvent event;
    event.type = OsEventType::kMmap;
    event.args[1] = pattern_.bytes;
    event.args[2] = linux_abi::kProtRead | linux_abi::kProtWrite;
    event.args[3] = linux_abi::kMapAnonymous | (pattern_.touched ? linux_abi::kMapPopulate : 0);
    event.result = static_cast<std::int64_t>(kBase);
    return event;
  }

  // Without divisions: 32 random bits stand for a fraction of the range.
  std::uint64_t next_offset() {
    if (pattern_.step != 0) {
      place_ = place_ + pattern_.step >= pattern_.bytes ? 0 : place_ + pattern_.step;
      return place_;
    }
    const std::uint64_t r = random_();
    const std::uint64_t range =
        (r & 1023) * 1000 >> 10 < pattern_.hot_permille ? 8192 : pattern_.bytes;
    return (r >> 32) * (range / 8) >> 32 << 3;
  }

  Pattern pattern_;
  TraceHeader header_;
  std::uint64_t left_;
  std::uint64_t place_ = 0;
  std::mt19937_64 random_{1};
};

}  // namespace mmu::bench
