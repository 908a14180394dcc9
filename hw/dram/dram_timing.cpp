#include "hw/dram/dram_timing.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

unsigned log2_of(const char* knob, std::uint64_t value) {
  if (value == 0 || (value & (value - 1)) != 0) {
    throw ConfigError("dram." + std::string(knob) + " must be a power of two, is " +
                      std::to_string(value));
  }
  return static_cast<unsigned>(__builtin_ctzll(value));
}

std::uint64_t take_bits(std::uint64_t& rest, unsigned width) {
  const std::uint64_t field = rest & ((std::uint64_t{1} << width) - 1);
  rest >>= width;
  return field;
}

}  // namespace

DramClock::DramClock(std::uint64_t core_period_ps, std::uint64_t clock_ps)
    : core_(core_period_ps), dram_(clock_ps) {
  if (clock_ps == 0) throw ConfigError("dram.clock_ps must be at least 1");
  if (core_period_ps == 0) throw ConfigError("clock.period_ps must be at least 1");
  const std::uint64_t unit = std::gcd(core_, dram_);
  core_ /= unit;
  dram_ /= unit;
}

DramMap::DramMap(const DramParams& params, std::uint32_t line_bytes)
    : line_shift_(static_cast<unsigned>(__builtin_ctz(line_bytes))),
      channel_shift_(log2_of("channels", params.channels)),
      column_shift_(log2_of("row_bytes", params.row_bytes)),
      bank_shift_(log2_of("banks", params.banks)),
      rank_shift_(log2_of("ranks", params.ranks)) {
  if (params.row_bytes % line_bytes != 0) {
    throw ConfigError("dram.row_bytes must be a multiple of the line of the caches (" +
                      std::to_string(line_bytes) + "), is " + std::to_string(params.row_bytes));
  }
  column_shift_ -= line_shift_;
}

DramPlace DramMap::place_of(PhysAddr address) const {
  std::uint64_t rest = address.value() >> line_shift_;
  const std::uint64_t channel = take_bits(rest, channel_shift_);
  take_bits(rest, column_shift_);
  const std::uint64_t bank = take_bits(rest, bank_shift_);
  const std::uint64_t rank = take_bits(rest, rank_shift_);
  const std::uint64_t row = rest;
  const std::uint64_t bank_used = bank ^ take_bits(rest, bank_shift_);
  const std::uint64_t number = (channel << rank_shift_ | rank) << bank_shift_ | bank_used;
  return {static_cast<std::uint32_t>(channel), static_cast<std::uint32_t>(number), row};
}

DramTiming::DramTiming(const DramParams& params)
    : params_(params),
      banks_(std::size_t{params.channels} * params.ranks * params.banks),
      bus_free_at_(params.channels) {
  if (params.t_refi > 0 && params.t_rfc >= params.t_refi) {
    throw ConfigError("dram.t_rfc must be less than dram.t_refi (" + std::to_string(params.t_refi) +
                      "), is " + std::to_string(params.t_rfc));
  }
}

std::uint64_t DramTiming::serve(const DramPlace& place, std::uint64_t at, DramStats& stats) {
  Bank& bank = banks_[place.bank];
  std::uint64_t& bus_free_at = bus_free_at_[place.channel];
  const std::uint64_t start = refresh(bank, at, stats);
  const std::uint64_t cas = open(bank, place.row, start, stats);
  bus_free_at = std::max(cas + params_.t_cl, bus_free_at) + params_.burst_clocks;
  bank.free_at = bus_free_at - params_.t_cl;
  stats.bus_clocks += params_.burst_clocks;
  return bus_free_at;
}

// A refresh that has begun since the bank last served has closed its row, and may not be over.
std::uint64_t DramTiming::refresh(Bank& bank, std::uint64_t at, DramStats& stats) const {
  if (params_.t_refi == 0) return at;
  const std::uint64_t refreshes = at / params_.t_refi;
  if (refreshes == bank.refreshes) return at;
  stats.refreshes += refreshes - bank.refreshes;
  bank.refreshes = refreshes;
  bank.row = kClosed;
  return std::max(at, refreshes * params_.t_refi + params_.t_rfc);
}

/// The clock in which the column command may go.
std::uint64_t DramTiming::open(Bank& bank, std::uint64_t row, std::uint64_t at,
                               DramStats& stats) const {
  if (bank.row == row) {
    ++stats.row_hits;
    return at;
  }
  if (bank.row == kClosed) {
    ++stats.row_closed;
    bank.activated = at;
  } else {
    ++stats.row_conflicts;
    bank.activated = std::max(at, bank.activated + params_.t_ras) + params_.t_rp;
  }
  bank.row = row;
  return bank.activated + params_.t_rcd;
}

}  // namespace mmu
