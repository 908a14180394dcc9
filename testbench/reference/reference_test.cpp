// Every sum is by docs/timing.md and the latencies of small_machine(): L1 TLB 1, STLB 3, L1 4,
// L2 5, LLC 7, DRAM 24 from a closed bank. A PTE read that misses everywhere takes N = 36, one
// that hits the L2 N = 5; a walk of three reads N1..N3 accepted in c ends in c + sum(N + 2) + 1.
#include <gtest/gtest.h>

#include <numeric>

#include "testbench/reference/small_machine.hpp"

namespace mmu::reference {
namespace {

constexpr std::uint64_t kA = 0x10000, kB = 0x11000, kC = 0x12000;
constexpr std::uint64_t kBank = SmallOs::kBank;

/// Three pages in one table of leaves, data in DRAM banks 15, 14 and 13.
struct Pages : SmallOs {
  explicit Pages(bool accessed = true, bool dirty = true) : SmallOs("sv39") {
    map(kA, PhysAddr(15 * kBank), accessed, dirty);
    map(kB, PhysAddr(14 * kBank), accessed, dirty);
    map(kC, PhysAddr(13 * kBank), accessed, dirty);
  }
};

using Cycles = std::vector<Cycle>;

MachineParams blocking() {
  MachineParams machine = small_machine();
  machine.cpu.window = 1;
  return machine;
}

std::uint64_t sum(const Stack& stack) {
  return std::accumulate(stack.begin(), stack.end(), std::uint64_t{0});
}

TEST(Reference, ColdLoadWalksThreeLevelsAndReadsMemory) {
  Pages os;
  const Result r = run(small_machine(), os, {load(kA)});
  // Issue 1, STLB 1+1 = 2, walker 2+3 = 5, result 5 + 3*(36+2) + 1 = 120, data 120 + 4+36 = 160.
  EXPECT_EQ(r.completions, Cycles{160});
  EXPECT_EQ(r.cycles, 160U);
  EXPECT_EQ(at(r.latency_stack, Part::kL1Tlb), 1U);
  EXPECT_EQ(at(r.latency_stack, Part::kStlb), 3U);
  EXPECT_EQ(at(r.latency_stack, pte_part(2, Served::kMemory)), 39U);  // 5 to 44
  EXPECT_EQ(at(r.latency_stack, pte_part(1, Served::kMemory)), 38U);
  EXPECT_EQ(at(r.latency_stack, pte_part(0, Served::kMemory)), 38U);
  EXPECT_EQ(at(r.latency_stack, data_part(Served::kMemory)), 40U);
  EXPECT_EQ(sum(r.latency_stack), 159U);
  EXPECT_EQ(at(r.cycle_stack, Part::kIssue), 1U);
  EXPECT_EQ(sum(r.cycle_stack), 160U);
}

TEST(Reference, HitInBothFirstLevels) {
  Pages os;
  // The second has the window slot from 160 on: TLB 161, L1D 165.
  EXPECT_EQ(run(blocking(), os, {load(kA), load(kA)}).completions, (Cycles{160, 165}));
}

TEST(Reference, WindowOfEightLetsTheSecondMerge) {
  Pages os;
  // The second issues in 2, merges in the DTLB (120) and in the L1D (160).
  const Result r = run(small_machine(), os, {load(kA), load(kA)});
  EXPECT_EQ(r.completions, (Cycles{160, 160}));
  EXPECT_EQ(r.dtlb.merged, 1U);
  EXPECT_EQ(r.l1d.merged, 1U);
  EXPECT_EQ(at(r.latency_stack, Part::kMergeWait), 117U);  // there = 3, answered for 120
}

TEST(Reference, TwoLinesOfOnePageShareBankAndBus) {
  Pages os;
  // Both ask the L1D in 120 and DRAM in 136: 136 + 24 = 160; the bank is free in 160 - 10 = 150,
  // row hit: data from max(150 + 10, bus 160), 4 clocks: 164.
  EXPECT_EQ(run(small_machine(), os, {load(kA), load(kA + 64)}).completions, (Cycles{160, 164}));
}

TEST(Reference, StlbHit) {
  Pages os;
  MachineParams machine = blocking();
  machine.mmu.dtlb.entries = 1;
  // B: issue 160, walker 164, PTEs in the L2: 164 + 3*7 + 1 = 186, data 226.
  // A: issue 226, STLB 227, hit 230, L1D 234.
  EXPECT_EQ(run(machine, os, {load(kA), load(kB), load(kA)}).completions, (Cycles{160, 226, 234}));
}

TEST(Reference, WithoutStlbItsLatencyIsNotPaid) {
  Pages os;
  MachineParams machine = blocking();
  machine.mmu.stlb.entries = 0;
  machine.mmu.dtlb.entries = 1;
  // A: walker 2, 2 + 115 = 117, data 157. B: 157, walker 158, 158 + 22 = 180, data 220.
  // A: 220, walker 221, 243, L1D 247.
  EXPECT_EQ(run(machine, os, {load(kA), load(kB), load(kA)}).completions, (Cycles{157, 220, 247}));
}

TEST(Reference, WalkCacheSkipsTheUpperLevels) {
  Pages os;
  MachineParams machine = blocking();
  machine.mmu.walk_cache = {{4, 0}, {4, 0}, {0, 0}, {0, 0}, 2};
  // A: 2 later than without. B: issue 162, walker 166, start 168, 168 + 7 + 1 = 176, data 216.
  const Result r = run(machine, os, {load(kA), load(kB)});
  EXPECT_EQ(r.completions, (Cycles{162, 216}));
  EXPECT_EQ(r.walker.cache_hits_level1, 1U);
  EXPECT_EQ(r.walker.reads, 4U);
}

TEST(Reference, OneWalkerTakesThreeMissesInTurn) {
  Pages os;
  // A 120. B accepted 121: 143. C accepted 144: 166. Data 40 later each.
  EXPECT_EQ(run(small_machine(), os, {load(kA), load(kB), load(kC)}).completions,
            (Cycles{160, 183, 206}));
}

TEST(Reference, TwoWalkersTakeTwoMissesTogether) {
  Pages os;
  MachineParams machine = small_machine();
  machine.mmu.walker.count = 2;
  // B is accepted in 6; its reads merge with A's: 120 too. Data: the bus is free for B in 160: 164.
  // C is accepted in 121: 143, data 183.
  EXPECT_EQ(run(machine, os, {load(kA), load(kB), load(kC)}).completions, (Cycles{160, 164, 183}));
}

TEST(Reference, OneMissSlotRefusesTheSecondPageUntilTheCycleAfterTheAnswer) {
  Pages os;
  MachineParams machine = small_machine();
  machine.mmu.dtlb.miss_slots = 1;
  // The slot is in use up to 120: B issues in 121, STLB 122, walker 125, 125 + 22 = 147, data 187.
  EXPECT_EQ(run(machine, os, {load(kA), load(kB)}).completions, (Cycles{160, 187}));
}

TEST(Reference, DependentAccessStartsWhenTheDataIsThere) {
  Pages os;
  MachineParams machine = small_machine();
  const std::vector<TraceRecord> chase = {load(kA), load(kA, 1, 1)};
  const Result r = run(machine, os, chase);
  EXPECT_EQ(r.completions, (Cycles{160, 165}));
  EXPECT_EQ(at(r.latency_stack, Part::kDependence), 158U);  // 2 to 160
  machine.cpu.dependence = CpuParams::Dependence::kNone;
  EXPECT_EQ(run(machine, os, chase).completions, (Cycles{160, 160}));
  machine.cpu.dependence = CpuParams::Dependence::kSerial;
  EXPECT_EQ(run(machine, os, {load(kA), load(kA)}).completions, (Cycles{160, 165}));
}

MachineParams with_mode(MachineParams machine, MmuParams::Mode mode) {
  machine.mmu.mode = mode;
  return machine;
}

TEST(Reference, PerfectTlbCostsItsLatencyOnly) {
  Pages os;
  // Issue 1, TLB 2, data 2 + 4 + 36 = 42; issue 42, TLB 43, L1D 47.
  const Result r =
      run(with_mode(blocking(), MmuParams::Mode::kPerfectTlb), os, {load(kA), load(kA)});
  EXPECT_EQ(r.completions, (Cycles{42, 47}));
  EXPECT_EQ(at(r.latency_stack, Part::kL1Tlb), 2U);
  EXPECT_EQ(r.dtlb.hits, 2U);
  EXPECT_EQ(r.walker.walks, 0U);
}

TEST(Reference, NoTranslationCostsNothing) {
  Pages os;
  // Issue 1, data 1 + 4 + 36 = 41; issue 41, L1D 45.
  const Result r =
      run(with_mode(blocking(), MmuParams::Mode::kNoTranslation), os, {load(kA), load(kA)});
  EXPECT_EQ(r.completions, (Cycles{41, 45}));
  EXPECT_EQ(at(r.latency_stack, Part::kL1Tlb), 0U);
  EXPECT_EQ(sum(r.cycle_stack), 45U);
}

TEST(Reference, WithoutTranslationAFaultIsKnownInTheNextCycle) {
  SmallOs os("sv39");
  os.on_fault = [&](const PageFault&) {
    os.map(kA, PhysAddr(15 * kBank));
    TrapWork work;
    work.faults_served = 1;
    return work;
  };
  // Asked in 1, known and entered in 2, K = 100 + 20; issue 122, data 122 + 4 + 36 = 162.
  const Result r = run(with_mode(small_machine(), MmuParams::Mode::kNoTranslation), os, {load(kA)});
  EXPECT_EQ(r.completions, Cycles{162});
  EXPECT_EQ(at(r.latency_stack, Part::kFaultOs), 120U);
  EXPECT_EQ(sum(r.latency_stack), 161U);
}

TEST(Reference, FaultIsServedAndTheAccessIssuesAgain) {
  SmallOs os("sv39");
  os.map(kB, PhysAddr(14 * kBank));
  os.on_fault = [&](const PageFault&) {
    os.map(kA, PhysAddr(15 * kBank));
    TrapWork work;
    work.faults_served = 1;
    return work;
  };
  // Known and entered in 120, K = 100 + 20; issue 240, walker 244, 244 + 22 = 266, data 306.
  const Result r = run(small_machine(), os, {load(kA)});
  EXPECT_EQ(r.completions, Cycles{306});
  EXPECT_EQ(r.cpu.page_faults, 1U);
  EXPECT_EQ(at(r.latency_stack, Part::kFaultOs), 120U);
  EXPECT_EQ(at(r.latency_stack, Part::kFaultDrain), 0U);
  EXPECT_EQ(sum(r.latency_stack), 305U);
  EXPECT_EQ(sum(r.cycle_stack), 306U);
}

TEST(Reference, TrapWaitsForAYoungerWalkAndSquashesIt) {
  SmallOs os("sv39");
  os.map(kB, PhysAddr(14 * kBank));
  os.on_fault = [&](const PageFault&) {
    os.map(kA, PhysAddr(15 * kBank));
    TrapWork work;
    work.faults_served = 1;
    return work;
  };
  // B's walk ends in 143, its data is there in 183: the trap lasts from 183 to 303.
  // A: 303, walker 307, 329, data 369. B: 304, hits: 305, 309.
  const Result r = run(small_machine(), os, {load(kA), load(kB)});
  EXPECT_EQ(r.completions, (Cycles{369, 309}));
  EXPECT_EQ(r.cpu.squashed, 1U);
  EXPECT_EQ(at(r.latency_stack, Part::kFaultDrain), 63U);
  EXPECT_EQ(sum(r.latency_stack), r.cpu.latency_cycles);
  EXPECT_EQ(r.cpu.latency_cycles, 368U + 5U);
  EXPECT_EQ(sum(r.cycle_stack), 369U);
}

TEST(Reference, OldestStoreSetsAccessedAndDirtyInItsWalk) {
  Pages os(false, false);
  // The leaf is decoded in 120; the update hits the L2: 125, result 127, data 167.
  const Result r = run(small_machine(), os, {of_kind(AccessKind::kStore, load(kA))});
  EXPECT_EQ(r.completions, Cycles{167});
  EXPECT_EQ(r.walker.updates, 1U);
  EXPECT_EQ(at(r.latency_stack, Part::kAdUpdate), 7U);
}

TEST(Reference, YoungerStoreWaitsToBeTheOldestBeforeItSetsDirty) {
  Pages os(true, false);
  // B's walk ends in 143: needs dirty. A's data in 160 makes it the oldest: it asks again, walker
  // 164, leaf decoded in 186, update 191, result 193, data 233.
  const Result r = run(small_machine(), os, {load(kA), of_kind(AccessKind::kStore, load(kB))});
  EXPECT_EQ(r.completions, (Cycles{160, 233}));
  EXPECT_EQ(r.dtlb.replays, 1U);
  EXPECT_EQ(at(r.latency_stack, Part::kAdUpdate), (160U - 143U) + (193U - 186U));
  EXPECT_EQ(sum(r.latency_stack), r.cpu.latency_cycles);
}

TEST(Reference, FenceDuringAWalkKeepsTheTranslationOut) {
  Pages os;
  Options options;
  options.fences = {{50, {std::nullopt, VirtAddr(kA), true}}};
  // The second walks again: issue 160, walker 164, 186, L1D 190.
  EXPECT_EQ(run(blocking(), os, {load(kA), load(kA)}, options).completions, (Cycles{160, 190}));
  options.fences = {{50, {std::nullopt, VirtAddr(kB), true}}};
  EXPECT_EQ(run(blocking(), os, {load(kA), load(kA)}, options).completions, (Cycles{160, 165}));
  options.fences = {{121, {std::nullopt, VirtAddr(kA), true}}};  // removes the entry
  EXPECT_EQ(run(blocking(), os, {load(kA), load(kA)}, options).completions, (Cycles{160, 190}));
}

TEST(Reference, RequestYoungerThanAFenceDoesNotMerge) {
  Pages os;
  Options options;
  options.fences = {{50, {}}};
  const std::vector<TraceRecord> records = {load(kA), load(kA, 59)};  // the second issues in 60
  const Result fenced = run(small_machine(), os, records, options);
  EXPECT_EQ(fenced.dtlb.sent, 2U);
  EXPECT_EQ(fenced.stlb.sent, 2U);
  EXPECT_EQ(fenced.walker.walks, 2U);
  EXPECT_EQ(run(small_machine(), os, records).dtlb.merged, 1U);
}

TEST(Reference, SystemCallWaitsForAllAndResolvesItsHandle) {
  Pages os;
  OsEvent event;
  event.handle = 7;
  event.args[0] = kA;
  TraceRecord second = load(0);
  second.handle = 7;
  // The trap lasts from 160 for 100 + 50; the load issues in (310, 1): 311, 315.
  const Result r = run(small_machine(), os, {load(kA), second}, {}, {{1, event}});
  EXPECT_EQ(r.completions, (Cycles{160, 315}));
  EXPECT_EQ(at(r.cycle_stack, Part::kSystemCall), 150U);
  EXPECT_EQ(sum(r.cycle_stack), 315U);
}

TEST(Reference, RecordAcrossBlocksEntersThemOneAfterTheOther) {
  Pages os;
  TraceRecord across = of_kind(AccessKind::kFetch, load(kA + 60));
  across.bytes = 8;
  // Blocks 1 | 0 and 1 again, as 0 was entered last | none.
  const Result r = run(small_machine(), os,
                       {of_kind(AccessKind::kFetch, load(kA + 64)), across,
                        of_kind(AccessKind::kFetch, load(kA + 72))});
  EXPECT_EQ(r.cpu.fetches, 3U);
}

TEST(Reference, PortsDelayLookUpsButSlotsAreFreedForRequests) {
  Pages os;
  MachineParams machine = small_machine();
  machine.cpu.issue_width = 2;
  machine.mmu.dtlb.lookups_per_cycle = 1;
  machine.mmu.dtlb.miss_slots = 1;
  // Both issue in 1 and are looked up in 1 and 2: the second merges (120), then the bus: 164.
  EXPECT_EQ(run(machine, os, {load(kA), load(kA + 64)}).completions, (Cycles{160, 164}));
  // The slot is in use up to 120: C is taken in 121, STLB 122, walker 125, 147, data 187.
  EXPECT_EQ(run(machine, os, {load(kA), load(kC)}).completions, (Cycles{160, 187}));
}

TEST(Reference, InstructionsTakeIssueSlotsAlsoBehindTheLastAccess) {
  Pages os;
  MachineParams machine = small_machine();
  machine.cpu.issue_width = 4;
  // d = 9 from (1, 0): t = 1 + 8/4 = 3, u = 1: the load is 2 later. So is the fetch, and at the
  // STLB it goes first: 120 + 2 + 40. The load's walk: 123 + 22 = 145, data 185. Further records
  // of the fetched block make no access: their instructions end in 3 + (1 + 797 - 1) / 4.
  const std::vector<TraceRecord> records = {load(kA, 9), of_kind(AccessKind::kFetch, load(kB, 0)),
                                            of_kind(AccessKind::kFetch, load(kB + 4, 797))};
  const Result r = run(machine, os, records);
  EXPECT_EQ(r.completions, (Cycles{185, 162}));
  EXPECT_EQ(r.cycles, 3U + 797U / 4);
}

}  // namespace
}  // namespace mmu::reference
