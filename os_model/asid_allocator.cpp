#include "os_model/asid_allocator.hpp"

#include <algorithm>

namespace mmu::os {

AsidAllocator::AsidAllocator(unsigned bits, AsidPolicy policy)
    : policy_(bits < 2 ? AsidPolicy::kOff : policy), shared_(bits == 0 ? Asid{0} : Asid{1}) {
  const std::size_t asids = std::size_t{1} << bits;
  if (policy_ == AsidPolicy::kRecycled) slots_.resize(std::min(kRecycledAsids, asids - 1));
  if (policy_ == AsidPolicy::kGenerations) used_.resize(asids);
}

AsidAllocator::Grant AsidAllocator::switch_to(std::uint64_t process) {
  const Grant grant = policy_ == AsidPolicy::kOff        ? share(process)
                      : policy_ == AsidPolicy::kRecycled ? recycle(process)
                                                         : give(process);
  running_ = process;
  return grant;
}

AsidAllocator::Grant AsidAllocator::share(std::uint64_t process) {
  Grant grant;
  grant.asid = shared_;
  if (somebody_ran_ && running_ != process) grant.fence = Fence::kOfAsid;
  somebody_ran_ = true;
  return grant;
}

AsidAllocator::Grant AsidAllocator::recycle(std::uint64_t process) {
  Grant grant;
  const auto held = std::find_if(slots_.begin(), slots_.end(),
                                 [process](const Slot& slot) { return slot.owner == process; });
  std::size_t place = static_cast<std::size_t>(held - slots_.begin());
  if (held == slots_.end()) {
    place = next_slot_++ % slots_.size();
    grant.recycled = slots_[place].used;
    if (grant.recycled) grant.fence = Fence::kOfAsid;
    slots_[place] = {true, process};
  }
  grant.asid = static_cast<Asid>(place + 1);
  return grant;
}

AsidAllocator::Grant AsidAllocator::give(std::uint64_t process) {
  Grant grant;
  if (const auto held = held_asid(process)) {
    grant.asid = *held;
  } else if (const auto free = next_free()) {
    grant.asid = *free;
  } else {
    begin_generation();
    grant.asid = next_free().value();
    grant.fence = Fence::kOfAll;
    grant.rollover = true;
  }
  held_[process] = {grant.asid, generation_};
  return grant;
}

/// That of this generation, or an older one that the process may keep.
std::optional<Asid> AsidAllocator::held_asid(std::uint64_t process) {
  const auto it = held_.find(process);
  if (it == held_.end()) return std::nullopt;
  const Held& held = it->second;
  if (held.generation == generation_ || kept_ == process) return held.asid;
  if (used_[held.asid]) return std::nullopt;
  used_[held.asid] = true;
  return held.asid;
}

std::optional<Asid> AsidAllocator::next_free() {
  while (next_ < used_.size() && used_[next_]) ++next_;
  if (next_ == used_.size()) return std::nullopt;
  used_[next_] = true;
  return static_cast<Asid>(next_);
}

void AsidAllocator::begin_generation() {
  ++generation_;
  used_.assign(used_.size(), false);
  next_ = 1;
  kept_ = running_;
  if (kept_) used_[held_.at(*kept_).asid] = true;
}

void AsidAllocator::forget(std::uint64_t process) {
  held_.erase(process);
  for (Slot& slot : slots_) {
    if (slot.owner == process) slot.owner.reset();
  }
  if (running_ == process) running_.reset();
  if (kept_ == process) kept_.reset();
}

}  // namespace mmu::os
