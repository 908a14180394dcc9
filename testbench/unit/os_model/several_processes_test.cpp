// Several traced processes on one core: who has it, under which ASID, and that none reaches what is
// another's.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "hw/arch/errors.hpp"
#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kStart = 0x10'0000;  // of the image of each: 16 pages
constexpr unsigned kPages = 16;

TraceHeader header_of_image() {
  TraceHeader header;
  header.image.push_back({kStart, kPages * kPage, true, true, false, "[image]"});
  return header;
}

PageTableFormat with_asid_bits(const std::string& name, unsigned bits) {
  PageTableFormat format = *find_format(name);
  format.asid_bits = static_cast<std::uint8_t>(bits);
  return format;
}

/// A core with a TLB that forgets nothing but what fences, or hardware without ASIDs, remove.
class SharedCore {
 public:
  SharedCore(std::size_t processes, unsigned asid_bits, os::AsidPolicy policy,
             const std::string& format_name = "sv39")
      : format(with_asid_bits(format_name, asid_bits)),
        memory(64 * kMiB),
        header_(header_of_image()),
        kernel(params(policy), format, AdUpdate::kHardware, memory,
               std::vector<const TraceHeader*>(processes, &header_)) {}

  TrapWork switch_to(std::size_t process) {
    OsEvent event;
    event.type = OsEventType::kSwitch;
    event.args[0] = 1 + process;
    return call(event);
  }
  TrapWork call(const OsEvent& event) { return took(kernel.handle_event(event)); }
  TrapWork unmap(std::uint64_t at) {
    OsEvent event;
    event.type = OsEventType::kMunmap;
    event.args[0] = at;
    event.args[1] = kPage;
    return call(event);
  }
  TrapWork map(std::uint64_t at) {
    OsEvent event;
    event.type = OsEventType::kMmap;
    event.args[1] = kPage;
    event.args[2] = kReadWrite;
    event.args[3] = linux_abi::kMapAnonymous | linux_abi::kMapFixed | 2;  // MAP_PRIVATE
    event.result = static_cast<std::int64_t>(at);
    return call(event);
  }
  /// The physical address, or nothing if the process died of it.
  std::optional<std::uint64_t> load(std::uint64_t va) {
    const Asid asid = kernel.control().asid;
    for (;;) {
      const auto known = tlb_.find({asid, va / kPage});
      if (known != tlb_.end()) return known->second + va % kPage;
      if (const auto pa = pa_of(kernel.control().root, va)) {
        tlb_[{asid, va / kPage}] = *pa / kPage * kPage;
        continue;
      }
      const PageFault fault{{FaultKind::kNotPresent, VirtAddr(va), 0}, AccessKind::kLoad, asid, 1};
      if (took(kernel.handle_fault(fault)).process_ended) return std::nullopt;
    }
  }
  std::optional<std::uint64_t> pa_of(PhysAddr root, std::uint64_t va) const {
    Walk walk(format, VirtAddr(va), root);
    for (;;) {
      const WalkStep step = walk.consume(memory.load(walk.entry_address(), format.pte_bytes));
      if (const auto* to = std::get_if<Translation>(&step)) return to->of(VirtAddr(va)).value();
      if (!std::holds_alternative<Descend>(step)) return std::nullopt;
    }
  }
  TrapWork took(TrapWork work) {
    EXPECT_EQ(work.spaces.empty() ? kernel.control().root : work.spaces.back().root,
              kernel.control().root);
    if (!work.spaces.empty() && format.asid_bits == 0) tlb_.clear();
    for (const FenceScope& fence : work.fences) {
      for (auto it = tlb_.begin(); it != tlb_.end();) {
        const VirtAddr page(it->first.second * kPage);
        it = fence.covers(it->first.first, page, 12, false) ? tlb_.erase(it) : std::next(it);
      }
    }
    return work;
  }

  const PageTableFormat format;
  SparseMemory memory;

 private:
  static os::OsParams params(os::AsidPolicy policy) {
    os::OsParams params;
    params.memory_bytes = 64 * kMiB;
    params.asids = policy;
    return params;
  }
  std::map<std::pair<Asid, std::uint64_t>, std::uint64_t> tlb_;
  const TraceHeader header_;

 public:
  os::Kernel kernel;
};

