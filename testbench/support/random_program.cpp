#include "testbench/support/random_program.hpp"

#include <algorithm>

namespace mmu::test {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kCode = 0x40'0000, kData = 0x60'0000, kHeap = 0x1000'0000,
                        kMapped = 0x10'0000'0000, kStackEnd = 0x3f'f000'0000;
constexpr std::uint64_t kNarrowMapped = 0x4000'0000, kNarrowStackEnd = 0xc000'0000;
constexpr std::uint64_t kCodePages = 64, kDataPages = 128, kStackPages = 64, kHeapPages = 1024;
constexpr std::uint64_t kBigPages = 512;                // 2 MiB
constexpr std::uint64_t kBiggerPages = 32 * kBigPages;  // an aligned 32 MiB wherever it begins
constexpr std::uint64_t kBiggestPages = 2 * 512 * kBigPages;  // an aligned GiB
constexpr std::size_t kMostAreas = 24;

std::uint64_t protection(bool write, bool execute) {
  return linux_abi::kProtRead | (write ? linux_abi::kProtWrite : 0) |
         (execute ? linux_abi::kProtExec : 0);
}

std::uint64_t mapped_from(bool narrow) { return narrow ? kNarrowMapped : kMapped; }
std::uint64_t stack_end(bool narrow) { return narrow ? kNarrowStackEnd : kStackEnd; }

}  // namespace

RandomProgram::RandomProgram(std::uint64_t seed, std::uint64_t records)
    : random_(seed * 2 + 1),
      narrow_(is_narrow(seed)),
      left_(records),
      fetch_percent_(random_.one_of({0U, 30U, 60U, 90U})),
      store_percent_(random_.one_of({5U, 30U, 60U})),
      depend_percent_(random_.one_of({0U, 10U, 60U})),
      event_per_mille_(random_.one_of({0U, 2U, 10U})),
      big_(random_.chance(40)),
      fresh_(mapped_from(narrow_)),
      pc_(kCode),
      streams_(4) {
  add_image();
}

void RandomProgram::add_image() {
  header_.command = "random";
  header_.brk_start = kHeap;
  header_.image = {{kCode, kCodePages * kPage, true, false, true, "[image]"},
                   {kData, kDataPages * kPage, true, true, false, "[image]"},
                   {stack_end(narrow_) - kStackPages * kPage, kStackPages * kPage, true, true,
                    false, "[stack]"}};
  for (const ImageArea& area : header_.image) {
    areas_.push_back(
        {area.start, area.bytes / kPage, area.write, area.execute, TraceRecord::kNoHandle, true});
  }
}

bool RandomProgram::next(TraceBlock& block) {
  block.clear();
  if (left_ == 0) return false;
  const std::uint64_t count = std::min<std::uint64_t>(left_, random_.between(1, 700));
  if (!begun_ && big_) {
    for (int i = 0; i < 2; ++i) block.events.push_back({0, map(false)});
  }
  begun_ = true;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (random_.between(0, 999) < event_per_mille_) make_event(block);
    block.records.push_back(random_.chance(fetch_percent_) ? make_fetch() : make_record());
  }
  left_ -= count;
  return true;
}

TraceRecord RandomProgram::make_fetch() {
  TraceRecord record;
  record.kind = AccessKind::kFetch;
  record.bytes = static_cast<std::uint16_t>(random_.between(1, 15));
  record.instructions = 1;
  const auto is_code = [](const Area& area) { return area.execute; };
  const auto mapped = std::find_if(
      areas_.begin() + static_cast<std::ptrdiff_t>(random_.between(0, areas_.size() - 1)),
      areas_.end(), is_code);
  if (mapped != areas_.end() && big_ && random_.chance(50)) {
    record.handle = mapped->handle;
    record.address = mapped->start + place_in(*mapped, record.bytes);
    return record;
  }
  const std::uint64_t end = kCode + kCodePages * kPage;
  if (random_.chance(8)) pc_ = kCode + random_.between(0, kCodePages * kPage - 16);
  if (random_.chance(8)) pc_ = kCode + random_.between(0, 2 * kPage);
  if (pc_ + record.bytes > end) pc_ = kCode;
  record.address = pc_;
  pc_ += record.bytes;
  return record;
}

TraceRecord RandomProgram::make_record() {
  TraceRecord record;
  const bool write = random_.chance(store_percent_);
  if (write) record.kind = random_.one_of({AccessKind::kStore, AccessKind::kModify});
  record.bytes = random_.one_of<std::uint16_t>({1, 4, 8, 8, 16, 64, 200});
  if (random_.chance(depend_percent_)) {
    record.depends_on = static_cast<std::uint16_t>(random_.between(1, random_.chance(70) ? 3 : 40));
  }
  if (fetch_percent_ == 0 || random_.chance(5)) {
    record.instructions =
        static_cast<std::uint16_t>(random_.between(0, random_.chance(2) ? 300 : 6));
  }
  const Area& area = areas_[pick_area(write)];
  record.handle = area.handle;
  record.address = area.start + place_in(area, record.bytes);
  return record;
}

