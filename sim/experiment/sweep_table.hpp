// What a sweep has found, as text and as CSV.
#pragma once

#include <string>
#include <vector>

#include "sim/experiment/sweep_directory.hpp"

namespace mmu {

/// What the tables need of a point's result.
struct PointFigures {
  bool known = false;  ///< false: there is no complete result, and the rest is 0
  std::uint64_t instructions = 0, cycles = 0, walks = 0;
  double ipc = 0, itlb_mpki = 0, dtlb_mpki = 0, stlb_mpki = 0, translation_share = 0;
  std::string map_hash;  ///< of the VA->PA map
};

/// Of every point; those that are not done are unknown.
std::vector<PointFigures> figures_of(const SweepDirectory& sweep,
                                     const std::vector<PointState>& states);

/// A row for each point; `words`: the state of each.
std::string sweep_table(const SweepPlan& plan, const std::vector<PointFigures>& figures,
                        const std::vector<std::string>& words);

/// The configurations, the one with the fewest cycles first: cycles relative to the baseline, as
/// the geometric mean over traces and seeds. Empty if there is nothing to compare, or a point of
/// every configuration is missing.
std::string ranking(const SweepPlan& plan, const std::vector<PointFigures>& figures);

/// Of points with the same trace and seed whose VA->PA maps differ from the baseline's: a sentence
/// for each trace and seed. Their cycles do not differ by the hardware alone.
std::vector<std::string> map_warnings(const SweepPlan& plan,
                                      const std::vector<PointFigures>& figures);

/// For other programs: a line for each point, with all columns and figures.
std::string sweep_csv(const SweepPlan& plan, const std::vector<PointFigures>& figures,
                      const std::vector<std::string>& words);

}  // namespace mmu
