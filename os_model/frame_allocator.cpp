#include "os_model/frame_allocator.hpp"

#include <algorithm>
#include <utility>

#include "hw/arch/errors.hpp"

namespace mmu::os {
namespace {

unsigned lowest_clear_bit(std::uint64_t word) {
  unsigned bit = 0;
  while ((word >> bit & 1) != 0) ++bit;
  return bit;
}

std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) { return (value + by - 1) / by; }

}  // namespace

FrameAllocator::FrameAllocator(PhysAddr first, PhysAddr end, unsigned frame_shift, std::string what,
                               std::uint64_t configured_bytes)
    : frame_shift_(frame_shift),
      first_(divide_up(first.value(), std::uint64_t{1} << frame_shift)),
      end_(std::max(end.value() >> frame_shift, first_)),
      first_block_(first_ / kFramesInBlock),
      block_count_(divide_up(end_, kFramesInBlock) - first_block_),
      what_(std::move(what)),
      configured_bytes_(configured_bytes) {}

bool FrameAllocator::owns(PhysAddr frame) const {
  const std::uint64_t number = frame.value() >> frame_shift_;
  return number >= first_ && number < end_;
}

std::optional<std::uint64_t> FrameAllocator::Block::find_run(std::uint64_t count) const {
  for (std::uint64_t at = 0; at < kFramesInBlock; at += count) {
    std::uint64_t f = at;
    while (f < at + count && !is_taken(f)) ++f;
    if (f == at + count) return at;
  }
  return std::nullopt;
}

std::set<std::uint64_t>* FrameAllocator::list_of(const Block& block) {
  if (block.free == 0) return nullptr;
  return block.free == kFramesInBlock ? &whole_ : &partial_;
}

void FrameAllocator::set_taken(std::uint64_t frame, bool taken) {
  const std::uint64_t index = frame / kFramesInBlock - first_block_;
  Block& block = blocks_.at(index);
  auto* before = list_of(block);
  const std::uint64_t in_block = frame % kFramesInBlock;
  if (block.is_taken(in_block) == taken) {
    throw ModelError("frame " + std::to_string(frame) + (taken ? " taken" : " given back") +
                     " twice");
  }
  block.taken[in_block / kWord] ^= std::uint64_t{1} << (in_block % kWord);
  block.free += taken ? -1u : 1u;
  auto* after = list_of(block);
  if (before != after) {
    if (before != nullptr) before->erase(index);
    if (after != nullptr) after->insert(index);
  }
  in_use_ += taken ? 1 : ~std::uint64_t{0};
  peak_ = std::max(peak_, in_use_);
}

/// False if all have been seen. The frames of an edge block that lie outside of the range count as
/// taken for ever.
bool FrameAllocator::see_next_block() {
  if (blocks_.size() == block_count_) return false;
  const std::uint64_t start = (first_block_ + blocks_.size()) * kFramesInBlock;
  Block block;
  for (std::uint64_t f = 0; f < kFramesInBlock; ++f) {
    if (start + f >= first_ && start + f < end_) continue;
    block.taken[f / kWord] |= std::uint64_t{1} << (f % kWord);
    --block.free;
  }
  blocks_.push_back(block);
  if (auto* list = list_of(block)) list->insert(blocks_.size() - 1);
  return true;
}

PhysAddr FrameAllocator::take() {
  if (partial_.empty() && whole_.empty() && !see_next_block()) exhausted();
  const std::uint64_t index = partial_.empty() ? *whole_.begin() : *partial_.begin();
  const auto& words = blocks_[index].taken;
  unsigned word = 0;
  while (words[word] == ~std::uint64_t{0}) ++word;
  const std::uint64_t frame =
      (first_block_ + index) * kFramesInBlock + word * kWord + lowest_clear_bit(words[word]);
  set_taken(frame, true);
  return PhysAddr(frame << frame_shift_);
}

std::optional<PhysAddr> FrameAllocator::try_take_run(unsigned shift) {
  const std::uint64_t frames = std::uint64_t{1} << (shift - frame_shift_);
  const auto first =
      frames < kFramesInBlock ? find_in_a_block(frames) : find_blocks(frames / kFramesInBlock);
  if (!first) return std::nullopt;
  for (std::uint64_t f = 0; f < frames; ++f) set_taken(*first + f, true);
  return PhysAddr(*first << frame_shift_);
}

/// The first frame of a run in the lowest block that is in part taken and has it, else in the
/// lowest free block.
std::optional<std::uint64_t> FrameAllocator::find_in_a_block(std::uint64_t frames) {
  for (;;) {
    for (const std::uint64_t index : partial_) {
      if (blocks_[index].free < frames) continue;
      const auto run = blocks_[index].find_run(frames);
      if (run) return (first_block_ + index) * kFramesInBlock + *run;
    }
    if (!whole_.empty()) return (first_block_ + *whole_.begin()) * kFramesInBlock;
    if (!see_next_block()) return std::nullopt;
  }
}

/// The first frame of the lowest aligned row of free blocks.
std::optional<std::uint64_t> FrameAllocator::find_blocks(std::uint64_t blocks) {
  const std::uint64_t lowest = first_block_ + (whole_.empty() ? blocks_.size() : *whole_.begin());
  std::uint64_t number = std::max(lowest / blocks, divide_up(first_block_, blocks)) * blocks;
  for (; number + blocks <= first_block_ + block_count_; number += blocks) {
    if (are_whole(number - first_block_, blocks)) return number * kFramesInBlock;
  }
  return std::nullopt;
}

bool FrameAllocator::are_whole(std::uint64_t index, std::uint64_t blocks) {
  for (std::uint64_t i = index; i < index + blocks; ++i) {
    while (blocks_.size() <= i) see_next_block();
    if (blocks_[i].free != kFramesInBlock) return false;
  }
  return true;
}

void FrameAllocator::give_back(PhysAddr frame) {
  if (!owns(frame)) throw ModelError("a frame given back is not of the " + what_);
  set_taken(frame.value() >> frame_shift_, false);
}

void FrameAllocator::give_back_run(PhysAddr first, unsigned shift) {
  for (std::uint64_t f = 0; f < std::uint64_t{1} << (shift - frame_shift_); ++f) {
    give_back(first + (f << frame_shift_));
  }
}

void FrameAllocator::exhausted() const {
  throw SimulatedError("simulated physical memory exhausted: " + std::to_string(in_use_) + " of " +
                       std::to_string(capacity()) + " " + what_ + " of " +
                       std::to_string((std::uint64_t{1} << frame_shift_) / 1024) +
                       " KiB are in use, and one more is needed; os.memory_bytes is " +
                       std::to_string(configured_bytes_));
}

}  // namespace mmu::os
