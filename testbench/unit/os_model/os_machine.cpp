#include "testbench/unit/os_model/os_machine.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "hw/arch/errors.hpp"

namespace mmu::test {
namespace {

/// Old bytes in all of the table pool: the OS must not take untouched memory for granted.
void soil(SparseMemory& memory, std::uint64_t bytes) {
  if (bytes > 64 * kMiB) return;
  for (std::uint64_t at = bytes - bytes / 4; at < bytes; at += 8) {
    memory.store(PhysAddr(at), 8, 0xffff'ffff'ffff'ffff);
  }
}

SparseMemory soiled(std::uint64_t bytes) {
  SparseMemory memory(bytes);
  soil(memory, bytes);
  return memory;
}

PageTableFormat format_of(const OsSetup& setup) {
  FormatOptions options;
  options.napot = setup.contiguous_pages;
  PageTableFormat format = with_options(*find_format(setup.format), options);
  format.asid_bits = static_cast<std::uint8_t>(setup.asid_bits);
  return format;
}

}  // namespace

OsMachine::OsMachine(const OsSetup& setup)
    : format(format_of(setup)),
      memory(soiled(setup.memory_bytes)),
      kernel({setup.memory_bytes, setup.huge_pages, setup.map_on_touch, setup.gigantic_pages,
              setup.contiguous_pages, setup.frame_policy},
             format, setup.ad_update, memory, setup.trace),
      memory_bytes_(setup.memory_bytes),
      ad_update_(setup.ad_update) {}

WalkStep OsMachine::walk(std::uint64_t va, AccessKind kind, bool cache) {
  Walk w(format, VirtAddr(va), kernel.control().root);
  for (;;) {
    const PhysAddr entry = w.entry_address();
    const std::uint64_t pte = load(entry);
    const WalkStep step = w.consume(pte);
    if (cache) {
      memory.store(entry, format.pte_bytes,
                   with_ad_bits(format, pte, step, kind, ad_update_, true));
    }
    if (!std::holds_alternative<Descend>(step)) return step;
    if (cache) {
      const unsigned lsb = format.levels[w.level()].lsb + format.levels[w.level()].width;
      walk_cache_[{w.level(), VirtAddr(va).aligned_down(lsb).value()}] = w.table().value();
    }
  }
}

unsigned OsMachine::access(std::uint64_t va, AccessKind kind) {
  ++accesses_;
  for (unsigned faults = 0; faults < 3; ++faults) {
    PageFault trap{{}, kind, kernel.control().asid, accesses_};
    if (!is_canonical(format, VirtAddr(va))) {
      trap.cause = {FaultKind::kNonCanonical, VirtAddr(va), 0};
      took(kernel.handle_fault(trap));
      continue;
    }
    walk(va, kind, true);  // sets A and D
    const WalkStep step = walk(va, kind, true);
    const auto* to = std::get_if<Translation>(&step);
    if (to != nullptr && judge(*to, kind, ad_update_, true) == Verdict::kOk) {
      tlb_[VirtAddr(va).aligned_down(to->page_shift).value()] = *to;
      return faults;
    }
    trap.cause =
        to != nullptr ? Fault{fault_of(*to, kind), VirtAddr(va), 0} : std::get<Fault>(step);
    took(kernel.handle_fault(trap));
  }
  throw std::runtime_error("an access faults for ever");
}

const TrapWork& OsMachine::fault(std::uint64_t va, FaultKind cause, AccessKind kind) {
  return took(
      kernel.handle_fault({{cause, VirtAddr(va), 0}, kind, kernel.control().asid, ++accesses_}));
}

const TrapWork& OsMachine::took(TrapWork work) {
  last = std::move(work);
  for (const FenceScope& fence : last.fences) {
    for (auto it = tlb_.begin(); it != tlb_.end();) {
      const bool gone = fence.covers(kernel.control().asid, VirtAddr(it->first),
                                     it->second.page_shift, it->second.global);
      it = gone ? tlb_.erase(it) : std::next(it);
    }
    for (auto it = walk_cache_.begin(); !fence.leaf_only && it != walk_cache_.end();) {
      const Level& level = format.levels[it->first.first];
      const bool gone = fence.covers(kernel.control().asid, VirtAddr(it->first.second),
                                     unsigned{level.lsb} + level.width, false);
      it = gone ? walk_cache_.erase(it) : std::next(it);
    }
  }
  return last;
}

void OsMachine::expect_nothing_stale() {
  for (const auto& [va, cached] : tlb_) {
    const WalkStep step = walk(va, AccessKind::kLoad, false);
    const auto* now = std::get_if<Translation>(&step);
    ASSERT_NE(now, nullptr) << "stale: " << std::hex << va;
    EXPECT_EQ(now->of(VirtAddr(va)), cached.base) << std::hex << va;
    EXPECT_EQ(now->page_shift, cached.page_shift) << std::hex << va;
    EXPECT_TRUE((now->rights & cached.rights) == cached.rights) << std::hex << va;
  }
  for (const auto& [path, table] : walk_cache_) {
    Walk w(format, VirtAddr(path.second), kernel.control().root);
    while (w.level() > path.first) {
      ASSERT_TRUE(std::holds_alternative<Descend>(w.consume(load(w.entry_address()))))
          << "a walk cache knows a table that is gone: level " << path.first << " of " << std::hex
          << path.second;
    }
    EXPECT_EQ(w.table().value(), table) << "level " << path.first;
  }
}

void OsMachine::read_table(std::uint64_t at, unsigned level, std::uint64_t va,
                           std::map<std::uint64_t, Mapped>& pages) {
  EXPECT_TRUE(tables_seen_.insert(at).second) << "a table is used twice";
  EXPECT_GE(at, memory_bytes_ - memory_bytes_ / 4) << "a table lies outside of the pool";
  EXPECT_LT(at, memory_bytes_);
  unsigned used = 0;
  const Level& bits = format.levels[level];
  const std::uint64_t entries = std::uint64_t{1} << bits.width;
  for (std::uint64_t i = 0; i < entries; ++i) {
    const std::uint64_t pte = load(PhysAddr(at + format.pte_bytes * i));
    std::uint64_t here = va + (i << bits.lsb);
    if (format.sign_extended && level == format.root_level() && i >= entries / 2) {
      here |= ~std::uint64_t{0} << format.va_bits;
    }
    used += pte != 0;
    Walk w(format, VirtAddr(here), PhysAddr(at), level);
    const WalkStep step = w.consume(pte);
    if (std::holds_alternative<Descend>(step)) {
      read_table(w.table().value(), level - 1, here, pages);
    } else if (const auto* to = std::get_if<Translation>(&step)) {
      add_page(here, *to, pages);
    }
  }
  EXPECT_TRUE(used > 0 || level == format.root_level()) << "an empty table is kept";
}

/// One entry of a group is a page of its size: the group is found by the whole of its entries.
void OsMachine::add_page(std::uint64_t va, const Translation& to,
                         std::map<std::uint64_t, Mapped>& pages) {
  const unsigned shift = format.levels[to.level].lsb;
  const std::uint64_t pa = to.of(VirtAddr(va)).value();
  const bool grouped = to.page_shift != shift;
  pages[va] = {pa, shift, to.rights, to.accessed, to.dirty, grouped};
  const std::uint64_t end = pa + (std::uint64_t{1} << shift);
  const auto [page, is_new] = frames_seen_.emplace(pa, end);
  const bool free_below = page == frames_seen_.begin() || std::prev(page)->second <= pa;
  const bool free_above = std::next(page) == frames_seen_.end() || std::next(page)->first >= end;
  EXPECT_TRUE(is_new && free_below && free_above) << "a frame is mapped twice";
  EXPECT_LE(end, memory_bytes_ - memory_bytes_ / 4);
  if (!grouped) return;
  // "Svnapot", "Contiguous bit": all entries of the group have it, and differ in nothing else.
  const std::uint64_t first = VirtAddr(va).aligned_down(to.page_shift).value();
  for (std::uint64_t at = first; at < first + (std::uint64_t{1} << to.page_shift);
       at += std::uint64_t{1} << shift) {
    const WalkStep step = walk(at, AccessKind::kLoad, false);
    const auto* other = std::get_if<Translation>(&step);
    ASSERT_NE(other, nullptr) << "a group lacks an entry: " << std::hex << at;
    EXPECT_EQ(other->page_shift, to.page_shift) << std::hex << at;
    EXPECT_EQ(other->base.value(), to.base.value()) << std::hex << at;
    EXPECT_TRUE(other->rights == to.rights) << std::hex << at;
  }
}

std::map<std::uint64_t, Mapped> OsMachine::table() {
  std::map<std::uint64_t, Mapped> pages;
  tables_seen_.clear();
  frames_seen_.clear();
  read_table(kernel.control().root.value(), format.root_level(), 0, pages);
  if (kernel.stats().processes == 1) {
    EXPECT_EQ(tables_seen_.size(), kernel.stats().table_pages);
  }
  return pages;
}

std::uint64_t OsMachine::raw_leaf(std::uint64_t va) {
  Walk w(format, VirtAddr(va), kernel.control().root);
  for (;;) {
    const std::uint64_t pte = load(w.entry_address());
    Walk next = w;
    if (!std::holds_alternative<Descend>(next.consume(pte))) return pte;
    w = next;
  }
}

std::string OsMachine::message_of_fault(std::uint64_t va, AccessKind kind) {
  try {
    access(va, kind);
  } catch (const SimulatedError& error) {
    return error.what();
  }
  return "none";
}

const TrapWork& OsMachine::call(const OsEvent& event) { return took(kernel.handle_event(event)); }

const TrapWork& OsMachine::brk(std::uint64_t result) {
  OsEvent event;
  event.type = OsEventType::kBrk;
  event.result = static_cast<std::int64_t>(result);
  return call(event);
}

const TrapWork& OsMachine::mmap(std::uint64_t at, std::uint64_t bytes, std::uint64_t prot) {
  OsEvent event;
  event.type = OsEventType::kMmap;
  event.args[1] = bytes;
  event.args[2] = prot;
  event.args[3] = linux_abi::kMapAnonymous | 2;  // MAP_PRIVATE
  event.args[4] = ~std::uint64_t{0};
  event.result = static_cast<std::int64_t>(at);
  return call(event);
}

const TrapWork& OsMachine::munmap(std::uint64_t at, std::uint64_t bytes) {
  OsEvent event;
  event.type = OsEventType::kMunmap;
  event.args[0] = at;
  event.args[1] = bytes;
  return call(event);
}

const TrapWork& OsMachine::mprotect(std::uint64_t at, std::uint64_t bytes, std::uint64_t prot) {
  OsEvent event;
  event.type = OsEventType::kMprotect;
  event.args[0] = at;
  event.args[1] = bytes;
  event.args[2] = prot;
  return call(event);
}

const TrapWork& OsMachine::mremap(std::uint64_t from, std::uint64_t old_bytes,
                                  std::uint64_t new_bytes, std::uint64_t to) {
  OsEvent event;
  event.type = OsEventType::kMremap;
  event.args[0] = from;
  event.args[1] = old_bytes;
  event.args[2] = new_bytes;
  event.args[3] = linux_abi::kMremapMayMove;
  event.result = static_cast<std::int64_t>(to);
  return call(event);
}

}  // namespace mmu::test
