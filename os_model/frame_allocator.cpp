#include "os_model/frame_allocator.hpp"

#include <algorithm>
#include <utility>

#include "hw/arch/errors.hpp"

namespace mmu::os {
namespace {

std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) { return (value + by - 1) / by; }

}  // namespace

FrameAllocator::FrameAllocator(PhysAddr first, PhysAddr end, unsigned frame_shift, std::string what,
                               std::uint64_t configured_bytes, FramePolicy policy,
                               std::uint64_t seed)
    : frame_shift_(frame_shift),
      map_(divide_up(first.value(), std::uint64_t{1} << frame_shift), end.value() >> frame_shift),
      placement_(make_placement(policy, map_, max_order(frame_shift), seed)),
      what_(std::move(what)),
      configured_bytes_(configured_bytes) {}

bool FrameAllocator::owns(PhysAddr frame) const {
  const std::uint64_t number = frame.value() >> frame_shift_;
  return number >= map_.first() && number < map_.end();
}

PhysAddr FrameAllocator::take() {
  const auto frame = try_take(0);
  if (!frame) exhausted();
  return *frame;
}

std::optional<PhysAddr> FrameAllocator::try_take_run(unsigned shift) {
  const auto first = try_take(shift - frame_shift_);
  if (!first) ++runs_refused_;
  return first;
}

std::optional<PhysAddr> FrameAllocator::try_take(unsigned order) {
  const auto first = placement_->find(order);
  if (!first) return std::nullopt;
  map_.take(*first, std::uint64_t{1} << order);
  placement_->taken(*first, order);
  peak_ = std::max(peak_, in_use());
  return PhysAddr(*first << frame_shift_);
}

void FrameAllocator::give_back_run(PhysAddr first, unsigned shift) {
  if (!owns(first)) throw ModelError("a frame given back is not of the " + what_);
  const std::uint64_t frame = first.value() >> frame_shift_;
  const unsigned order = shift - frame_shift_;
  map_.give_back(frame, std::uint64_t{1} << order);
  placement_->given_back(frame, order);
}

std::vector<std::uint64_t> FrameAllocator::free_blocks() const {
  return map_.free_blocks(max_order(frame_shift_));
}

std::uint64_t FrameAllocator::unusable(unsigned shift) const {
  const unsigned order = shift - frame_shift_;
  return free() - (map_.free_blocks(order).back() << order);
}

std::string FrameAllocator::describe() const {
  std::string text = std::to_string(in_use()) + " of " + std::to_string(capacity()) + " " + what_ +
                     " of " + std::to_string((std::uint64_t{1} << frame_shift_) / 1024) +
                     " KiB are in use; free blocks by order (";
  const std::vector<std::uint64_t> blocks = free_blocks();
  text += "0 to " + std::to_string(blocks.size() - 1) + "):";
  for (const std::uint64_t count : blocks) text += " " + std::to_string(count);
  return text;
}

void FrameAllocator::exhausted() const {
  throw MemoryExhausted("simulated physical memory exhausted: " + std::to_string(in_use()) +
                        " of " + std::to_string(capacity()) + " " + what_ + " of " +
                        std::to_string((std::uint64_t{1} << frame_shift_) / 1024) +
                        " KiB are in use, and one more is needed; os.memory_bytes is " +
                        std::to_string(configured_bytes_) + (report_ ? "\n" + report_() : ""));
}

}  // namespace mmu::os