TEST(SeveralProcesses, EachHasATableAndAnAsidOfItsOwn) {
  SharedCore core(3, 16, os::AsidPolicy::kGenerations);
  EXPECT_EQ(core.kernel.control().asid, 1);
  const auto first = core.load(kStart);
  const TrapWork work = core.switch_to(1);
  ASSERT_EQ(work.spaces.size(), 1u);
  EXPECT_EQ(work.spaces[0].root, core.kernel.root_of(1));
  EXPECT_EQ(work.spaces[0].asid, 2);
  EXPECT_TRUE(work.fences.empty());
  EXPECT_NE(core.load(kStart), first);
  EXPECT_EQ(core.switch_to(0).spaces[0].asid, 1);
  EXPECT_EQ(core.load(kStart), first);
  EXPECT_EQ(core.kernel.stats().switches, 2u);
  EXPECT_EQ(core.kernel.stats().minor_faults, 2u);
  EXPECT_EQ(core.kernel.stats_of(1).minor_faults, 1u);
  EXPECT_EQ(core.kernel.stats().processes, 3u);
}

TEST(SeveralProcesses, OneThatDiesLeavesTheOthers) {
  SharedCore core(2, 16, os::AsidPolicy::kLinux);
  core.load(kStart);
  core.switch_to(1);
  core.load(kStart);
  const std::uint64_t frames = core.kernel.stats().frames_in_use;
  EXPECT_FALSE(core.load(0x666'0000));
  EXPECT_EQ(core.kernel.end_of(1), os::Kernel::End::kKilled);
  EXPECT_NE(core.kernel.death_of(1).find("segmentation fault: load at 0x6660000"),
            std::string::npos);
  EXPECT_EQ(core.kernel.control().root, PhysAddr(0)) << "the core is left with nothing";
  EXPECT_EQ(core.kernel.stats().frames_in_use, frames - 1);
  EXPECT_EQ(core.kernel.stats().processes, 1u);
  core.switch_to(0);
  EXPECT_TRUE(core.load(kStart));
  EXPECT_EQ(core.kernel.end_of(0), os::Kernel::End::kNot);
  EXPECT_THROW(core.switch_to(1), ModelError);
}

TEST(SeveralProcesses, OneAloneEndsTheRun) {
  SharedCore core(1, 16, os::AsidPolicy::kLinux);
  EXPECT_THROW(core.load(0x666'0000), SimulatedError);
}

TEST(SeveralProcesses, AnExitIsNoDeath) {
  SharedCore core(2, 16, os::AsidPolicy::kLinux);
  OsEvent event;
  event.type = OsEventType::kExit;
  EXPECT_TRUE(core.call(event).process_ended);
  EXPECT_EQ(core.kernel.end_of(0), os::Kernel::End::kExited);
  EXPECT_EQ(core.kernel.death_of(0), "");
}

TEST(SeveralProcesses, ChildrenOfTwoMayHaveOnePid) {
  SharedCore core(2, 16, os::AsidPolicy::kLinux);
  OsEvent fork;
  fork.type = OsEventType::kFork;
  fork.result = 77;
  EXPECT_EQ(core.call(fork).value, 77u);
  core.switch_to(1);
  EXPECT_EQ(core.call(fork).value, 77u);
  EXPECT_EQ(core.kernel.stats().processes, 4u);
  EXPECT_EQ(core.kernel.stats().failed_here, 0u);
  OsEvent exit;
  exit.type = OsEventType::kExit;
  exit.args[0] = 77;
  EXPECT_FALSE(core.call(exit).process_ended);
  EXPECT_EQ(core.kernel.stats().processes, 3u);
}

TEST(SeveralProcesses, SwitchesFenceAsLinuxDoes) {
  // x86: six ASIDs. The seventh process gets the first one's, after a fence of that.
  SharedCore x86(7, 12, os::AsidPolicy::kLinux, "x86-64-4level");
  for (std::size_t i = 1; i < 6; ++i) EXPECT_TRUE(x86.switch_to(i).fences.empty());
  const TrapWork seventh = x86.switch_to(6);
  ASSERT_EQ(seventh.fences.size(), 1u);
  EXPECT_EQ(seventh.fences[0].asid, 1);
  EXPECT_EQ(x86.kernel.stats().asids_recycled, 1u);
  EXPECT_EQ(x86.kernel.stats().switch_fences, 1u);
  // RISC-V: with two bits, three. The fourth process begins a generation, after a fence of all.
  SharedCore riscv(4, 2, os::AsidPolicy::kLinux);
  for (std::size_t i = 1; i < 3; ++i) EXPECT_TRUE(riscv.switch_to(i).fences.empty());
  const TrapWork fourth = riscv.switch_to(3);
  ASSERT_EQ(fourth.fences.size(), 1u);
  EXPECT_FALSE(fourth.fences[0].asid);
  EXPECT_EQ(riscv.kernel.stats().asid_rollovers, 1u);
  // Without: a fence each, which hardware that holds none makes by itself.
  SharedCore off(2, 16, os::AsidPolicy::kOff);
  EXPECT_EQ(off.switch_to(1).fences.at(0).asid, off.kernel.control().asid);
  SharedCore none(2, 0, os::AsidPolicy::kLinux);
  EXPECT_TRUE(none.switch_to(1).fences.empty());
}

TEST(SeveralProcesses, NeedAsManyTables) {
  const TraceHeader header = header_of_image();
  SparseMemory memory(kMiB);
  os::OsParams params;
  params.memory_bytes = kMiB;
  const std::vector<const TraceHeader*> many(22, &header);
  EXPECT_THROW(os::Kernel(params, *find_format("sv39"), AdUpdate::kHardware, memory, many),
               ConfigError);
}

/// Random processes in one random order.
class Isolation {
 public:
  Isolation(unsigned seed, unsigned bits, os::AsidPolicy policy)
      : random_(seed), core_(kProcesses, bits, policy) {}

  void run() {
    for (unsigned i = 0; i < 400 && !alive_.empty(); ++i) {
      step();
      if (testing::Test::HasFatalFailure()) return;
      if (i % 16 == 0) no_frame_is_of_two();
    }
    EXPECT_GT(core_.kernel.stats().switches, 30u);
  }

 private:
  static constexpr std::size_t kProcesses = 7;

  std::size_t below(std::size_t n) { return random_() % n; }
  std::uint64_t some_page() { return kStart + below(kPages) * kPage; }

  void step() {
    const std::size_t what = below(100);
    if (what < 40) {
      const auto place =
          std::next(alive_.begin(), static_cast<std::ptrdiff_t>(below(alive_.size())));
      if (*place == running_) return;
      running_ = *place;
      core_.switch_to(running_);
    } else if (what < 50) {
      core_.unmap(some_page());
    } else if (what < 60) {
      core_.map(some_page());
    } else {
      load(some_page());
    }
  }

  void load(std::uint64_t va) {
    const PhysAddr root = core_.kernel.root_of(running_);
    const bool mapped = core_.kernel.areas(running_).find(va) != nullptr;
    const auto pa = core_.load(va);
    ASSERT_EQ(pa.has_value(), mapped) << "what the areas say";
    if (pa) {
      ASSERT_EQ(pa, core_.pa_of(root, va)) << "another's frame";
      return;
    }
    alive_.erase(running_);
    if (alive_.empty()) return;
    running_ = *alive_.begin();
    core_.switch_to(running_);
  }

  void no_frame_is_of_two() {
    std::set<std::uint64_t> frames;
    for (const std::size_t process : alive_) {
      for (unsigned i = 0; i < kPages; ++i) {
        const auto pa = core_.pa_of(core_.kernel.root_of(process), kStart + i * kPage);
        if (pa) {
          ASSERT_TRUE(frames.insert(*pa).second);
        }
      }
    }
    EXPECT_EQ(frames.size(), core_.kernel.stats().frames_in_use);
  }

  std::mt19937 random_;
  SharedCore core_;
  std::set<std::size_t> alive_{0, 1, 2, 3, 4, 5, 6};
  std::size_t running_ = 0;
};

TEST(SeveralProcesses, NoneReachesWhatIsAnothers) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    for (const unsigned bits : {0U, 1U, 2U, 3U, 16U}) {
      for (const auto policy :
           {os::AsidPolicy::kGenerations, os::AsidPolicy::kRecycled, os::AsidPolicy::kOff}) {
        SCOPED_TRACE("seed " + std::to_string(seed) + ", " + std::to_string(bits) +
                     " bits, policy " + std::to_string(static_cast<unsigned>(policy)));
        Isolation(seed, bits, policy).run();
        if (HasFatalFailure()) return;
      }
    }
  }
}

}  // namespace
}  // namespace mmu::test
