#include "os_model/frame_map.hpp"

#include <algorithm>
#include <string>

#include "hw/arch/errors.hpp"

namespace mmu::os {
namespace {

constexpr std::uint64_t kAllBits = ~std::uint64_t{0};

std::uint64_t align_up(std::uint64_t value, std::uint64_t to) { return (value + to - 1) / to * to; }

/// `count` bits from `bit` on; all of them lie in one word.
std::uint64_t bits(std::uint64_t bit, std::uint64_t count) {
  return (count == 64 ? kAllBits : (std::uint64_t{1} << count) - 1) << bit;
}

/// Adds the blocks that [from, end) falls into, the largest that fit.
void add_blocks(std::uint64_t from, std::uint64_t end, std::vector<std::uint64_t>& blocks) {
  const unsigned max_order = static_cast<unsigned>(blocks.size()) - 1;
  while (from < end) {
    unsigned order = 0;
    while (order < max_order && (from >> order & 1) == 0 &&
           from + (std::uint64_t{2} << order) <= end) {
      ++order;
    }
    const std::uint64_t many = order == max_order ? (end - from) >> order : 1;
    blocks[order] += many;
    from += many << order;
  }
}

}  // namespace

FrameMap::FrameMap(std::uint64_t first, std::uint64_t end)
    : first_(first), end_(std::max(first, end)), free_(end_ - first_) {
  add_edge(first_ / kBlockFrames);
  add_edge(end_ / kBlockFrames);
}

/// What of `block` lies outside of the range counts as taken for ever.
void FrameMap::add_edge(std::uint64_t block) {
  Block edge;
  for (std::uint64_t f = 0; f < kBlockFrames; ++f) {
    const std::uint64_t frame = block * kBlockFrames + f;
    if (frame >= first_ && frame < end_) continue;
    edge.taken[f / kWord] |= std::uint64_t{1} << f % kWord;
    --edge.free;
  }
  blocks_[block] = edge;
}

std::uint64_t FrameMap::free_in_block(std::uint64_t block) const {
  const auto found = blocks_.find(block);
  return found == blocks_.end() ? kBlockFrames : found->second.free;
}

void FrameMap::mark(std::uint64_t frame, std::uint64_t count, bool taken) {
  if (frame < first_ || frame + count > end_) {
    throw ModelError("frame " + std::to_string(frame) + " is not of this memory");
  }
  free_ += taken ? -count : count;
  while (count != 0) {
    Block& block = blocks_[frame / kBlockFrames];
    const std::uint64_t bit = frame % kWord;
    const std::uint64_t here = std::min<std::uint64_t>(count, kWord - bit);
    std::uint64_t& word = block.taken[frame % kBlockFrames / kWord];
    const std::uint64_t mask = bits(bit, here);
    if ((word & mask) != (taken ? 0 : mask)) {
      throw ModelError("frame " + std::to_string(frame) + (taken ? " taken" : " given back") +
                       " twice");
    }
    word ^= mask;
    block.free += taken ? -here : here;
    frame += here;
    count -= here;
  }
}

bool FrameMap::Block::is_free(std::uint64_t frame, std::uint64_t count) const {
  if (count < kWord) return (taken[frame / kWord] & bits(frame % kWord, count)) == 0;
  const auto* const word = taken.begin() + frame / kWord;
  return std::all_of(word, word + count / kWord, [](std::uint64_t w) { return w == 0; });
}

/// Requires `from` to be a multiple of `count`.
std::optional<std::uint64_t> FrameMap::Block::find_run(std::uint64_t from,
                                                       std::uint64_t count) const {
  if (free < count) return std::nullopt;
  for (; from < kBlockFrames; from += count) {
    if (is_free(from, count)) return from;
    if (taken[from / kWord] == kAllBits && count < kWord) from |= kWord - count;  // the rest too
  }
  return std::nullopt;
}

std::optional<std::uint64_t> FrameMap::find(std::uint64_t from, unsigned order) const {
  const std::uint64_t count = std::uint64_t{1} << order;
  if (free_ < count) return std::nullopt;
  const std::uint64_t start = align_up(std::max(from, first_), count);
  return count < kBlockFrames ? find_small(start, count) : find_blocks(start, count);
}

std::optional<std::uint64_t> FrameMap::find_in_block(std::uint64_t block, unsigned order) const {
  const auto known = blocks_.find(block);
  if (known == blocks_.end()) return block * kBlockFrames;
  const auto run = known->second.find_run(0, std::uint64_t{1} << order);
  return run ? std::optional(block * kBlockFrames + *run) : std::nullopt;
}

std::optional<std::uint64_t> FrameMap::find_small(std::uint64_t from, std::uint64_t count) const {
  auto known = blocks_.lower_bound(from / kBlockFrames);
  while (from < end_) {
    const std::uint64_t block = from / kBlockFrames;
    if (known == blocks_.end() || known->first != block) return from;  // wholly free
    const auto run = known->second.find_run(from % kBlockFrames, count);
    if (run) return block * kBlockFrames + *run;
    from = (block + 1) * kBlockFrames;
    ++known;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> FrameMap::find_blocks(std::uint64_t from, std::uint64_t count) const {
  auto known = blocks_.lower_bound(from / kBlockFrames);
  while (from + count <= end_) {
    // The first known block of the run that is not wholly free.
    while (known != blocks_.end() && known->second.free == kBlockFrames) ++known;
    if (known == blocks_.end() || known->first * kBlockFrames >= from + count) return from;
    from = align_up((known->first + 1) * kBlockFrames, count);
    known = blocks_.lower_bound(from / kBlockFrames);
  }
  return std::nullopt;
}

std::vector<std::uint64_t> FrameMap::free_blocks(unsigned max_order) const {
  std::vector<std::uint64_t> blocks(max_order + 1);
  std::uint64_t free_from = first_;  // all frames from here to the one looked at are free
  for (const auto& [number, block] : blocks_) {
    for (std::uint64_t w = 0; w < block.taken.size(); ++w) {
      if (block.taken[w] == 0) continue;
      for (std::uint64_t bit = 0; bit < kWord; ++bit) {
        if ((block.taken[w] >> bit & 1) == 0) continue;
        const std::uint64_t frame = number * kBlockFrames + w * kWord + bit;
        if (frame > free_from) add_blocks(free_from, frame, blocks);
        free_from = std::max(free_from, frame + 1);
      }
    }
  }
  add_blocks(free_from, end_, blocks);
  return blocks;
}

}  // namespace mmu::os
