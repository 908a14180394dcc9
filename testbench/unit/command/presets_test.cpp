// The expected numbers are copied by hand from the sources that the presets name.
#include "sim/presets/presets.hpp"

#include <gtest/gtest.h>

#include "sim/presets/check_machine.hpp"
#include "sim/presets/resolve_machine.hpp"

namespace mmu {
namespace {

MachineParams preset(const std::string& name) { return resolve_machine(name, {}); }

/// entries, ways, latency, miss slots
void expect_array(const TlbArrayParams& array, std::uint32_t entries, std::uint32_t ways,
                  const std::string& page_sizes) {
  EXPECT_EQ(array.entries, entries);
  EXPECT_EQ(array.ways, ways);
  EXPECT_EQ(array.page_sizes, page_sizes);
}

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
    EXPECT_FALSE(machine.source.empty()) << name;
    EXPECT_FALSE(machine.trust.empty()) << name;
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
  EXPECT_EQ(machine.mmu.itlb.page_sizes, "4K");
  EXPECT_EQ(machine.mmu.dtlb.page_sizes, "4K");
  EXPECT_EQ(machine.mmu.stlb.page_sizes, "4K+2M");
  expect_array(machine.mmu.itlb.large, 8, 0, "2M");
  expect_array(machine.mmu.dtlb.large, 32, 4, "2M");
  expect_array(machine.mmu.dtlb.huge, 4, 0, "1G");
  expect_array(machine.mmu.stlb.huge, 16, 4, "1G");
  EXPECT_EQ(machine.mmu.walker.count, 2u);
  EXPECT_EQ(machine.mmu.walk_cache.level4.entries, 0u);  // four levels have no L5
}

TEST(Presets, ArraysForLargePages) {
  const MmuParams golden_cove = preset("golden-cove").mmu;
  expect_array(golden_cove.itlb.large, 32, 4, "2M");
  expect_array(golden_cove.dtlb.large, 32, 4, "2M");
  expect_array(golden_cove.dtlb.huge, 8, 0, "1G");
  EXPECT_EQ(golden_cove.stlb.page_sizes, "4K+2M");
  EXPECT_EQ(golden_cove.stlb.large_page_ways * (2048 / 16), 1024u);
  const MmuParams jaguar = preset("jaguar").mmu;
  expect_array(jaguar.itlb.large, 8, 0, "2M");
  expect_array(jaguar.dtlb.large, 8, 0, "2M");
  expect_array(jaguar.stlb.large, 256, 2, "2M");
  EXPECT_EQ(jaguar.dtlb.page_sizes, "4K");
  EXPECT_EQ(preset("zen2").mmu.dtlb.page_sizes, "all");
  EXPECT_EQ(preset("zen2").mmu.stlb.page_sizes, "4K+2M");
  EXPECT_EQ(jaguar.l2_itlb.page_sizes, "4K");
  const MmuParams rocket = preset("rocket").mmu;
  for (const TlbParams* tlb : {&rocket.itlb, &rocket.dtlb}) {
    EXPECT_EQ(tlb->sector_pages, 4u);
    expect_array(tlb->large, 4, 0, "2M+1G");
  }
  EXPECT_EQ(preset("xiangshan").mmu.itlb.sector_pages, 8u);
  expect_array(preset("xiangshan").mmu.stlb.large, 16, 0, "2M+1G+512G");
}

/// What a row of the sources says of TLBs: entries and ways (0: fully associative) of each.
struct Row {
  const char* name;
  const char* format;
  std::uint32_t itlb, itlb_ways, dtlb, dtlb_ways, stlb, stlb_ways, walkers;
  std::uint32_t level3, level2, level1;  ///< of the walk cache
  const char* source;                    ///< part of it
};

class KnownNumbers : public testing::TestWithParam<Row> {};

TEST_P(KnownNumbers, AreThoseOfTheSource) {
  const Row& row = GetParam();
  const MachineParams machine = preset(row.name);
  EXPECT_EQ(machine.name, row.name);
  EXPECT_EQ(machine.mmu.format, row.format);
  EXPECT_EQ(machine.mmu.itlb.entries, row.itlb);
  EXPECT_EQ(machine.mmu.itlb.ways, row.itlb_ways);
  EXPECT_EQ(machine.mmu.dtlb.entries, row.dtlb);
  EXPECT_EQ(machine.mmu.dtlb.ways, row.dtlb_ways);
  EXPECT_EQ(machine.mmu.stlb.entries, row.stlb);
  EXPECT_EQ(machine.mmu.stlb.ways, row.stlb_ways);
  EXPECT_EQ(machine.mmu.walker.count, row.walkers);
  expect_walk_cache(machine.mmu.walk_cache, 0, row.level3, row.level2, row.level1);
  EXPECT_NE(machine.source.find(row.source), std::string::npos) << machine.source;
  EXPECT_EQ(machine.mmu.mode, MmuParams::Mode::kNormal);
}

// Assumed: five walkers, and walk caches of 2, 8 and 32 pointers, where no source says.
constexpr Row kRows[] = {
    {"golden-cove", "x86-64-4level", 256, 8, 96, 6, 2048, 16, 4, 2, 8, 32, "i9-12900"},
    {"zen2", "x86-64-4level", 64, 0, 64, 0, 2048, 16, 2, 2, 8, 32, "WikiChip"},
    {"jaguar", "x86-64-4level", 32, 0, 40, 0, 512, 4, 5, 0, 0, 16, "52128"},
    {"cortex-a53", "aarch64-4k", 10, 0, 10, 0, 512, 4, 5, 0, 0, 0, "Stratix 10"},
    {"cortex-a55", "aarch64-4k", 15, 0, 16, 0, 1024, 4, 5, 0, 0, 0, "Agilex 5"},
    {"cortex-a72", "aarch64-4k", 48, 0, 32, 0, 1024, 4, 5, 2, 8, 32, "100095"},
    {"cortex-a76", "aarch64-4k", 48, 0, 48, 0, 1280, 5, 5, 2, 8, 32, "Agilex 5"},
    {"u74", "sv39", 40, 0, 40, 0, 512, 4, 5, 0, 8, 32, "fu740"},
    {"rocket", "sv39", 8, 0, 8, 0, 0, 0, 1, 0, 0, 0, "RTL"},
    {"xiangshan", "sv48", 48, 0, 48, 0, 2048, 4, 7, 16, 16, 64, "RTL"},
};
INSTANTIATE_TEST_SUITE_P(Presets, KnownNumbers, testing::ValuesIn(kRows), [](const auto& test) {
  std::string name = test.param.name;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

TEST(Presets, TheSecondLevelsOfAmdAreSplit) {
  for (const auto& [name, ways] : {std::pair{"zen2", 8U}, std::pair{"jaguar", 4U}}) {
    const MmuParams mmu = preset(name).mmu;
    EXPECT_TRUE(mmu.splits_second_level()) << name;
    EXPECT_EQ(mmu.l2_itlb.entries, 512u) << name;
    EXPECT_EQ(mmu.l2_itlb.ways, ways) << name;
  }
  EXPECT_FALSE(preset("skylake").mmu.splits_second_level());
}

TEST(Presets, LatenciesThatASourceGives) {
  EXPECT_EQ(preset("golden-cove").mmu.dtlb.latency_cycles, 1u);
  EXPECT_EQ(preset("golden-cove").mmu.stlb.latency_cycles, 8u);
  EXPECT_EQ(preset("cortex-a76").mmu.itlb.latency_cycles, 1u);
  EXPECT_EQ(preset("cortex-a76").mmu.dtlb.latency_cycles, 1u);
}

TEST(Presets, TheWalkCachesOfA53AndA55AreUnified) {
  for (const char* name : {"cortex-a53", "cortex-a55"}) {
    const WalkCacheParams cache = preset(name).mmu.walk_cache;
    EXPECT_EQ(cache.organisation, WalkCacheParams::Organisation::kUnified) << name;
    EXPECT_EQ(cache.shared.entries, 64u) << name;
    EXPECT_EQ(cache.shared.ways, 4u) << name;
  }
}

TEST(Presets, TheWalkCacheOfRocketIsAPteCache) {
  const WalkCacheParams cache = preset("rocket").mmu.walk_cache;
  EXPECT_EQ(cache.organisation, WalkCacheParams::Organisation::kPteTagged);
  EXPECT_EQ(cache.shared.entries, 8u);
  EXPECT_EQ(cache.shared.ways, 0u);
}

TEST(Presets, SayWhatTheyCannotExpress) {
  const auto not_expressed = [](const std::string& name) {
    const std::string note = preset(name).note;
    return note.find("Not expressed") == std::string::npos
               ? std::string()
               : note.substr(note.find("Not expressed"));
  };
  EXPECT_EQ(not_expressed("golden-cove"), "");
  EXPECT_NE(not_expressed("zen2").find("PDEs in the L2 DTLB"), std::string::npos);
  EXPECT_EQ(not_expressed("jaguar"), "");
  EXPECT_EQ(not_expressed("rocket"), "");
  EXPECT_NE(not_expressed("xiangshan").find("a DTLB each"), std::string::npos);
  for (const char* name : {"cortex-a53", "cortex-a55"}) {
    EXPECT_NE(not_expressed(name).find("IPA cache"), std::string::npos) << name;
  }
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
