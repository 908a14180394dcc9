#include "traces/reuse/stack_distance.hpp"

#include <algorithm>

namespace mmu::traces {
namespace {

constexpr std::size_t kFewestSlots = std::size_t{1} << 16;

std::uint64_t ones(std::uint64_t word) {
  return static_cast<std::uint64_t>(__builtin_popcountll(word));
}

}  // namespace

StackDistance::StackDistance() {
  recent_.fill(PageSlots::kNoPage);
  squeeze();
}

/// Up in the short list, or out of its slot; whoever falls off the list's end gets the next slot.
std::uint64_t StackDistance::touch_other(std::uint64_t page) {
  std::size_t at = 1;
  while (at < kRecent && recent_[at] != page) ++at;
  std::uint64_t depth = at + 1;
  if (at == kRecent) {
    const std::uint64_t slot = slots_[page];
    // A new page has no slot either: those of the list were looked at.
    depth = slot == 0 ? kFirst : kRecent + take_from_slot(slot);
    --at;
    if (recent_[at] != PageSlots::kNoPage) put_into_slot(recent_[at]);
  }
  std::copy_backward(recent_.begin(), recent_.begin() + static_cast<std::ptrdiff_t>(at),
                     recent_.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  recent_[0] = page;
  return depth;
}

/// Frees it; its depth among the slots.
std::uint64_t StackDistance::take_from_slot(std::uint64_t slot) {
  const std::size_t word = slot / kWord;
  const std::uint64_t bit = std::uint64_t{1} << slot % kWord;
  const std::uint64_t deeper = before(word) + ones(used_[word] & (bit - 1));
  const std::uint64_t depth = in_slots_ - deeper;
  used_[word] &= ~bit;
  add(word, ~std::uint32_t{0});
  --in_slots_;
  return depth;
}

void StackDistance::put_into_slot(std::uint64_t page) {
  if (next_slot_ == page_of_.size()) squeeze();
  const std::uint64_t slot = next_slot_++;
  slots_[page] = slot;
  page_of_[slot] = page;
  used_[slot / kWord] |= std::uint64_t{1} << slot % kWord;
  add(slot / kWord, 1);
  ++in_slots_;
}

/// Slots in use move together, in their order; three free ones follow for each.
void StackDistance::squeeze() {
  std::uint64_t to = 1;
  for (std::uint64_t slot = 1; slot < next_slot_; ++slot) {
    if ((used_[slot / kWord] >> slot % kWord & 1) == 0) continue;
    page_of_[to] = page_of_[slot];
    slots_[page_of_[to]] = to;
    ++to;
  }
  next_slot_ = to;
  const std::size_t size = std::max(kFewestSlots, (4 * to + kWord - 1) / kWord * kWord);
  page_of_.resize(size);
  used_.assign(size / kWord, 0);
  tree_.assign(size / kWord + 1, 0);
  for (std::uint64_t slot = 1; slot < to; ++slot) {
    used_[slot / kWord] |= std::uint64_t{1} << slot % kWord;
  }
  for (std::size_t word = 0; word < used_.size(); ++word) {
    if (used_[word] != 0) add(word, static_cast<std::uint32_t>(ones(used_[word])));
  }
}

void StackDistance::add(std::size_t word, std::uint32_t change) {
  for (std::size_t i = word + 1; i < tree_.size(); i += i & (~i + 1)) tree_[i] += change;
}

/// Used slots in the words before `word`.
std::uint64_t StackDistance::before(std::size_t word) const {
  std::uint64_t sum = 0;
  for (std::size_t i = word; i != 0; i -= i & (~i + 1)) sum += tree_[i];
  return sum;
}

}  // namespace mmu::traces
