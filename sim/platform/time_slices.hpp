// A trace whose process loses the core now and then.
#pragma once

#include <algorithm>
#include <cstdint>

#include "hw/arch/trace.hpp"

namespace mmu {

/// What `trace` brings, with an event of type kSwitch before the first record that begins after
/// each `instructions` instructions.
class TimeSlices final : public TraceSource {
 public:
  /// Without `instructions` (0) nothing is added. `trace` must outlive this.
  TimeSlices(TraceSource& trace, std::uint64_t instructions)
      : trace_(trace),
        alone_(trace.processes().size() == 1),
        slice_(instructions),
        left_(instructions) {}

  const TraceHeader& header() const override { return trace_.header(); }
  std::vector<const TraceHeader*> processes() const override { return trace_.processes(); }
  void end_process(std::size_t number) override { trace_.end_process(number); }
  bool next(TraceBlock& block) override {
    if (!trace_.next(block)) return false;
    if (alone_) forget_others(block);
    if (slice_ != 0) add_switches(block);
    return true;
  }

 private:
  /// Whatever a switch of one process's trace says, there is no other that could have the core.
  static void forget_others(TraceBlock& block) {
    for (TraceBlock::Event& event : block.events) {
      if (event.event.type == OsEventType::kSwitch) event.event.args[0] = 0;
    }
  }
  void add_switches(TraceBlock& block) {
    for (std::uint32_t i = 0; i < block.records.size(); ++i) {
      if (left_ == 0) {
        add_switch(block, i);
        left_ = slice_;
      }
      left_ -= std::min<std::uint64_t>(left_, block.records[i].instructions);
    }
  }
  /// Behind the events that already stand there.
  static void add_switch(TraceBlock& block, std::uint32_t before) {
    TraceBlock::Event added;
    added.before = before;
    added.event.type = OsEventType::kSwitch;
    const auto place = std::upper_bound(
        block.events.begin(), block.events.end(), before,
        [](std::uint32_t record, const TraceBlock::Event& event) { return record < event.before; });
    block.events.insert(place, added);
  }

  TraceSource& trace_;
  const bool alone_;
  const std::uint64_t slice_;
  std::uint64_t left_;  // instructions, up to the next switch
};

}  // namespace mmu
