#include "hw/dram/dram_replay.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"

namespace mmu {

DramReplay::DramReplay(const DramControllerParams& params)
    : params_(params), mapping_(params), figures_(params.channels), logs_(params.channels) {
  check(params);
  for (std::uint32_t i = 0; i < params.channels; ++i) {
    channels_.push_back(std::make_unique<DramChannel>(params));
  }
}

void DramReplay::keep_log() {
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    channels_[i] = std::make_unique<DramChannel>(params_, &logs_[i]);
  }
}

void DramReplay::request(DramTime clock, std::uint64_t address, bool write) {
  const DramCoordinates place = mapping_.place(address);
  DramChannel& channel = *channels_[place.channel];
  channel.advance_to(std::max(clock, next_));
  while (!channel.accepts(write)) {
    if (!channel.advance_to_room()) throw ModelError("DRAM: a full queue that nothing empties");
  }
  DramChannelFigures& figures = figures_[place.channel];
  ++figures.requests;
  figures.waited += channel.now() - clock;
  next_ = channel.now() + 1;
  channel.push(channel.now() << 1 | (write ? 1 : 0), place, write);
  collect(place.channel);
}

void DramReplay::collect(std::size_t channel) {
  channels_[channel]->take_answers(answers_);
  for (const DramAnswer& answer : answers_) {
    ++answered_;
    if ((answer.id & 1) == 0) figures_[channel].reads.add(answer.clock - (answer.id >> 1));
  }
  answers_.clear();
}

void DramReplay::finish() {
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    channels_[i]->finish();
    collect(i);
  }
}

DramTime DramReplay::clocks() const {
  DramTime last = 0;
  for (const auto& channel : channels_) last = std::max(last, channel->last_data());
  return last;
}

}  // namespace mmu
