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

}  // namespace

FrameAllocator::FrameAllocator(PhysAddr first, PhysAddr end, std::string what,
                               std::uint64_t configured_bytes)
    : first_((first.value() + kFrameBytes - 1) >> kFrameShift),
      end_(std::max(end.value() >> kFrameShift, first_)),
      first_block_(first_ / kFramesInBlock),
      block_count_((end_ + kFramesInBlock - 1) / kFramesInBlock - first_block_),
      what_(std::move(what)),
      configured_bytes_(configured_bytes) {}

bool FrameAllocator::owns(PhysAddr frame) const {
  const std::uint64_t number = frame.value() >> kFrameShift;
  return number >= first_ && number < end_;
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
  std::uint64_t& word = block.taken[in_block / kWord];
  const std::uint64_t bit = std::uint64_t{1} << (in_block % kWord);
  if (((word & bit) != 0) == taken) {
    throw ModelError("frame " + std::to_string(frame) + (taken ? " taken" : " given back") +
                     " twice");
  }
  word ^= bit;
  block.free += taken ? -1u : 1u;
  auto* after = list_of(block);
  if (before != after) {
    if (before != nullptr) before->erase(index);
    if (after != nullptr) after->insert(index);
  }
  in_use_ += taken ? 1 : ~std::uint64_t{0};
  peak_ = std::max(peak_, in_use_);
}

/// The frames of an edge block that lie outside of the range count as taken for ever.
void FrameAllocator::see_next_block() {
  const std::uint64_t start = (first_block_ + blocks_.size()) * kFramesInBlock;
  Block block;
  for (std::uint64_t f = 0; f < kFramesInBlock; ++f) {
    if (start + f >= first_ && start + f < end_) continue;
    block.taken[f / kWord] |= std::uint64_t{1} << (f % kWord);
    --block.free;
  }
  blocks_.push_back(block);
  if (auto* list = list_of(block)) list->insert(blocks_.size() - 1);
}

PhysAddr FrameAllocator::take() {
  if (partial_.empty() && whole_.empty()) {
    if (blocks_.size() == block_count_) exhausted();
    see_next_block();
  }
  const std::uint64_t index = partial_.empty() ? *whole_.begin() : *partial_.begin();
  const auto& words = blocks_[index].taken;
  unsigned word = 0;
  while (words[word] == ~std::uint64_t{0}) ++word;
  const std::uint64_t frame =
      (first_block_ + index) * kFramesInBlock + word * kWord + lowest_clear_bit(words[word]);
  set_taken(frame, true);
  return PhysAddr(frame << kFrameShift);
}

std::optional<PhysAddr> FrameAllocator::try_take_block() {
  while (whole_.empty() && blocks_.size() < block_count_) see_next_block();
  if (whole_.empty()) return std::nullopt;
  const std::uint64_t start = (first_block_ + *whole_.begin()) * kFramesInBlock;
  for (std::uint64_t f = 0; f < kFramesInBlock; ++f) set_taken(start + f, true);
  return PhysAddr(start << kFrameShift);
}

void FrameAllocator::give_back(PhysAddr frame) {
  if (!owns(frame)) throw ModelError("a frame given back is not of the " + what_);
  set_taken(frame.value() >> kFrameShift, false);
}

void FrameAllocator::give_back_block(PhysAddr block) {
  for (std::uint64_t f = 0; f < kFramesInBlock; ++f) give_back(block + (f << kFrameShift));
}

void FrameAllocator::exhausted() const {
  throw SimulatedError("simulated physical memory exhausted: " + std::to_string(in_use_) + " of " +
                       std::to_string(capacity()) + " " + what_ +
                       " of 4 KiB are in use, and one more is needed; os.memory_bytes is " +
                       std::to_string(configured_bytes_));
}

}  // namespace mmu::os
