// Pointer chases and knees: the pure part of measuring a TLB from the outside.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "hw/arch/trace.hpp"

namespace mmu {

/// Which pages a chase goes through, round after round: `groups` times `run` neighbouring pages,
/// the groups `stride` pages apart. Requires run <= stride.
struct ChaseShape {
  std::uint64_t groups = 1;
  std::uint64_t stride = 1;  ///< pages
  std::uint64_t run = 1;     ///< pages
  std::uint64_t page_bytes = 4096;

  std::uint64_t pages() const { return groups * run; }
  std::uint64_t span_pages() const { return (groups - 1) * stride + run; }
};

/// `rounds` rounds of accesses of one kind, one for each page. Loads depend on the one before each.
/// They use the lines of a page in turn, so that the sets of a cache are used evenly.
class ChaseTrace final : public TraceSource {
 public:
  ChaseTrace(const ChaseShape& shape, AccessKind kind, std::uint64_t rounds,
             std::uint32_t line_bytes);

  const TraceHeader& header() const override { return header_; }
  bool next(TraceBlock& block) override;

 private:
  TraceHeader header_;
  TraceBlock block_;
  bool given_ = false;
};

/// How far apart the groups of a chase lie that finds out whether a TLB of `entries` has n ways: a
/// multiple of its number of sets, whatever that is, if it is known to have at least n / 2 ways (as
/// knee() knows when it asks for n). At least `run`. It falls with n: no chase spans many times
/// `entries`.
std::uint64_t set_stride(std::uint64_t entries, std::uint64_t n, std::uint64_t run);

/// The largest n, from 0 to `limit`, for which fits(n), if that holds up to some n and not beyond;
/// fits(0) is taken to hold. Asks O(log n) times, of n up to twice the result.
std::uint64_t knee(const std::function<bool(std::uint64_t)>& fits, std::uint64_t limit);

}  // namespace mmu
