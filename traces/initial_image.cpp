#include "traces/initial_image.hpp"

#include <algorithm>
#include <limits>

namespace mmu::traces {
namespace {

constexpr std::uint64_t kPageBytes = std::uint64_t{1} << ImageBuilder::kPageShift;
constexpr std::uint64_t kNoPage = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kEndPage = std::uint64_t{1} << (64 - ImageBuilder::kPageShift);
constexpr std::uint64_t kStackPages = (std::uint64_t{8} << 20) / kPageBytes;

std::uint64_t page_of(std::uint64_t address) { return address >> ImageBuilder::kPageShift; }
std::uint64_t page_up(std::uint64_t address) {
  return page_of(address) + (address % kPageBytes != 0 ? 1 : 0);
}
/// Pages that `bytes` bytes from `address` on touch; cut at the end of the address space.
PageRange pages_of(std::uint64_t address, std::uint64_t bytes) {
  const std::uint64_t end = address + bytes;
  return {page_of(address), end < address ? kEndPage : page_up(end)};
}

}  // namespace

ImageBuilder::ImageBuilder() { known_.fill({kNoPage, 0}); }

std::uint8_t ImageBuilder::rights_of(AccessKind kind) {
  if (kind == AccessKind::kFetch) return kRead | kExecute;
  return writes(kind) ? kRead | kWrite : kRead;
}

void ImageBuilder::add(const TraceBlock& block) {
  std::size_t done = 0;
  for (const TraceBlock::Event& event : block.events) {
    for (; done < event.before; ++done) touch(block.records[done]);
    apply(event.event);
  }
  for (; done < block.records.size(); ++done) touch(block.records[done]);
}

inline void ImageBuilder::touch(const TraceRecord& record) {
  if (record.handle != TraceRecord::kNoHandle) return;
  const std::uint8_t rights = rights_of(record.kind);
  const std::uint64_t last = page_of(record.address + record.bytes - 1);
  for (std::uint64_t page = page_of(record.address); page <= last; ++page) {
    Known& known = known_[page % kKnownPages];
    if (known.page == page && (known.rights & rights) == rights) continue;
    touch_page(page, rights);
    known.rights = known.page == page ? known.rights | rights : rights;
    known.page = page;
  }
}

void ImageBuilder::touch_page(std::uint64_t page, std::uint8_t rights) {
  if (by_events_.contains(page) || protected_.contains(page)) return;
  touched_[page] |= rights;
}

void ImageBuilder::apply(const OsEvent& event) {
  if (event.failed()) return;
  const auto result = static_cast<std::uint64_t>(event.result);
  switch (event.type) {
    case OsEventType::kBrk:
      move_brk(result);
      break;
    case OsEventType::kMmap:
      by_events_.add(pages_of(result, event.args[1]));
      break;
    case OsEventType::kMunmap:
      by_events_.add(pages_of(event.args[0], event.args[1]));
      break;
    case OsEventType::kMremap:
      by_events_.add(pages_of(event.args[0], event.args[1]));
      by_events_.add(pages_of(result, event.args[2]));
      break;
    case OsEventType::kMprotect:
      by_events_.for_each_gap(pages_of(event.args[0], event.args[1]),
                              [this](PageRange gap) { protected_.add(gap); });
      break;
    case OsEventType::kOther:
    case OsEventType::kSwitch:
    case OsEventType::kFork:
    case OsEventType::kExec:
    case OsEventType::kExit:
    case OsEventType::kMadvise:
    case OsEventType::kMalloc:
    case OsEventType::kCalloc:
    case OsEventType::kMemalign:
    case OsEventType::kRealloc:
    case OsEventType::kFree:
      break;
  }
}

void ImageBuilder::move_brk(std::uint64_t to) {
  if (!brk_seen_) brk_start_ = to;
  brk_seen_ = true;
  const PageRange heap{page_up(brk_start_), page_up(to)};
  heap_.add(heap);
  by_events_.add(heap);
}

std::vector<ImageBuilder::Run> ImageBuilder::runs() const {
  std::vector<std::uint64_t> pages;
  pages.reserve(touched_.size());
  for (const auto& [page, rights] : touched_) {
    if (!heap_.contains(page)) pages.push_back(page);
  }
  std::sort(pages.begin(), pages.end());

  std::vector<Run> runs;
  PageRanges taken;
  for (const std::uint64_t page : pages) {
    const std::uint8_t rights = touched_.at(page);
    if (!runs.empty() && runs.back().pages.end == page && runs.back().rights == rights) {
      ++runs.back().pages.end;
    } else {
      runs.push_back({{page, page + 1}, rights});
    }
  }
  for (const Run& run : runs) taken.add(run.pages);
  for (const auto& [first, end] : heap_) taken.add({first, end});
  for (const auto& [first, end] : protected_) {
    taken.for_each_gap({first, end}, [&runs](PageRange gap) { runs.push_back({gap, 0}); });
  }
  std::sort(runs.begin(), runs.end(),
            [](const Run& a, const Run& b) { return a.pages.first < b.pages.first; });
  return runs;
}

void ImageBuilder::join_stack(std::vector<Run>& runs, std::size_t& stack) const {
  stack = runs.size();
  while (stack > 0 && (runs[stack - 1].rights & kWrite) == 0) --stack;
  if (stack == 0) {
    stack = runs.size();
    return;
  }
  --stack;
  const std::uint64_t top = runs[stack].pages.end;
  while (stack > 0) {
    Run& above = runs[stack];
    const Run& below = runs[stack - 1];
    bool gap_is_free = true;
    std::uint64_t free_pages = 0;
    by_events_.for_each_gap({below.pages.end, above.pages.first},
                            [&free_pages](PageRange gap) { free_pages += gap.end - gap.first; });
    gap_is_free = free_pages == above.pages.first - below.pages.end;
    if (!gap_is_free || (below.rights & kExecute) != 0 || top - below.pages.first > kStackPages) {
      return;
    }
    above.pages.first = below.pages.first;
    above.rights |= below.rights;
    --stack;
    runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(stack));
  }
}

std::vector<ImageArea> ImageBuilder::areas() const {
  std::vector<Run> all = runs();
  std::size_t stack = 0;
  join_stack(all, stack);
  std::vector<ImageArea> areas;
  areas.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Run& run = all[i];
    ImageArea area;
    area.start = run.pages.first << kPageShift;
    area.bytes = (run.pages.end - run.pages.first) << kPageShift;
    area.read = (run.rights & kRead) != 0;
    area.write = (run.rights & kWrite) != 0;
    area.execute = (run.rights & kExecute) != 0;
    area.name = i == stack ? "[stack]" : "[image]";
    areas.push_back(std::move(area));
  }
  return areas;
}

std::uint64_t first_break(const TraceBlock& block) {
  for (const TraceBlock::Event& at : block.events) {
    if (at.event.type == OsEventType::kBrk && !at.event.failed()) {
      return static_cast<std::uint64_t>(at.event.result);
    }
  }
  return 0;
}

}  // namespace mmu::traces
