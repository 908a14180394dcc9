// A trace that lies in memory.
#pragma once

#include <utility>
#include <vector>

#include "hw/arch/trace.hpp"

namespace mmu::test {

class VectorTrace final : public TraceSource {
 public:
  explicit VectorTrace(TraceBlock block, TraceHeader header = {})
      : block_(std::move(block)), header_(std::move(header)) {}

  const TraceHeader& header() const override { return header_; }
  bool next(TraceBlock& block) override {
    if (given_) return false;
    given_ = true;
    block = block_;
    return !block.records.empty() || !block.events.empty();
  }
  /// Reads from the front again.
  void rewind() { given_ = false; }

 private:
  TraceBlock block_;
  TraceHeader header_;
  bool given_ = false;
};

}  // namespace mmu::test
