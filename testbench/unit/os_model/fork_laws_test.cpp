// What must hold in a tree of processes that map, write, fork and exit at random.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <map>
#include <vector>

#include "hw/common/sparse_memory.hpp"
#include "os_model/process.hpp"
#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kBase = 0x4000'0000;
constexpr std::uint64_t kPages = 1536;  // of 4 KiB: three of 2 MiB
constexpr std::size_t kMostProcesses = 6;

class Tree {
 public:
  Tree(const PageTableFormat& format, const os::OsParams& params)
      : format_(format),
        memory_(params.memory_bytes),
        frames_(PhysAddr(format.page_bytes()), PhysAddr(params.memory_bytes / 4 * 3),
                format.page_shift, "data frames", params.memory_bytes),
        tables_(PhysAddr(params.memory_bytes / 4 * 3), PhysAddr(params.memory_bytes),
                format.page_shift, "page-table pages", params.memory_bytes),
        shares_(frames_),
        processes_({format, memory_, frames_, tables_, shares_}, params, 0) {}

  void step(std::uint64_t dice) {
    const std::uint64_t what = take(dice, 16);
    os::Process& process = *processes_.find(pids_[take(dice, pids_.size())]);
    const os::Range range = range_from(dice);
    os::TrapLog log;
    if (what < 3) {
      process.space.add({range, rights(dice), os::AreaKind::kAnonymous, take(dice, 4) == 0, 0, {}},
                        log);
    } else if (what == 3) {
      process.space.unmap(range, log);
    } else if (what == 4) {
      process.space.protect(range, rights(dice), log);
    } else if (what == 5) {
      const std::uint64_t to = range_from(dice).start;
      if (to + range.bytes() <= kBase + kPages * kPage) {
        process.space.remap(range, {to, to + range.bytes()}, take(dice, 3) != 0, log);
      }
    } else if (what == 6) {
      fork(dice);
    } else if (what == 7) {
      end(dice);
    } else {
      touch(process.space, range.start,
            take(dice, 3) != 0 ? AccessKind::kStore : AccessKind::kLoad);
    }
  }

  /// Tables and counts agree; nothing is writable by two that is not theirs together.
  void check() {
    std::map<std::uint64_t, std::uint64_t> mappers;
    std::uint64_t tables = 0;
    for (const os::Pid pid : pids_) {
      const os::AddressSpace& space = processes_.find(pid)->space;
      tables += space.tables();
      for_each_page(space, [&](VirtAddr page, const os::Leaf& leaf) {
        const PhysAddr frame = frame_of(page, leaf);
        ++mappers[frame.value()];
        const auto cover = space.areas().cover({page.value(), page.value() + step_bytes()});
        RC_ASSERT(cover.has_value());
        const bool alone = shares_.owners(frame) == 1;
        Rights expected = cover->rights;
        if (!cover->shared && !leaf.rights.write) expected.write = false;  // until it is written
        RC_ASSERT(leaf.rights == expected);
        RC_ASSERT(!leaf.rights.write || cover->shared || alone);
      });
    }
    std::uint64_t shared = 0;
    for (const auto& [frame, count] : mappers) {
      RC_ASSERT(shares_.owners(PhysAddr(frame)) == count);
      shared += count > 1 ? 1 : 0;
    }
    RC_ASSERT(shares_.shared() == shared);
    RC_ASSERT(frames_.in_use() == mappers.size());
    RC_ASSERT(tables_.in_use() == tables);
  }

  void end_all() {
    for (const os::Pid pid : pids_) {
      os::TrapLog log;
      RC_ASSERT(processes_.exit(pid, log));
    }
    RC_ASSERT(frames_.in_use() == 0u);
    RC_ASSERT(tables_.in_use() == 0u);
    RC_ASSERT(shares_.shared() == 0u);
  }

