// When may this bank deliver? Banks with open rows, one data bus a channel, refresh. Time is the
// clock of the DRAM; docs/timing.md, section 9.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/arch/address.hpp"
#include "hw/dram/dram_params.hpp"

namespace mmu {

/// Exact conversion between core cycles and clocks of the DRAM.
class DramClock {
 public:
  /// Periods in picoseconds, not zero.
  DramClock(std::uint64_t core_period_ps, std::uint64_t clock_ps);

  /// The clock that begins in or next after core cycle `cycle`.
  std::uint64_t clock_of(std::uint64_t cycle) const { return (cycle * core_ + dram_ - 1) / dram_; }
  /// The first core cycle that does not begin before `clock`.
  std::uint64_t cycle_of(std::uint64_t clock) const { return (clock * dram_ + core_ - 1) / core_; }
  /// The first core cycle c with clock_of(c) >= clock.
  std::uint64_t first_cycle_in(std::uint64_t clock) const {
    return clock == 0 ? 0 : (clock - 1) * dram_ / core_ + 1;
  }

 private:
  std::uint64_t core_, dram_;  // both periods in their greatest common unit
};

/// Where a line lies.
struct DramPlace {
  std::uint32_t channel;
  std::uint32_t bank;  ///< of all: (channel x ranks + rank) x banks + bank of the rank
  std::uint64_t row;
};

/// Lines are spread over channels first, then along rows, banks and ranks; the bank number is
/// XORed with the row (permutation-based interleaving, Zhang et al., MICRO 2000).
class DramMap {
 public:
  /// Throws ConfigError unless channels, ranks, banks and row_bytes are powers of two and a row
  /// holds whole lines. Requires line_bytes to be a power of two.
  DramMap(const DramParams& params, std::uint32_t line_bytes);

  DramPlace place_of(PhysAddr address) const;

 private:
  unsigned line_shift_, channel_shift_, column_shift_, bank_shift_, rank_shift_;
};

/// The banks and buses of all channels.
class DramTiming {
 public:
  /// Throws ConfigError unless t_rfc < t_refi, where there is refresh at all.
  explicit DramTiming(const DramParams& params);

  bool is_open(std::uint32_t bank, std::uint64_t row) const { return banks_[bank].row == row; }
  std::uint64_t free_at(std::uint32_t bank) const { return banks_[bank].free_at; }

  /// The row of `place` was opened long ago and is the bank's open one.
  void leave_open(const DramPlace& place) { banks_[place.bank].row = place.row; }

  /// Serves one line from clock `at` on; returns the clock in which all of it has arrived. Counts
  /// rows, refreshes and bus in `stats`. Requires at >= free_at(place.bank).
  std::uint64_t serve(const DramPlace& place, std::uint64_t at, DramStats& stats);

 private:
  static constexpr std::uint64_t kClosed = ~std::uint64_t{0};
  struct Bank {
    std::uint64_t row = kClosed;
    std::uint64_t activated = 0;
    std::uint64_t free_at = 0;
    std::uint64_t refreshes = 0;  // that had begun when it last served
  };

  std::uint64_t refresh(Bank& bank, std::uint64_t at, DramStats& stats) const;
  std::uint64_t open(Bank& bank, std::uint64_t row, std::uint64_t at, DramStats& stats) const;

  DramParams params_;
  std::vector<Bank> banks_;
  std::vector<std::uint64_t> bus_free_at_;  // of each channel
};

}  // namespace mmu
