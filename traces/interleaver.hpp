// Several traces as one: processes that take turns on one core.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "hw/arch/trace.hpp"

namespace mmu::traces {

/// Process k is the one of trace k, and process 0 has the core first. The order depends on counts
/// of instructions alone, never on cycles: so does all that software does.
class Interleaver final : public TraceSource {
 public:
  struct Trace {
    std::unique_ptr<TraceSource> source;
    std::string name;  ///< for messages
  };

  /// A turn ends before the first record that begins after `quantum` instructions of it; its
  /// process goes to the end of the queue. Requires at least one trace. Throws ConfigError if the
  /// quantum is 0, InputError if the traces are of several architectures (unless synthetic) or page
  /// sizes.
  Interleaver(std::vector<Trace> traces, std::uint64_t quantum);

  /// Counts are sums (0 if one is not known), the hash is one of all hashes; image and break are of
  /// none.
  const TraceHeader& header() const override { return header_; }
  std::vector<const TraceHeader*> processes() const override;

  /// As TraceSource::processes() says. Handles are no longer those of the traces; a record depends
  /// on none before the turn.
  bool next(TraceBlock& block) override;
  /// What is left of its trace is dropped. No effect if that has ended.
  void end_process(std::size_t number) override;

 private:
  struct Process {
    std::unique_ptr<TraceSource> source;
    std::string name;
    TraceBlock block{};
    std::size_t record = 0, event = 0;  // next in block
  };

  bool refill(Process& process);
  void take_events(Process& from, TraceBlock& to);
  bool take_records(Process& from, TraceBlock& to);
  void give_core(TraceBlock& block);
  void end_turn();
  OsEvent event_here(OsEvent event) const;
  std::uint32_t handle_here(std::uint32_t handle) const;

  TraceHeader header_;
  std::vector<Process> processes_;
  std::deque<std::size_t> queue_;  // who has the core is in front
  const std::uint64_t quantum_;
  std::uint64_t left_;              // of the turn
  std::uint64_t data_records_ = 0;  // of the process, since it was given the core
  std::size_t process_ = 0;         // of the last block
};

}  // namespace mmu::traces
