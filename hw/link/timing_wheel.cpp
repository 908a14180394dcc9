#include "hw/link/timing_wheel.hpp"

namespace mmu {

TimingWheel::Entry TimingWheel::pop() {
  turn_to(next_);
  const Cycle at = next_;
  const std::size_t slot = at % kSlots;
  const auto rank = static_cast<Rank>(__builtin_ctz(slots_[slot]));
  slots_[slot] = static_cast<std::uint16_t>(slots_[slot] & (slots_[slot] - 1u));
  if (slots_[slot] == 0) {
    busy_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
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
  constexpr unsigned kWords = kSlots / 64;
  const unsigned offset = base_ % 64;
  const Cycle first = base_ - offset;
  // One word more than there are: the slots of the first word that lie behind base_ come last.
  for (unsigned i = 0; i <= kWords; ++i) {
    std::uint64_t word = busy_[(first / 64 + i) % kWords];
    if (i == 0) word &= ~std::uint64_t{0} << offset;
    if (i == kWords) word &= ~(~std::uint64_t{0} << offset);
    if (word != 0) return first + 64 * i + static_cast<unsigned>(__builtin_ctzll(word));
  }
  return far_.empty() ? kNever : far_.top().first;
}

}  // namespace mmu
