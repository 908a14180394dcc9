#include "sim/presets/check_machine.hpp"

#include "testbench/unit/command/config_error.hpp"

namespace mmu {
namespace {

/// One machine that breaks one rule.
struct Case {
  const char* name;
  void (*spoil)(MachineParams&);
  const char* path;
  const char* text;
};

class EveryRule : public testing::TestWithParam<Case> {};

TEST_P(EveryRule, IsFoundAndNamed) {
  MachineParams machine;
  ASSERT_TRUE(machine_problems(machine).empty());
  GetParam().spoil(machine);
  const auto problems = machine_problems(machine);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].path, GetParam().path);
  EXPECT_EQ(problems[0].text, GetParam().text);
  EXPECT_EQ(config_error_of([&] { check_machine(machine); }), GetParam().text);
}

constexpr Case kCases[] = {
    {"TlbWays", [](MachineParams& m) { m.mmu.dtlb.ways = 5; }, "mmu.dtlb.ways",
     "mmu.dtlb.ways = 5 does not divide mmu.dtlb.entries = 64"},
    {"TlbWaysAboveEntries", [](MachineParams& m) { m.mmu.itlb.ways = 128; }, "mmu.itlb.ways",
     "mmu.itlb.ways = 128 does not divide mmu.itlb.entries = 64"},
    {"FirstLevelOff", [](MachineParams& m) { m.mmu.itlb.entries = 0; }, "mmu.itlb.entries",
     "mmu.itlb.entries = 0: a first-level TLB has at least 1 entry"},
    {"TlbTreePlru", [](MachineParams& m) { m.mmu.stlb.replacement = Replacement::kTreePlru; },
     "mmu.stlb.replacement",
     "mmu.stlb.replacement = tree-plru needs a power of two of ways; here a set has 12"},
    {"FullyAssociativeTreePlru",
     [](MachineParams& m) {
       m.mmu.dtlb.entries = 48;
       m.mmu.dtlb.ways = 0;
       m.mmu.dtlb.replacement = Replacement::kTreePlru;
     },
     "mmu.dtlb.replacement",
     "mmu.dtlb.replacement = tree-plru needs a power of two of ways; here a set has 48"},
    {"ArrayWays",
     [](MachineParams& m) {
       m.mmu.dtlb.page_sizes = "4K";
       m.mmu.dtlb.large = {32, 5, Replacement::kLru, "2M"};
     },
     "mmu.dtlb.large.ways", "mmu.dtlb.large.ways = 5 does not divide mmu.dtlb.large.entries = 32"},
    {"PageSizes", [](MachineParams& m) { m.mmu.itlb.page_sizes = "4K,2M"; }, "mmu.itlb.page_sizes",
     R"(mmu.itlb.page_sizes = 4K,2M is neither "all" nor a list of page sizes, as "4K+2M")"},
    {"PageSizeInTwoArrays", [](MachineParams& m) { m.mmu.stlb.huge.entries = 16; },
     "mmu.stlb.huge.page_sizes",
     "mmu.stlb.huge.page_sizes = 1G: mmu.stlb.page_sizes = all holds such pages already"},
    {"ArrayOfATlbThatIsOff",
     [](MachineParams& m) {
       m.mmu.stlb.entries = 0;
       m.mmu.stlb.large.entries = 4;
     },
     "mmu.stlb.large.entries",
     "mmu.stlb.large.entries = 4: mmu.stlb.entries = 0 switches this TLB off"},
    {"SectorPages", [](MachineParams& m) { m.mmu.dtlb.sector_pages = 6; }, "mmu.dtlb.sector_pages",
     "mmu.dtlb.sector_pages = 6: must be 1, 2, 4, 8 or 16 pages"},
    {"LargePageWays", [](MachineParams& m) { m.mmu.dtlb.large_page_ways = 5; },
     "mmu.dtlb.large_page_ways", "mmu.dtlb.large_page_ways = 5: a set has 4 ways"},
    {"SectorPagesOfTheLargeArray",
     [](MachineParams& m) {
       m.mmu.dtlb.large = {32, 4, Replacement::kLru, "2M", 3};
       m.mmu.dtlb.page_sizes = "4K";
     },
     "mmu.dtlb.large.sector_pages",
     "mmu.dtlb.large.sector_pages = 3: must be 1, 2, 4, 8 or 16 pages"},
    {"ExclusiveOfNothing",
     [](MachineParams& m) {
       m.mmu.stlb.entries = m.mmu.stlb.ways = 0;
       m.mmu.stlb_inclusion = Inclusion::kExclusive;
     },
     "mmu.stlb.inclusion", "mmu.stlb.inclusion = exclusive: mmu.stlb has no entries"},
    {"InclusiveOfOtherSizes",
     [](MachineParams& m) {
       m.mmu.itlb.page_sizes = m.mmu.stlb.page_sizes = "4K";
       m.mmu.stlb_inclusion = Inclusion::kInclusive;
     },
     "mmu.stlb.inclusion",
     "mmu.stlb.inclusion = inclusive: mmu.dtlb holds pages of a size that mmu.stlb does not hold"},
    {"SplitSecondLevelBehindAUnifiedFirst",
     [](MachineParams& m) {
       m.mmu.first_level = MmuParams::FirstLevel::kUnified;
       m.mmu.second_level = MmuParams::SecondLevel::kSplit;
     },
     "mmu.second_level",
     "mmu.second_level = split: mmu.first_level = unified does not tell fetches from data"},
    {"L2ItlbOfAUnifiedSecondLevel", [](MachineParams& m) { m.mmu.l2_itlb.entries = 512; },
     "mmu.l2_itlb.entries",
     "mmu.l2_itlb.entries = 512: mmu.second_level = unified has no TLB for fetches alone"},
    {"InclusionOfNoL2Itlb",
     [](MachineParams& m) { m.mmu.l2_itlb_inclusion = Inclusion::kExclusive; },
     "mmu.l2_itlb.inclusion",
     "mmu.l2_itlb.inclusion = exclusive: mmu.second_level = unified has no TLB for fetches alone"},
    {"PrefetchesOfFetchesIntoNoL2Itlb",
     [](MachineParams& m) {
       m.mmu.second_level = MmuParams::SecondLevel::kSplit;
       m.mmu.prefetch.kind = PrefetchParams::Kind::kNextPage;
       m.mmu.prefetch.target = PrefetchParams::Target::kStlb;
     },
     "mmu.prefetch.target",
     "mmu.prefetch.target = stlb: mmu.l2_itlb.entries = 0 switches the L2 ITLB off"},
    {"FourthLevelWithoutThird", [](MachineParams& m) { m.mmu.level4.entries = 64; },
     "mmu.level4.entries",
     "mmu.level4.entries = 64: there is no third level, mmu.level3.entries = 0"},
    {"WalkCacheWays", [](MachineParams& m) { m.mmu.walk_cache.level1.ways = 3; },
     "mmu.walk_cache.level1.ways",
     "mmu.walk_cache.level1.ways = 3 does not divide mmu.walk_cache.level1.entries = 32"},
    {"WalkCacheTreePlru",
     [](MachineParams& m) {
       m.mmu.walk_cache.level2.entries = 6;
       m.mmu.walk_cache.replacement = Replacement::kTreePlru;
     },
     "mmu.walk_cache.replacement",
     "mmu.walk_cache.replacement = tree-plru needs a power of two of ways; here a set has 6"},
    {"SharedWalkCacheWays",
     [](MachineParams& m) {
       m.mmu.walk_cache.organisation = WalkCacheParams::Organisation::kPteTagged;
       m.mmu.walk_cache.shared.ways = 3;
     },
     "mmu.walk_cache.shared.ways",
     "mmu.walk_cache.shared.ways = 3 does not divide mmu.walk_cache.shared.entries = 32"},
    {"SharedLine", [](MachineParams& m) { m.mmu.walker.shared_line_bytes = 48; },
     "mmu.walker.shared_line_bytes", "mmu.walker.shared_line_bytes = 48 is not a power of two"},
    {"SharedLineAboveLine", [](MachineParams& m) { m.mmu.walker.shared_line_bytes = 128; },
     "mmu.walker.shared_line_bytes",
     "mmu.walker.shared_line_bytes = 128 is more than cache.l1d.line_bytes = 64"},
    {"PrefetchIntoNoStlb",
     [](MachineParams& m) {
       m.mmu.prefetch.kind = PrefetchParams::Kind::kNextPage;
       m.mmu.prefetch.target = PrefetchParams::Target::kStlb;
       m.mmu.stlb.entries = m.mmu.stlb.ways = 0;
     },
     "mmu.prefetch.target",
     "mmu.prefetch.target = stlb: mmu.stlb.entries = 0 switches the STLB off"},
    {"PrefetchTable", [](MachineParams& m) { m.mmu.prefetch.table_ways = 3; },
     "mmu.prefetch.table_ways",
     "mmu.prefetch.table_ways = 3 does not divide mmu.prefetch.table_entries = 64"},
    {"FaultWithX86", [](MachineParams& m) { m.mmu.ad_update = AdUpdate::kFault; }, "mmu.ad_update",
     "mmu.ad_update = fault: with mmu.format = x86-64-4level accessed and dirty bits are set by "
     "hardware only"},
    {"Format", [](MachineParams& m) { m.mmu.format = "sv40"; }, "mmu.format",
     "mmu.format = \"sv40\": must be one of \"sv32\", \"sv39\", \"sv48\", \"sv57\", "
     "\"x86-64-4level\", \"x86-64-5level\", \"aarch64-4k\", \"aarch64-16k\", \"aarch64-64k\"; did "
     "you "
     "mean \"sv48\"?"},
    {"MemoryOfSv32", [](MachineParams& m) { m.mmu.format = "sv32"; }, "os.memory_bytes",
     "os.memory_bytes = 68719476736 is more than the 34 physical address bits of mmu.format = "
     "sv32 reach"},
    {"GiganticPages",
     [](MachineParams& m) {
       m.mmu.format = "aarch64-64k";
       m.os.gigantic_pages = true;
     },
     "os.gigantic_pages",
     "os.gigantic_pages = true: mmu.format = aarch64-64k has no pages of level 2"},
    {"ContiguousPages", [](MachineParams& m) { m.os.contiguous_pages = true; },
     "os.contiguous_pages",
     "os.contiguous_pages = true: mmu.format = x86-64-4level has no entries that form one page"},
    {"MemoryCoarsePages",
     [](MachineParams& m) {
       m.mmu.format = "aarch64-64k";
       m.os.memory_bytes += 4096;
     },
     "os.memory_bytes",
     "os.memory_bytes = 68719480832 is not a multiple of the page size, 65536 bytes"},
    {"LinesDiffer", [](MachineParams& m) { m.cache.l2.line_bytes = 128; }, "cache.l2.line_bytes",
     "cache.l2.line_bytes = 128 differs from cache.l1d.line_bytes = 64; all caches have the same "
     "line"},
    {"CacheSize", [](MachineParams& m) { m.cache.l1d.size_bytes = 48000; }, "cache.l1d.size_bytes",
     "cache.l1d.size_bytes = 48000 is not a multiple of ways x line_bytes = 768"},
    {"CacheTreePlru", [](MachineParams& m) { m.cache.l1d.replacement = Replacement::kTreePlru; },
     "cache.l1d.replacement",
     "cache.l1d.replacement = tree-plru needs a power of two of ways; here a set has 12"},
    {"FetchBlock", [](MachineParams& m) { m.cpu.fetch_block_bytes = 48; }, "cpu.fetch_block_bytes",
     "cpu.fetch_block_bytes = 48 is not a power of two"},
    {"FetchBlockAboveLine", [](MachineParams& m) { m.cpu.fetch_block_bytes = 128; },
     "cpu.fetch_block_bytes", "cpu.fetch_block_bytes = 128 is more than cache.l1i.line_bytes = 64"},
    {"Channels", [](MachineParams& m) { m.dram.channels = 3; }, "dram.channels",
     "dram.channels = 3 is not a power of two"},
    {"Ranks", [](MachineParams& m) { m.dram.ranks = 3; }, "dram.ranks",
     "dram.ranks = 3 is not a power of two"},
    {"Banks", [](MachineParams& m) { m.dram.banks = 12; }, "dram.banks",
     "dram.banks = 12 is not a power of two"},
    {"Rows", [](MachineParams& m) { m.dram.row_bytes = 3000; }, "dram.row_bytes",
     "dram.row_bytes = 3000 is not a power of two"},
    {"Refresh", [](MachineParams& m) { m.dram.t_refi = m.dram.t_rfc; }, "dram.t_rfc",
     "dram.t_rfc = 560 must be less than dram.t_refi = 560"},
    {"MemoryPages", [](MachineParams& m) { m.os.memory_bytes += 100; }, "os.memory_bytes",
     "os.memory_bytes = 68719476836 is not a multiple of the page size, 4096 bytes"},
    {"Range", [](MachineParams& m) { m.mmu.walker.count = 0; }, "mmu.walker.count",
     "mmu.walker.count = 0: must be 1..64 walkers"},
};
INSTANTIATE_TEST_SUITE_P(Machine, EveryRule, testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(CheckMachine, RowsHoldAtLeastALine) {
  MachineParams machine;
  for (CacheParams* cache :
       {&machine.cache.l1i, &machine.cache.l1d, &machine.cache.l2, &machine.cache.llc}) {
    cache->line_bytes = 128;
  }
  machine.dram.row_bytes = 64;
  EXPECT_EQ(config_error_of([&] { check_machine(machine); }),
            "dram.row_bytes = 64 is less than cache.llc.line_bytes = 128");
}

TEST(CheckMachine, AllowsAnStlbSwitchedOffAndNoRefresh) {
  MachineParams machine;
  machine.mmu.stlb.entries = 0;
  machine.dram.t_refi = 0;
  EXPECT_TRUE(machine_problems(machine).empty());
}

TEST(CheckMachine, SaysAllProblemsAtOnce) {
  MachineParams machine;
  machine.mmu.itlb.ways = 5;
  machine.dram.banks = 3;
  EXPECT_EQ(config_error_of([&] { check_machine(machine); }),
            "mmu.itlb.ways = 5 does not divide mmu.itlb.entries = 64\n"
            "dram.banks = 3 is not a power of two");
}

}  // namespace
}  // namespace mmu
