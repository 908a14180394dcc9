#include "hw/link/timing_wheel.hpp"

namespace mmu {

TimingWheel::Entry TimingWheel::pop() {
  turn_to(next_);
  const Cycle at = next_;
  const std::size_t slot = at % kSlots;
  const auto rank = static_cast<Rank>(__builtin_ctz(slots_[slot]));
  slots_[slot] = static_cast<std::uint16_t>(slots_[slot] & (slots_[slot] - 1u));
  if (slots_[slot] == 0) {
    std::uint64_t& word = busy_[slot / 64];
    word &= ~(std::uint64_t{1} << (slot % 64));
    if (word == 0) busy_words_ &= ~(1u << (slot / 64));
    next_ = find_next();
  }
  return {at, rank};
}

void TimingWheel::bring_near() {
  while (!far_.empty() && far_.top().first - base_ < kSlots) {
    mark(far_.top().first, static_cast<Rank>(far_.top().second));
    far_.pop();
  }
}

Cycle TimingWheel::find_next() const {
  const unsigned first = static_cast<unsigned>(base_ / 64 % kWords);
  const unsigned offset = base_ % 64;
  const std::uint64_t here = busy_[first] >> offset;
  if (here != 0) return base_ + static_cast<unsigned>(__builtin_ctzll(here));
  // The other words in the order of their cycles; last the first one again, whose slots behind
  // base_ belong to the next turn.
  const std::uint32_t twice = busy_words_ | busy_words_ << kWords;
  const std::uint32_t others = twice >> (first + 1) & ((1u << kWords) - 1);
  if (others == 0) return far_.empty() ? kNever : far_.top().first;
  const auto ahead = static_cast<unsigned>(__builtin_ctz(others)) + 1;
  const std::uint64_t word = busy_[(first + ahead) % kWords];
  return base_ - offset + 64 * ahead + static_cast<unsigned>(__builtin_ctzll(word));
}

}  // namespace mmu
