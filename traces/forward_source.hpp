// What readers share that go through a file once, front to back.
#pragma once

#include <string>

#include "hw/arch/trace.hpp"

namespace mmu::traces {

/// Errors come once all that stands before them was delivered, and again with every later call.
class ForwardSource : public TraceSource {
 public:
  const TraceHeader& header() const final { return header_; }
  bool next(TraceBlock& block) final;

 protected:
  /// For the constructor of a final class: reads the first block, so that the header is known and
  /// a file of another kind is refused at once. Throws InputError.
  void read_first_block();

  /// Appends to the empty `block`; leaves it empty at the end. May throw InputError with some of
  /// the block filled in.
  virtual void produce(TraceBlock& block) = 0;

  TraceHeader header_;

 private:
  bool fill(TraceBlock& block);

  TraceBlock first_;
  bool first_waits_ = false;
  std::string error_;  // to be thrown by the next call
};

}  // namespace mmu::traces