/// One that allows it. With big areas, those more often than the image.
std::size_t RandomProgram::pick_area(bool write) {
  for (;;) {
    std::size_t i = random_.between(0, areas_.size() - 1);
    if (big_ && random_.chance(60)) {
      i = pick_mapped();
      if (i == areas_.size()) i = 0;
    }
    if (!write || areas_[i].write) return i;
  }
}

/// Offset of an access: a stream, a few hot pages, the neighbourhood of a boundary, or anywhere.
std::uint64_t RandomProgram::place_in(const Area& area, std::uint64_t bytes) {
  const std::uint64_t room = area.pages * kPage - bytes;
  const std::uint64_t how = random_.between(0, 99);
  if (how < 40) {
    Stream& stream = streams_[random_.between(0, streams_.size() - 1)];
    if (random_.chance(2)) {
      stream = {0, random_.between(0, room), random_.one_of<std::uint64_t>({4, 8, 64, 264, 4096})};
    }
    stream.offset += stream.stride;
    return stream.offset % (room + 1);
  }
  if (how < 75) {  // hot: three pages, eight places each
    const std::uint64_t page = random_.between(0, 2) * 7 % area.pages;
    return std::min(room, page * kPage + random_.between(0, 7) * 72);
  }
  if (how < 82) {  // across the end of a page or line
    const std::uint64_t end = random_.between(0, area.pages * (kPage / 64) - 1) * 64;
    return std::min(room, end - std::min(end, random_.between(0, bytes)));
  }
  if (how < 95) return std::min(room, random_.between(0, std::min<std::uint64_t>(room, 8 * kPage)));
  return random_.between(0, room);
}

void RandomProgram::make_event(TraceBlock& block) {
  OsEvent event;
  const std::size_t mapped = pick_mapped();
  const std::uint64_t what = random_.between(0, 99);
  if (what < 5) {
    event.result = random_.chance(50) ? 0 : -12;  // ENOMEM, which changes nothing
  } else if (what < 25) {
    event = set_break();
  } else if (what < 50 || mapped == areas_.size()) {
    event = map(random_.chance(30));
  } else if (what < 65) {
    event = unmap(mapped);
  } else if (what < 90) {
    event = random_.chance(80) ? protect(mapped) : discard(mapped);
  } else if (what < 92) {
    event.type = OsEventType::kSwitch;
  } else if (what < 93) {
    event = fork_or_exit();
  } else {
    event = move(mapped);
  }
  block.events.push_back({static_cast<std::uint32_t>(block.records.size()), event});
}

/// Of a child that may be gone already.
OsEvent RandomProgram::fork_or_exit() {
  OsEvent event;
  if (random_.chance(60)) {
    event.type = OsEventType::kFork;
    event.result = static_cast<std::int64_t>(++children_);
  } else {
    event.type = OsEventType::kExit;
    event.args[0] = random_.between(1, children_ + 1);
  }
  return event;
}

/// An area that may be changed; areas_.size() if there is none.
std::size_t RandomProgram::pick_mapped() {
  const std::size_t first = random_.between(0, areas_.size() - 1);
  for (std::size_t i = 0; i < areas_.size(); ++i) {
    const std::size_t area = (first + i) % areas_.size();
    if (!areas_[area].fixed) return area;
  }
  return areas_.size();
}

/// Often where something was mapped before, so that a translation kept too long is found out.
std::uint64_t RandomProgram::new_place(std::uint64_t pages) {
  const auto is_free = [&](std::uint64_t start) {
    return std::none_of(areas_.begin(), areas_.end(), [&](const Area& area) {
      return area.handle == TraceRecord::kNoHandle && area.start < start + pages * kPage &&
             start < area.start + area.pages * kPage;
    });
  };
  if (!holes_.empty() && random_.chance(60)) {
    const std::uint64_t hole = holes_[random_.between(0, holes_.size() - 1)];
    if (is_free(hole)) {
      fresh_ = std::max(fresh_, hole + pages * kPage);
      return hole;
    }
  }
  if (random_.chance(pages >= kBiggerPages ? 70 : 40)) {
    const std::uint64_t unit = (pages >= kBiggerPages ? kBiggerPages / 2 : kBigPages) * kPage;
    fresh_ = (fresh_ + unit - 1) / unit * unit;
  }
  const std::uint64_t start = fresh_;
  fresh_ += (pages + random_.between(0, 600)) * kPage;
  return start;
}

