#include "testbench/reference/dram.hpp"

#include <algorithm>
#include <utility>

namespace mmu::reference {

Dram::Dram(const DramParams& params, std::uint32_t core_period_ps, std::uint32_t line_bytes)
    : params_(params),
      period_ps_(core_period_ps),
      line_bytes_(line_bytes),
      channels_(params.channels) {
  for (Channel& channel : channels_) channel.banks.resize(params.ranks * params.banks);
}

std::uint64_t Dram::clock_of(Cycle t) const {
  return (t * period_ps_ + params_.clock_ps - 1) / params_.clock_ps;
}

Cycle Dram::cycle_of(std::uint64_t clock) const {
  return (clock * params_.clock_ps + period_ps_ - 1) / period_ps_;
}

Dram::Place Dram::place_of(std::uint64_t address) const {
  std::uint64_t rest = address / line_bytes_;
  const std::uint64_t channel = rest % params_.channels;
  rest /= params_.channels;
  rest /= params_.row_bytes / line_bytes_;  // the column
  const std::uint64_t bank = rest % params_.banks;
  rest /= params_.banks;
  const std::uint64_t rank = rest % params_.ranks;
  const std::uint64_t row = rest / params_.ranks;
  const std::uint64_t used = bank ^ (row % params_.banks);
  return {channel, rank * params_.banks + used, row};
}

MemoryAnswer Dram::access_fixed(const MemoryRequest& request) {
  const std::uint64_t arrival = request.at * period_ps_;
  const std::uint64_t begin = std::max(arrival, fixed_free_ps_);
  stats.queued += begin == arrival ? 0 : 1;
  fixed_free_ps_ = begin + params_.fixed_line_ps;
  ++(request.op == MemoryOp::kRead ? stats.reads : stats.writes);
  const std::uint64_t end = begin + params_.fixed_ps;
  const Cycle there = end / period_ps_ + (end % period_ps_ == 0 ? 0 : 1);
  return {MemoryAnswer::Kind::kNow, there, Served::kMemory};
}

MemoryAnswer Dram::access(const MemoryRequest& request, MemoryReply reply) {
  if (params_.model == DramParams::Model::kFixed) return access_fixed(request);
  const Place place = place_of(request.address);
  Channel& channel = channels_[place.channel];
  Bank& bank = channel.banks[place.bank];
  const std::uint64_t k = clock_of(request.at);
  if (bank.waiting.empty() && bank.free_at <= k) {
    const Cycle there = serve(channel, bank, place.row, request.op, k);
    return {MemoryAnswer::Kind::kNow, there, Served::kMemory};
  }
  if (channel.waiting == params_.queue_entries) {
    ++stats.refused;
    return {};
  }
  ++channel.waiting;
  ++stats.queued;
  bank.waiting.push_back({place.row, request.op, std::move(reply)});
  return {MemoryAnswer::Kind::kLater};
}

void Dram::cycle(Cycle t) {
  const std::uint64_t k = clock_of(t);
  for (Channel& channel : channels_) {
    if (channel.waiting == 0) continue;
    for (Bank& bank : channel.banks) {
      if (bank.waiting.empty() || bank.free_at > k) continue;
      auto chosen = std::find_if(bank.waiting.begin(), bank.waiting.end(), [&](const Request& r) {
        return bank.open_row && r.row == *bank.open_row;
      });
      if (chosen == bank.waiting.end()) chosen = bank.waiting.begin();
      const Request request = std::move(*chosen);
      bank.waiting.erase(chosen);
      --channel.waiting;
      const Cycle there = serve(channel, bank, request.row, request.op, k);
      if (request.op != MemoryOp::kWriteback) request.reply(there, Served::kMemory);
    }
  }
}

Cycle Dram::serve(Channel& channel, Bank& bank, std::uint64_t row, MemoryOp op, std::uint64_t k) {
  // (1) Refresh.
  const std::uint64_t n = params_.t_refi == 0 ? 0 : k / params_.t_refi;
  if (n > 0 && n != bank.refreshes) {
    bank.open_row.reset();
    k = std::max(k, n * params_.t_refi + params_.t_rfc);
    stats.refreshes += n - bank.refreshes;
  }
  bank.refreshes = n;
  // (2) The row.
  std::uint64_t cas = k;
  if (bank.open_row && *bank.open_row == row) {
    ++stats.row_hits;
  } else {
    std::uint64_t act = k;
    if (bank.open_row) act = std::max(k, bank.activated + params_.t_ras) + params_.t_rp;
    ++(bank.open_row ? stats.row_conflicts : stats.row_closed);
    bank.open_row = row;
    bank.activated = act;
    cas = act + params_.t_rcd;
  }
  // (3) The data.
  const std::uint64_t start = std::max(cas + params_.t_cl, channel.bus_free);
  const std::uint64_t end = start + params_.burst_clocks;
  channel.bus_free = end;
  bank.free_at = end - params_.t_cl;
  stats.bus_clocks += params_.burst_clocks;
  ++(op == MemoryOp::kRead ? stats.reads : stats.writes);
  return cycle_of(end);
}

bool Dram::idle() const {
  return std::all_of(channels_.begin(), channels_.end(),
                     [](const Channel& channel) { return channel.waiting == 0; });
}

}  // namespace mmu::reference
