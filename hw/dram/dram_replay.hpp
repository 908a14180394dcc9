// Requests played against DRAM alone, one a clock, in order: what the channels answer, counted.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "hw/dram/dram_controller.hpp"

namespace mmu {

struct DramChannelFigures {
  std::uint64_t requests = 0;
  Histogram reads;           ///< clocks from when a read was taken over to its last data
  std::uint64_t waited = 0;  ///< clocks that requests waited to be taken over, in all
};

class DramReplay {
 public:
  explicit DramReplay(const DramControllerParams& params);

  std::uint64_t bytes() const { return mapping_.bytes(); }
  const DramMapping& mapping() const { return mapping_; }
  /// A request of this clock; it waits if a queue is full, and those behind it with it. Clocks
  /// must not go backwards; `address` is less than bytes().
  void request(DramTime clock, std::uint64_t address, bool write);
  void finish();

  std::size_t channels() const { return channels_.size(); }
  const DramChannel& channel(std::size_t i) const { return *channels_[i]; }
  const DramChannelFigures& figures(std::size_t i) const { return figures_[i]; }
  DramTime clocks() const;  ///< until the last data
  std::uint64_t answered() const { return answered_; }
  const std::vector<DramCommand>& log(std::size_t i) const { return logs_[i]; }
  void keep_log();  ///< before the first request

 private:
  void collect(std::size_t channel);

  DramControllerParams params_;
  DramMapping mapping_;
  std::vector<std::unique_ptr<DramChannel>> channels_;
  std::vector<DramChannelFigures> figures_;
  std::vector<std::vector<DramCommand>> logs_;
  std::vector<DramAnswer> answers_;
  DramTime next_ = 0;
  std::uint64_t answered_ = 0;
};

}  // namespace mmu
