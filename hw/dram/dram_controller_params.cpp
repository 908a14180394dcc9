#include "hw/dram/dram_controller_params.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"
#include "hw/dram/dram_mapping.hpp"

namespace mmu {

void check(const DramControllerParams& params) {
  DramMapping const mapping(params);
  // Or no row would be open for long enough between two refreshes.
  const std::uint64_t column = std::max(params.rtp, params.cwl + params.burst + params.wr);
  const std::uint64_t row = std::max<std::uint64_t>(params.ras, params.rcd + column);
  const std::uint64_t least = row + params.rp + params.rfc + params.controller + params.turnaround;
  if (params.refi > 0 && params.refi <= least) {
    throw ConfigError("dram.refi = " + std::to_string(params.refi) + ": must be 0 or more than " +
                      std::to_string(least) + ", a refresh and a row");
  }
  if (params.write_high > params.write_queue) {
    throw ConfigError("dram.write_high = " + std::to_string(params.write_high) +
                      ": must not be more than write_queue");
  }
  if (params.write_high > 0 && params.write_low >= params.write_high) {
    throw ConfigError("dram.write_low = " + std::to_string(params.write_low) +
                      ": must be less than write_high");
  }
  if (params.ccd_s < params.burst || params.ccd_l < params.ccd_s) {
    throw ConfigError("dram.ccd_s: must be at least burst, and at most ccd_l");
  }
}

}  // namespace mmu
