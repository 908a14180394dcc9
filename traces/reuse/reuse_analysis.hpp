// How a trace uses pages: footprint, working set, reuse distances, miss-ratio curves.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "hw/arch/trace.hpp"
#include "traces/reuse/reuse_counts.hpp"
#include "traces/reuse/working_set.hpp"

namespace mmu::traces {

/// Page sizes of the footprint, as binary logarithms of bytes.
inline constexpr unsigned kFootprintShifts[] = {12, 16, 21, 30};

struct ReuseOptions {
  unsigned page_shift = 12;                       ///< at least 12
  std::uint64_t window_instructions = 1'000'000;  ///< of the working set; at least 1
  double sample_rate = 1;                         ///< above 0, at most 1
};

/// In program order, as the records stand: each touches its page, or its pages if it crosses.
/// Records with a handle are left out, for their addresses are not known.
class ReuseAnalysis {
 public:
  enum Stream : std::uint8_t { kData, kInstructions, kAll };
  static constexpr unsigned kStreams = 3;
  static constexpr std::string_view kStreamNames[] = {"data", "instructions", "all"};

  explicit ReuseAnalysis(const ReuseOptions& options);
  void add(const TraceBlock& block);
  /// Ends the last window. To be called once, behind the last block.
  void finish();

  const ReuseOptions& options() const { return options_; }
  const ReuseCounts& counts(Stream stream) const { return counts_[stream]; }
  const std::vector<std::uint64_t>& working_set(Stream stream) const {
    return sets_[stream].sizes();
  }
  /// Distinct pages of 2^shift bytes, at least 2^12.
  std::uint64_t footprint(Stream stream, unsigned shift) const;

 private:
  void touch(Stream stream, std::uint64_t address);

  ReuseOptions options_;
  std::array<ReuseCounts, kStreams> counts_;
  std::array<WorkingSet, kStreams> sets_;  // pages of page_shift
  std::array<WorkingSet, 2> small_;        // 4-KiB pages, if page_shift is another
  std::uint64_t in_window_ = 0;            // instructions
};

/// Sizes at which curves are written: every one to 1,024, then 64 for each doubling, up to `last`,
/// which is in too.
std::vector<std::uint64_t> curve_sizes(std::uint64_t last);

}  // namespace mmu::traces
