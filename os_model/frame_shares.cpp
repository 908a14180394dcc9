#include "os_model/frame_shares.hpp"

namespace mmu::os {

void FrameShares::add(PhysAddr first, unsigned shift) {
  const std::uint64_t frames = std::uint64_t{1} << (shift - frames_.frame_shift());
  for (std::uint64_t i = 0; i < frames; ++i) ++further_[number_of(first) + i];
}

void FrameShares::release(PhysAddr first, unsigned shift) {
  if (!any_shared(first, std::uint64_t{1} << shift)) return frames_.give_back_run(first, shift);
  const std::uint64_t frames = std::uint64_t{1} << (shift - frames_.frame_shift());
  for (std::uint64_t i = 0; i < frames; ++i) {
    const auto shared = further_.find(number_of(first) + i);
    if (shared == further_.end()) {
      frames_.give_back(first + (i << frames_.frame_shift()));
    } else if (--shared->second == 0) {
      further_.erase(shared);
    }
  }
}

bool FrameShares::any_shared(PhysAddr first, std::uint64_t bytes) const {
  if (further_.empty()) return false;
  for (std::uint64_t i = 0; i < bytes >> frames_.frame_shift(); ++i) {
    if (further_.count(number_of(first) + i) != 0) return true;
  }
  return false;
}

std::uint64_t FrameShares::owners(PhysAddr frame) const {
  const auto shared = further_.find(number_of(frame));
  return shared == further_.end() ? 1 : 1 + shared->second;
}

}  // namespace mmu::os