OsEvent RandomProgram::map(bool placed_by_os) {
  OsEvent event;
  event.type = OsEventType::kMmap;
  std::uint64_t pages = random_.chance(30)
                            ? kBigPages * random_.between(1, 2) + random_.between(0, 40)
                            : random_.between(1, 80);
  if (random_.chance(big_ ? 40 : 5)) pages += kBiggerPages;
  if (!narrow_ && random_.chance(big_ ? 15 : 2)) pages += kBiggestPages;
  const bool write = random_.chance(80), execute = random_.chance(big_ ? 50 : 10);
  event.args[1] = pages * kPage;
  event.args[2] = protection(write, execute);
  event.args[3] = linux_abi::kMapAnonymous;
  if (areas_.size() >= kMostAreas) return OsEvent{};
  Area area{0, pages, write, execute, TraceRecord::kNoHandle, placed_by_os};
  if (placed_by_os) {
    area.handle = event.handle = handles_++;
  } else {
    area.start = new_place(pages);
    event.result = static_cast<std::int64_t>(area.start);
  }
  areas_.push_back(area);
  return event;
}

/// Makes some pages in the middle of an area an area of their own.
std::size_t RandomProgram::cut_out(std::size_t i) {
  if (areas_[i].pages == 1 || random_.chance(40)) return i;
  const Area whole = areas_[i];
  const std::uint64_t first = random_.between(0, whole.pages - 1);
  const std::uint64_t pages = random_.between(1, whole.pages - first);
  Area middle = whole, behind = whole;
  middle.start += first * kPage;
  middle.pages = pages;
  behind.start = middle.start + pages * kPage;
  behind.pages = whole.pages - first - pages;
  if (behind.pages != 0) areas_.push_back(behind);
  areas_[i] = middle;
  if (first != 0) {
    areas_.push_back(whole);
    areas_.back().pages = first;
  }
  return i;
}

OsEvent RandomProgram::unmap(std::size_t i) {
  i = cut_out(i);
  OsEvent event;
  event.type = OsEventType::kMunmap;
  event.args[0] = areas_[i].start;
  event.args[1] = areas_[i].pages * kPage;
  holes_.push_back(areas_[i].start);
  areas_.erase(areas_.begin() + static_cast<std::ptrdiff_t>(i));
  return event;
}

OsEvent RandomProgram::protect(std::size_t i) {
  i = cut_out(i);
  areas_[i].write = random_.chance(60);
  OsEvent event;
  event.type = OsEventType::kMprotect;
  event.args[0] = areas_[i].start;
  event.args[1] = areas_[i].pages * kPage;
  event.args[2] = protection(areas_[i].write, areas_[i].execute);
  return event;
}

/// All of an area or a part from its start.
OsEvent RandomProgram::discard(std::size_t i) {
  OsEvent event;
  event.type = OsEventType::kMadvise;
  event.args[0] = areas_[i].start;
  event.args[1] = random_.between(1, areas_[i].pages) * kPage;
  event.args[2] = linux_abi::kMadvDontneed;
  return event;
}

OsEvent RandomProgram::move(std::size_t i) {
  Area& area = areas_[i];
  OsEvent event;
  event.type = OsEventType::kMremap;
  event.args[0] = area.start;
  event.args[1] = event.args[2] = area.pages * kPage;
  event.args[3] = linux_abi::kMremapMayMove | linux_abi::kMremapFixed;
  holes_.push_back(area.start);
  area.start = new_place(area.pages);
  event.args[4] = area.start;
  event.result = static_cast<std::int64_t>(area.start);
  return event;
}

/// The heap is one area at the end of the image's, or none.
OsEvent RandomProgram::set_break() {
  OsEvent event;
  event.type = OsEventType::kBrk;
  const std::uint64_t pages = random_.between(0, kHeapPages);
  event.args[0] = kHeap + pages * kPage;
  event.result = static_cast<std::int64_t>(event.args[0]);
  const auto heap = std::find_if(areas_.begin(), areas_.end(),
                                 [](const Area& area) { return area.start == kHeap; });
  if (heap != areas_.end()) areas_.erase(heap);
  if (pages != 0) areas_.push_back({kHeap, pages, true, false, TraceRecord::kNoHandle, true});
  return event;
}

FenceScope random_fence(RandomSource& random, std::uint64_t seed) {
  const std::uint64_t mapped = mapped_from(is_narrow(seed));
  const std::uint64_t stack = stack_end(is_narrow(seed)) - kStackPages * kPage;
  FenceScope scope;
  if (random.chance(60)) scope.asid = static_cast<Asid>(random.chance(80) ? 1 : 2);
  scope.leaf_only = random.chance(50);
  if (random.chance(80)) {
    const std::uint64_t area =
        random.one_of({kCode, kData, kHeap, mapped, mapped, mapped + kBigPages * kPage, stack});
    // Hot pages, their neighbours in a page of 2 MiB, and others.
    const std::uint64_t page = random.chance(50) ? random.one_of<std::uint64_t>({0, 7, 14})
                                                 : random.between(0, random.chance(70) ? 15 : 600);
    scope.va = VirtAddr(area + page * kPage);
  }
  return scope;
}

}  // namespace mmu::test
