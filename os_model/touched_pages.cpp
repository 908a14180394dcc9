#include "os_model/touched_pages.hpp"

#include <algorithm>

namespace mmu::os {

void TouchedPages::add(Range range) {
  const std::uint64_t last = (range.end - 1) / kAreaPageBytes;
  for (std::uint64_t page = range.start / kAreaPageBytes; page <= last; ++page) {
    auto bit = blocks_[page / kBlockPages][page % kBlockPages];
    if (!bit) ++pages_;
    bit = true;
  }
}

void TouchedPages::forget(Range range) {
  last_ = kNone;
  const std::uint64_t end = (range.end - 1) / kAreaPageBytes + 1;
  for (std::uint64_t page = range.start / kAreaPageBytes; page < end;) {
    const std::uint64_t block_end = (page / kBlockPages + 1) * kBlockPages;
    const auto block = blocks_.find(page / kBlockPages);
    if (block == blocks_.end()) {
      page = block_end;
      continue;
    }
    pages_ -= block->second.count();
    for (const std::uint64_t stop = std::min(end, block_end); page < stop; ++page) {
      block->second[page % kBlockPages] = false;
    }
    pages_ += block->second.count();
    if (block->second.none()) blocks_.erase(block);
  }
}

bool TouchedPages::has(std::uint64_t page) const {
  const auto block = blocks_.find(page / kBlockPages);
  return block != blocks_.end() && block->second[page % kBlockPages];
}

void TouchedPages::move(Range from, std::uint64_t to) {
  for (std::uint64_t at = from.start; at < from.end; at += kAreaPageBytes) {
    if (has(at / kAreaPageBytes)) add(to + (at - from.start));
  }
  forget(from);
}

}  // namespace mmu::os
