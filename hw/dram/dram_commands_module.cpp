#include "hw/dram/dram_commands_module.hpp"

#include <algorithm>
#include <ostream>
#include <string>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

/// Numbers of a channel's requests differ; the requester's is in the low half.
constexpr unsigned kIdBits = 32;

}  // namespace

DramCommandsModule::DramCommandsModule(const sc_core::sc_module_name& name,
                                       const DramParams& params, std::uint64_t core_period_ps,
                                       TimelineModule& timeline)
    : MainMemoryModule(name),
      timeline_(timeline),
      clock_(core_period_ps, params.commands.clock_ps),
      mapping_(params.commands),
      burst_(params.commands.burst) {
  check(params.commands);
  for (std::uint32_t i = 0; i < params.commands.channels; ++i) {
    channels_.push_back({std::make_unique<DramChannel>(params.commands), kNever, false, false});
  }
  in.bind(*this);
  timeline.enrol(Rank::kDram, *this);
}

MemoryAnswer DramCommandsModule::access(const MemoryRequest& request) {
  require_now(request, timeline_);
  const DramCoordinates place = mapping_.place(request.address.value());
  Channel& channel = channels_[place.channel];
  const bool write = request.op != MemoryOp::kRead;
  channel.dram->advance_to(clock_.clock_of(request.at));
  if (!channel.dram->accepts(write)) {
    ++stats_.refused;
    (write ? channel.refused_write : channel.refused_read) = true;
    return MemoryAnswer::refused(kNever);
  }
  ++(write ? stats_.writes : stats_.reads);
  const std::uint64_t id = accepted_++ << kIdBits | request.id;
  channel.dram->push(id, place, write);
  appoint(channel);
  // Commands that have gone without a turn were refreshes and writes: they answer nothing.
  channel.dram->take_answers(answers_);
  if (answers_.empty()) return MemoryAnswer::later();
  if (answers_.size() > 1 || answers_[0].id != id) {
    throw ModelError(std::string(name()) + ": a read was answered without a turn");
  }
  return MemoryAnswer::now(clock_.cycle_of(answers_[0].clock), Served::kMemory);
}

void DramCommandsModule::warm(PhysAddr address, MemoryOp /*op*/) {
  const DramCoordinates place = mapping_.place(address.value());
  channels_[place.channel].dram->leave_open(place);
}

void DramCommandsModule::wake() {
  for (Channel& channel : channels_) {
    if (channel.turn > timeline_.now()) continue;
    channel.turn = kNever;
    take_turn(channel);
  }
}

void DramCommandsModule::take_turn(Channel& channel) {
  channel.dram->advance_to(clock_.clock_of(timeline_.now()));
  channel.dram->take_answers(answers_);
  for (const DramAnswer& answer : answers_) {
    in_reply->accessed(static_cast<std::uint32_t>(answer.id), clock_.cycle_of(answer.clock),
                       Served::kMemory);
  }
  const bool read_room = channel.refused_read && channel.dram->accepts(false);
  const bool write_room = channel.refused_write && channel.dram->accepts(true);
  if (read_room) channel.refused_read = false;  // whoever is refused again is remembered again
  if (write_room) channel.refused_write = false;
  if (read_room || write_room) in_reply->memory_room(timeline_.now());
  appoint(channel);
}

/// A turn in the first cycle from which no request can come before the next command.
void DramCommandsModule::appoint(Channel& channel) {
  const auto next = channel.dram->next_command();
  if (!next) return;
  const Cycle at = clock_.first_cycle_in(*next + 1);
  if (at >= channel.turn) return;
  channel.turn = at;
  timeline_.post(at, Rank::kDram);
}

DramStats DramCommandsModule::stats() const {
  DramStats all = stats_;
  for (const Channel& channel : channels_) {
    const DramChannelStats& of = channel.dram->stats();
    all.row_hits += of.row_hits;
    all.row_closed += of.row_closed;
    all.row_conflicts += of.row_conflicts;
    all.queued += channel.dram->waited();
    all.refreshes += of.refreshes;
    all.bus_clocks += (of.reads + of.writes) * burst_;
  }
  return all;
}

void DramCommandsModule::explain_stall(std::ostream& out) const {
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    const Channel& channel = channels_[i];
    out << name() << ": channel " << i << ": ";
    if (channel.turn == kNever) {
      out << "waits for nothing";
    } else {
      out << "its next command has gone by cycle " << channel.turn;
    }
    out << (channel.refused_read || channel.refused_write ? ", others refused\n" : "\n");
  }
}

}  // namespace mmu