 private:
  static std::uint64_t take(std::uint64_t& dice, std::uint64_t sides) {
    const std::uint64_t value = dice % sides;
    dice /= sides;
    return value;
  }
  static os::Range range_from(std::uint64_t& dice) {
    const std::uint64_t page = take(dice, kPages);
    std::uint64_t pages = 1 + take(dice, 40);
    if (take(dice, 4) == 0) pages = kPages;
    return {kBase + page * kPage, kBase + std::min(kPages, page + pages) * kPage};
  }
  Rights rights(std::uint64_t& dice) const {
    const std::uint64_t prot = take(dice, 6);
    return os::rights_of(format_, prot != 0, prot > 1, prot == 5);
  }

  void fork(std::uint64_t& dice) {
    if (pids_.size() == kMostProcesses) return;
    const os::Pid child = processes_.unused_pid();
    os::TrapLog log;
    if (processes_.fork(pids_[take(dice, pids_.size())], child, log) == os::ForkOutcome::kDone) {
      pids_.push_back(child);
    }
  }

  void end(std::uint64_t& dice) {
    const std::size_t which = take(dice, pids_.size());
    os::TrapLog log;
    if (take(dice, 3) == 0) {
      RC_ASSERT(processes_.exec(pids_[which], log));
    } else if (which != 0) {
      RC_ASSERT(processes_.exit(pids_[which], log));
      pids_.erase(pids_.begin() + static_cast<std::ptrdiff_t>(which));
    }
  }

  /// One access, as hardware that sets A and D makes it; others keep what they have.
  void touch(os::AddressSpace& space, std::uint64_t at, AccessKind kind) {
    const auto allowed = space.rights_at(VirtAddr(at));
    if (!allowed || !allowed->allow(kind)) return;
    const auto before = frames_of_others(space, at);
    for (int faults = 0;; ++faults) {
      const auto leaf = space.find(VirtAddr(at));
      if (leaf && leaf->rights.allow(kind)) break;
      RC_ASSERT(faults == 0);
      os::TrapLog log;
      space.serve(VirtAddr(at), kind, log);
    }
    RC_ASSERT(frames_of_others(space, at) == before);
  }

  std::vector<std::uint64_t> frames_of_others(const os::AddressSpace& but, std::uint64_t at) {
    std::vector<std::uint64_t> frames;
    for (const os::Pid pid : pids_) {
      const os::AddressSpace& space = processes_.find(pid)->space;
      if (&space == &but) continue;
      const auto leaf = space.find(VirtAddr(at));
      frames.push_back(leaf ? frame_of(VirtAddr(at), *leaf).value() : 0);
    }
    return frames;
  }

  std::uint64_t step_bytes() const { return format_.page_bytes(); }
  PhysAddr frame_of(VirtAddr va, const os::Leaf& leaf) const {
    const std::uint64_t page = va.aligned_down(format_.page_shift).value();
    return leaf.frame + (page - leaf.page.value());
  }
  template <class Visit>
  void for_each_page(const os::AddressSpace& space, Visit visit) const {
    for (std::uint64_t at = kBase; at < kBase + kPages * kPage; at += step_bytes()) {
      if (const auto leaf = space.find(VirtAddr(at))) visit(VirtAddr(at), *leaf);
    }
  }

  const PageTableFormat& format_;
  SparseMemory memory_;
  os::FrameAllocator frames_, tables_;
  os::FrameShares shares_;
  os::Processes processes_;
  std::vector<os::Pid> pids_ = {0};
};

TEST(ForkLaws, HoldInARandomTreeOfProcesses) {
  for (const char* name : kAllFormats) {
    const bool holds = rc::check(name, [name] {
      const auto die = rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>());
      const auto dice = *rc::gen::container<std::vector<std::uint64_t>>(300, die);
      FormatOptions options;
      options.napot = *rc::gen::arbitrary<bool>();
      const PageTableFormat format = with_options(*find_format(name), options);
      os::OsParams params;
      params.memory_bytes = format.page_bytes() * 64 * 1024;
      params.huge_pages = *rc::gen::arbitrary<bool>();
      params.contiguous_pages = options.napot;
      Tree tree(format, params);
      for (std::size_t i = 0; i < dice.size(); ++i) {
        tree.step(dice[i]);
        if (i % 20 == 0) tree.check();
      }
      tree.check();
      tree.end_all();
    });
    EXPECT_TRUE(holds) << name;
  }
}

}  // namespace
}  // namespace mmu::test
