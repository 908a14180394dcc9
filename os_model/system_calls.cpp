#include "os_model/system_calls.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"
#include "os_model/user_range.hpp"

namespace mmu::os {
namespace {

constexpr std::uint64_t kMapShared = 0x01;        // mmap(2); MAP_SHARED_VALIDATE has it too
constexpr std::uint64_t kMremapDontUnmap = 0x04;  // mremap(2)

/// Lowest address that mmap chooses. Linux: vm.mmap_min_addr.
constexpr std::uint64_t kMmapBottom = 0x10000;
/// Room that mmap leaves for the stack. Linux: MIN_GAP, 128 MiB.
constexpr std::uint64_t kStackGap = std::uint64_t{128} << 20;
/// More VA bits than this mmap does not use unless asked to. Linux: DEFAULT_MAP_WINDOW.
constexpr unsigned kMapWindowBits = 48;

std::uint64_t page_up(std::uint64_t address) {
  return (address + kAreaPageBytes - 1) / kAreaPageBytes * kAreaPageBytes;
}

/// True if the trace says where the result is.
bool place_is_recorded(const OsEvent& event) {
  return event.result != 0 && event.handle == TraceRecord::kNoHandle;
}

}  // namespace

std::optional<std::uint64_t> SystemCalls::perform(const OsEvent& event, const std::string& what,
                                                  TrapLog& log) {
  switch (event.type) {
    case OsEventType::kBrk:
      return brk(event, what, log);
    case OsEventType::kMmap:
      return mmap(event, what, log);
    case OsEventType::kMunmap:
      return munmap(event, what, log);
    case OsEventType::kMprotect:
      return mprotect(event, what, log);
    case OsEventType::kMremap:
      return mremap(event, what, log);
    case OsEventType::kMadvise:
      return madvise(event, what, log);
    case OsEventType::kOther:
    case OsEventType::kSwitch:  // no call
    case OsEventType::kFork:    // the kernel's
    case OsEventType::kExec:
    case OsEventType::kExit:
    case OsEventType::kMalloc:  // the library's
    case OsEventType::kCalloc:
    case OsEventType::kMemalign:
    case OsEventType::kRealloc:
    case OsEventType::kFree:
      break;
  }
  return static_cast<std::uint64_t>(event.result);
}

Rights SystemCalls::rights_from(std::uint64_t prot) const {
  return rights_of(format_, (prot & linux_abi::kProtRead) != 0, (prot & linux_abi::kProtWrite) != 0,
                   (prot & linux_abi::kProtExec) != 0);
}

std::uint64_t SystemCalls::choose_place(std::uint64_t bytes, const std::string& what) const {
  const unsigned bits = std::min<unsigned>(format_.va_bits, kMapWindowBits);
  const std::uint64_t half = std::uint64_t{1} << (format_.sign_extended ? bits - 1 : bits);
  // Larger pages than those of areas want a place at such a page.
  const std::uint64_t page = format_.page_bytes();
  const std::uint64_t with_slack = bytes + (page - kAreaPageBytes);
  const auto room = space_.areas().find_room(with_slack, kMmapBottom, half - kStackGap);
  if (room) return (room->end - bytes) / page * page;
  throw SimulatedError(what + ": no room for " + std::to_string(bytes) +
                       " bytes in the address space of " + std::string(format_.name) + "\n" +
                       space_.areas().describe());
}

/// Linux (mm/memory.c, mm/mmap.c): whole pages between start and break are the heap.
SystemCalls::Value SystemCalls::brk(const OsEvent& event, const std::string& what, TrapLog& log) {
  std::uint64_t target = static_cast<std::uint64_t>(event.result);
  if (target == 0) target = event.args[0] != 0 ? event.args[0] : brk_;
  if (brk_start_ == 0) brk_start_ = brk_ = target;
  if (target < brk_start_) return std::nullopt;

  const std::uint64_t old_end = page_up(brk_);
  const std::uint64_t new_end = page_up(target);
  if (new_end > old_end) {
    const auto range = user_range(format_, old_end, new_end - old_end, what);
    if (!range) return std::nullopt;
    space_.add({*range, rights_of(format_, true, true, false), AreaKind::kHeap, false, 0, "[heap]"},
               log);
  } else if (new_end < old_end) {
    space_.unmap({new_end, old_end}, log);
  }
  brk_ = target;
  return brk_;
}

SystemCalls::Value SystemCalls::mmap(const OsEvent& event, const std::string& what, TrapLog& log) {
  const auto& [hint, bytes, prot, flags, file, offset] = event.args;
  if (bytes == 0 || page_up(bytes) == 0) return std::nullopt;
  std::uint64_t start = static_cast<std::uint64_t>(event.result);
  if (!place_is_recorded(event)) {
    const bool fixed = (flags & linux_abi::kMapFixed) != 0;
    start = fixed ? hint : choose_place(page_up(bytes), what);
  }
  const auto range = user_range(format_, start, bytes, what);
  if (!range) return std::nullopt;

  VmArea area{*range, rights_from(prot), AreaKind::kAnonymous, (flags & kMapShared) != 0, 0, {}};
  if ((flags & linux_abi::kMapAnonymous) == 0) {
    area.kind = AreaKind::kFile;
    area.offset = offset;
    area.name = "[file " + std::to_string(file) + "]";
  }
  space_.add(area, log);
  if ((flags & linux_abi::kMapPopulate) != 0) space_.populate(*range, area.rights, log);
  return range->start;
}

SystemCalls::Value SystemCalls::munmap(const OsEvent& event, const std::string& what,
                                       TrapLog& log) {
  const auto range = user_range(format_, event.args[0], event.args[1], what);
  if (!range) return std::nullopt;
  space_.unmap(*range, log);
  return 0;
}

/// What of the range lies in no area is left out: an initial image knows touched pages only.
SystemCalls::Value SystemCalls::mprotect(const OsEvent& event, const std::string& what,
                                         TrapLog& log) {
  if (event.args[1] == 0) return 0;  // man page: no error
  const auto range = user_range(format_, event.args[0], event.args[1], what);
  if (!range || !space_.protect(*range, rights_from(event.args[2]), log)) return std::nullopt;
  return 0;
}

/// Of all advice only MADV_DONTNEED changes what is mapped: the next access gets a zero page.
SystemCalls::Value SystemCalls::madvise(const OsEvent& event, const std::string& what,
                                        TrapLog& log) {
  if (event.args[2] != linux_abi::kMadvDontneed || event.args[1] == 0) return 0;
  const auto range = user_range(format_, event.args[0], event.args[1], what);
  if (!range) return std::nullopt;
  space_.discard(*range, log);
  return 0;
}

/// Linux: mprotect has done its work up to the first hole (mm/mprotect.c, do_mprotect_pkey),
/// madvise all around the holes (mm/madvise.c, madvise_walk_vmas).
void SystemCalls::perform_part(const OsEvent& event, const std::string& what, TrapLog& log) {
  if (event.result != -linux_abi::kEnomem) return;
  if (event.type == OsEventType::kMadvise) madvise(event, what, log);
  if (event.type != OsEventType::kMprotect) return;
  const auto range = user_range(format_, event.args[0], event.args[1], what);
  if (!range) return;
  const std::uint64_t hole = space_.areas().first_hole(*range);
  if (hole > range->start) space_.protect({range->start, hole}, rights_from(event.args[2]), log);
}

std::uint64_t SystemCalls::place_for_remap(Range from, std::uint64_t bytes,
                                           const std::string& what) const {
  if (bytes <= from.bytes()) return from.start;
  const Range behind{from.end, from.start + bytes};
  const bool fits = behind.end > behind.start && is_canonical(format_, VirtAddr(behind.end - 1));
  if (fits && space_.areas().is_free(behind)) return from.start;
  return choose_place(bytes, what);
}

SystemCalls::Value SystemCalls::mremap(const OsEvent& event, const std::string& what,
                                       TrapLog& log) {
  const auto& [old_start, old_bytes, new_bytes, flags, wanted, unused] = event.args;
  static_cast<void>(unused);
  const auto from = user_range(format_, old_start, old_bytes, what);
  if (!from || new_bytes == 0 || page_up(new_bytes) == 0) return std::nullopt;
  std::uint64_t start = static_cast<std::uint64_t>(event.result);
  if (!place_is_recorded(event)) {
    const bool fixed = (flags & linux_abi::kMremapFixed) != 0;
    start = fixed ? wanted : place_for_remap(*from, page_up(new_bytes), what);
  }
  const auto to = user_range(format_, start, new_bytes, what);
  const bool unmap_old = (flags & kMremapDontUnmap) == 0;
  if (!to || !space_.remap(*from, *to, unmap_old, log)) return std::nullopt;
  return to->start;
}

}  // namespace mmu::os
