#include "traces/reuse/reuse_analysis.hpp"

namespace mmu::traces {
namespace {

constexpr unsigned kSmallShift = 12;

void add_pages(const PageSlots& pages, unsigned shift, PageSlots& to) {
  pages.for_each([&](std::uint64_t page) { to[page >> shift] = 1; });
}

}  // namespace

ReuseAnalysis::ReuseAnalysis(const ReuseOptions& options)
    : options_(options),
      counts_{ReuseCounts(options.sample_rate), ReuseCounts(options.sample_rate),
              ReuseCounts(options.sample_rate)} {}

void ReuseAnalysis::touch(Stream stream, std::uint64_t address) {
  const std::uint64_t page = address >> options_.page_shift;
  for (const Stream to : {stream, kAll}) {
    counts_[to].touch(page);
    sets_[to].touch(page);
  }
  if (options_.page_shift != kSmallShift) small_[stream].touch(address >> kSmallShift);
}

void ReuseAnalysis::add(const TraceBlock& block) {
  for (const TraceRecord& record : block.records) {
    if (record.instructions != 0 && in_window_ >= options_.window_instructions) {
      for (WorkingSet& set : sets_) set.end_window();
      in_window_ = 0;
    }
    in_window_ += record.instructions;
    if (record.handle != TraceRecord::kNoHandle) continue;
    const Stream stream = record.kind == AccessKind::kFetch ? kInstructions : kData;
    const std::uint64_t last = record.address + record.bytes - 1;
    touch(stream, record.address);
    // No record is longer than 64 KiB; pages of 4 KiB are counted in any case.
    for (std::uint64_t at = (record.address | 0xfff) + 1; at - 1 < last; at += 0x1000) {
      const bool other = (at & ((std::uint64_t{1} << options_.page_shift) - 1)) == 0;
      if (other) {
        touch(stream, at);
      } else {
        small_[stream].touch(at >> kSmallShift);
      }
    }
  }
}

void ReuseAnalysis::finish() {
  for (ReuseCounts& counts : counts_) counts.settle();
  if (in_window_ == 0) return;
  for (WorkingSet& set : sets_) set.end_window();
  in_window_ = 0;
}

std::uint64_t ReuseAnalysis::footprint(Stream stream, unsigned shift) const {
  const bool own = options_.page_shift == kSmallShift;
  PageSlots pages;
  for (const Stream part : {kData, kInstructions}) {
    if (stream != kAll && stream != part) continue;
    add_pages(own ? sets_[part].pages() : small_[part].pages(), shift - kSmallShift, pages);
  }
  return pages.size();
}

std::vector<std::uint64_t> curve_sizes(std::uint64_t last) {
  constexpr std::uint64_t kAll = 1024, kForEachDoubling = 64;
  std::vector<std::uint64_t> sizes;
  std::uint64_t step = 1;
  for (std::uint64_t n = 1; n < last; n += step) {
    sizes.push_back(n);
    while (n >= kAll && n >= 2 * step * kForEachDoubling) step *= 2;
  }
  sizes.push_back(last);
  return sizes;
}

}  // namespace mmu::traces
