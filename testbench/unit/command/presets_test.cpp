// The expected numbers are copied by hand from the sources that the presets name.
#include "sim/presets/presets.hpp"

#include <gtest/gtest.h>

#include "sim/presets/check_machine.hpp"
#include "sim/presets/resolve_machine.hpp"

namespace mmu {
namespace {

MachineParams preset(const std::string& name) { return resolve_machine(name, {}); }

/// entries, ways, latency, miss slots
void expect_tlb(const TlbParams& tlb, std::uint32_t entries, std::uint32_t ways,
                std::uint32_t latency, std::uint32_t slots) {
  EXPECT_EQ(tlb.entries, entries);
  EXPECT_EQ(tlb.ways, ways);
  EXPECT_EQ(tlb.latency_cycles, latency);
  EXPECT_EQ(tlb.miss_slots, slots);
}

/// From the root's side: L5, L4, L3, L2 in Intel's words.
void expect_walk_cache(const WalkCacheParams& cache, std::uint32_t l5, std::uint32_t l4,
                       std::uint32_t l3, std::uint32_t l2) {
  EXPECT_EQ(cache.level4.entries, l5);
  EXPECT_EQ(cache.level3.entries, l4);
  EXPECT_EQ(cache.level2.entries, l3);
  EXPECT_EQ(cache.level1.entries, l2);
}

void expect_cache(const CacheParams& cache, std::uint64_t kib, std::uint32_t ways,
                  std::uint32_t latency, std::uint32_t slots) {
  EXPECT_EQ(cache.size_bytes, kib * 1024);
  EXPECT_EQ(cache.ways, ways);
  EXPECT_EQ(cache.latency_cycles, latency);
  EXPECT_EQ(cache.miss_slots, slots);
}

void expect_champsim_memory(const MachineParams& machine) {
  EXPECT_EQ(machine.clock.period_ps, 250u);  // 4 GHz
  expect_cache(machine.cache.l1i, 32, 8, 4, 8);
  expect_cache(machine.cache.l1d, 48, 12, 5, 16);
  expect_cache(machine.cache.l2, 512, 8, 10, 32);
  expect_cache(machine.cache.llc, 2048, 16, 20, 64);
  EXPECT_EQ(machine.dram.clock_ps, 625u);  // 3200 MT/s
  EXPECT_EQ(machine.dram.channels, 1u);
  EXPECT_EQ(machine.dram.banks, 32u);  // 8 x 4
  EXPECT_EQ(machine.dram.t_cl, 24u);
  EXPECT_EQ(machine.dram.t_rcd, 24u);
  EXPECT_EQ(machine.dram.t_rp, 24u);
  EXPECT_EQ(machine.dram.t_ras, 52u);
}

TEST(Presets, AllPassTheCheckAndSayTheirSources) {
  for (const std::string& name : preset_names()) {
    const MachineParams machine = preset(name);
    EXPECT_TRUE(machine_problems(machine).empty()) << name;
    EXPECT_NE(machine.note.find("Assumed"), std::string::npos) << name;
  }
}

TEST(Presets, ResearchBaseline) {
  const MachineParams machine = preset("research-baseline");
  EXPECT_EQ(machine.name, "research-baseline");
  EXPECT_EQ(machine.mmu.format, "x86-64-5level");
  expect_tlb(machine.mmu.itlb, 64, 4, 1, 8);
  expect_tlb(machine.mmu.dtlb, 64, 4, 1, 8);
  expect_tlb(machine.mmu.stlb, 1536, 12, 8, 16);
  EXPECT_EQ(machine.mmu.stlb.replacement, Replacement::kLru);
  expect_walk_cache(machine.mmu.walk_cache, 1, 2, 8, 32);
  EXPECT_EQ(machine.mmu.walk_cache.latency_cycles, 1u);
  expect_champsim_memory(machine);
}

TEST(Presets, AMinorFaultOfTheBaselineTakesAboutAMicrosecond) {
  // A fault that zeroes a frame and writes one entry: 800 + 1900 + 1200 + 100 = 4000 cycles of 250
  // ps.
  const OsCostParams cost = preset("research-baseline").os.cost;
  EXPECT_EQ(
      (cost.trap_cycles + cost.fault_cycles + cost.zero_frame_cycles + cost.entry_cycles) * 250,
      1'000'000u);
}

TEST(Presets, ChampsimDefault) {
  const MachineParams machine = preset("champsim-default");
  expect_tlb(machine.mmu.itlb, 64, 4, 1, 8);
  expect_tlb(machine.mmu.dtlb, 64, 4, 1, 8);
  expect_tlb(machine.mmu.stlb, 1536, 12, 8, 16);
  expect_walk_cache(machine.mmu.walk_cache, 2, 4, 8, 32);
  EXPECT_EQ(machine.mmu.walker.count, 5u);
  EXPECT_EQ(machine.mmu.walker.reads_enter, WalkerParams::Reads::kL1d);
  expect_champsim_memory(machine);
  const OsCostParams& cost = machine.os.cost;
  EXPECT_EQ(cost.trap_cycles + cost.fault_cycles + cost.zero_frame_cycles + cost.entry_cycles +
                cost.table_cycles + cost.fence_cycles,
            200u);
}

TEST(Presets, Skylake) {
  const MachineParams machine = preset("skylake");
  EXPECT_EQ(machine.mmu.format, "x86-64-4level");
  EXPECT_EQ(machine.mmu.itlb.entries, 128u);
  EXPECT_EQ(machine.mmu.itlb.ways, 8u);
  EXPECT_EQ(machine.mmu.dtlb.entries, 64u);
  EXPECT_EQ(machine.mmu.dtlb.ways, 4u);
  EXPECT_EQ(machine.mmu.stlb.entries, 1536u);
  EXPECT_EQ(machine.mmu.stlb.ways, 12u);
  EXPECT_EQ(machine.mmu.stlb.latency_cycles, 9u);
  EXPECT_EQ(machine.mmu.walker.count, 2u);
  EXPECT_EQ(machine.mmu.walk_cache.level4.entries, 0u);  // four levels have no L5
}

TEST(Presets, Cva6IsAlsoRiscvSmall) {
  for (const char* name : {"cva6", "riscv-small"}) {
    const MachineParams machine = preset(name);
    EXPECT_EQ(machine.name, "cva6");
    EXPECT_EQ(machine.mmu.format, "sv39");
    EXPECT_EQ(machine.mmu.itlb.entries, 16u);
    EXPECT_EQ(machine.mmu.itlb.ways, 0u);
    EXPECT_EQ(machine.mmu.dtlb.entries, 16u);
    EXPECT_EQ(machine.mmu.dtlb.ways, 0u);
    EXPECT_EQ(machine.mmu.stlb.entries, 0u);
    EXPECT_FALSE(machine.mmu.walk_cache.enabled());
    EXPECT_EQ(machine.mmu.walker.count, 1u);
    EXPECT_EQ(machine.cache.l1i.size_bytes, 16u * 1024);
    EXPECT_EQ(machine.cache.l1i.ways, 4u);
    EXPECT_EQ(machine.cache.l1d.size_bytes, 32u * 1024);
    EXPECT_EQ(machine.cache.l1d.ways, 8u);
    EXPECT_EQ(machine.cache.l1d.line_bytes, 16u);
  }
}

}  // namespace
}  // namespace mmu
