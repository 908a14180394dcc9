#pragma once

#include <memory>
#include <vector>

#include "hw/dram/dram_controller.hpp"
#include "hw/dram/dram_timing.hpp"
#include "hw/dram/main_memory_module.hpp"
#include "hw/link/timeline_module.hpp"

namespace mmu {

/// DRAM command by command behind the last cache; docs/timing.md, section 9.
///
///     in ──► DramChannel ──(turn of Rank::kDram, when a command has gone)──► in_reply
///
/// Reads are answered later, by the turn that follows their column command; a write when it is
/// taken over, and a read of a line that waits to be written likewise: now.
class DramCommandsModule final : public MainMemoryModule, private MemoryIf, private Wakeable {
 public:
  /// Throws ConfigError if `params.commands` cannot be built.
  DramCommandsModule(const sc_core::sc_module_name& name, const DramParams& params,
                     std::uint64_t core_period_ps, TimelineModule& timeline);

  DramStats stats() const override;
  void explain_stall(std::ostream& out) const override;

 private:
  struct Channel {
    std::unique_ptr<DramChannel> dram;
    Cycle turn = kNever;                               // appointed
    bool refused_read = false, refused_write = false;  // somebody waits for room
  };

  MemoryAnswer access(const MemoryRequest& request) override;
  void warm(PhysAddr address, MemoryOp op) override;
  void wake() override;
  void take_turn(Channel& channel);
  void appoint(Channel& channel);

  TimelineModule& timeline_;
  DramClock clock_;
  DramMapping mapping_;
  std::uint32_t burst_;
  std::vector<Channel> channels_;
  std::vector<DramAnswer> answers_;  // taken from a channel, at hand
  std::uint64_t accepted_ = 0;
  DramStats stats_;  // of requests; the channels count commands
};

}  // namespace mmu
