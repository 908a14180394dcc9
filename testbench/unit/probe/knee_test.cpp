// Measured from the outside, machines have the TLBs that they were given.
#include <gtest/gtest.h>

#include <algorithm>

#include "hw/common/page_sizes.hpp"
#include "sim/presets/resolve_machine.hpp"
#include "sim/probe/probe.hpp"
#include "sim/probe/tlb_path.hpp"

namespace mmu {
namespace {

/// Measures what accesses of one kind to pages of one size show, and compares.
void expect_configured(const MachineParams& machine, const TlbPath& path) {
  SCOPED_TRACE((path.kind == AccessKind::kFetch ? "fetches of " : "loads of ") +
               page_size_name(path.page_bytes));
  const std::uint64_t most_pages =
      std::min(kMostProbedPages, machine.os.memory_bytes / 2 / path.page_bytes);
  const MeasuredTlbs found = probe_tlbs(machine, path.accesses());
  for (std::size_t i = 0; i < found.levels.size(); ++i) {
    const MeasuredTlb& is = found.levels[i];
    const ConfiguredTlb& should = path.tlbs[i];
    SCOPED_TRACE(should.name);
    EXPECT_EQ(is.latency_cycles, should.latency_cycles);
    EXPECT_EQ(is.pages, std::min(should.pages, most_pages));
    EXPECT_EQ(is.or_more, should.pages >= most_pages);
    EXPECT_EQ(is.ways, is.or_more ? 0 : should.ways);
  }
  if (found.levels.back().or_more) return;
  ASSERT_EQ(found.levels.size(), path.tlbs.size());
  EXPECT_EQ(found.sector_pages, path.tlbs[0].sector_pages);
  EXPECT_GT(found.walk_cycles, 0u);
}

class KneeTest : public testing::TestWithParam<const char*> {};

// Each array of each level, for loads and fetches.
TEST_P(KneeTest, FindsReachSectorsWaysAndLatencies) {
  const MachineParams machine = resolve_machine(GetParam(), {});
  const std::vector<TlbPath> paths = tlb_paths(machine);
  ASSERT_GE(paths.size(), 4u);  // of two page sizes at least
  for (const TlbPath& path : paths) expect_configured(machine, path);
}
INSTANTIATE_TEST_SUITE_P(Presets, KneeTest,
                         testing::Values("research-baseline", "champsim-default", "skylake",
                                         "golden-cove", "zen2", "jaguar", "cortex-a53",
                                         "cortex-a55", "cortex-a72", "cortex-a76", "u74", "rocket",
                                         "cva6", "xiangshan"),
                         [](const auto& test) {
                           std::string name = test.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

// 512 pages, 2048 pages apart, would take 4 GiB: it asks for twice the ways first.
TEST(KneeOfAShortAddressSpace, IsFoundInIt) {
  const MachineParams machine =
      resolve_machine("rocket", {"mmu.format=sv32", "os.memory_bytes=268435456",
                                 "mmu.dtlb.entries=8", "mmu.dtlb.ways=0", "mmu.dtlb.sector_pages=1",
                                 "mmu.stlb.entries=2048", "mmu.stlb.ways=256"});
  const MeasuredTlbs found = probe_tlbs(machine, {AccessKind::kLoad, 4096, 2});
  EXPECT_EQ(found.levels[0].pages, 8u);
  EXPECT_EQ(found.levels[0].ways, 8u);
  EXPECT_EQ(found.levels[1].pages, 2048u);
  EXPECT_EQ(found.levels[1].ways, 256u);
}

TEST(KneeOfAThirdLevel, IsFoundBehindTheOthers) {
  MachineParams machine = resolve_machine("cortex-a53", {"mmu.first_level=unified"});
  machine.mmu.dtlb = {8, 0, 2, 0, 8, Replacement::kLru};
  machine.mmu.stlb = {64, 4, 7, 0, 8, Replacement::kLru};       // 16 sets
  machine.mmu.level3 = {1024, 8, 21, 0, 8, Replacement::kLru};  // 128 sets
  const std::vector<TlbPath> paths = tlb_paths(machine);
  EXPECT_EQ(paths.at(0).tlbs.size(), 3u);
  EXPECT_EQ(paths.back().kind, AccessKind::kFetch);
  EXPECT_EQ(paths.back().tlbs.at(0).name, "DTLB");  // there is no other
  for (const TlbPath& path : paths) expect_configured(machine, path);
}

// What reaches no further than the level before cannot be seen; its latency can.
TEST(TlbPaths, LeaveOutWhatCannotShow) {
  MachineParams machine = resolve_machine("cortex-a53", {});
  machine.mmu.dtlb = {64, 0, 2, 0, 8, Replacement::kLru};
  machine.mmu.stlb = {64, 4, 7, 0, 8, Replacement::kLru};
  machine.mmu.level3 = {512, 4, 21, 0, 8, Replacement::kLru};
  const TlbPath path = tlb_paths(machine).at(0);
  ASSERT_EQ(path.tlbs.size(), 2u);
  EXPECT_EQ(path.tlbs[1].name, "level 3");
  EXPECT_EQ(path.tlbs[1].latency_cycles, 28u);  // 7 + 21
  expect_configured(machine, path);
}

/// With each policy, and latencies and a number of sets that no preset has.
class KneeOfPolicy : public testing::TestWithParam<std::string> {};

TEST_P(KneeOfPolicy, IsTheSame) {
  MachineParams machine = resolve_machine("cortex-a53", {});
  machine.mmu.dtlb = {24, 4, 3, 0, 8, Replacement::kLru};   // 6 sets
  machine.mmu.stlb = {96, 2, 13, 0, 8, Replacement::kLru};  // 48 sets
  for (std::size_t i = 0; i < std::size(kReplacementNames); ++i) {
    if (kReplacementNames[i] != GetParam()) continue;
    machine.mmu.dtlb.replacement = machine.mmu.stlb.replacement = static_cast<Replacement>(i);
  }
  const MeasuredTlbs found = probe_tlbs(machine, {AccessKind::kLoad, 4096, 2});
  EXPECT_EQ(found.levels[0].pages, 24u);
  EXPECT_EQ(found.levels[0].ways, 4u);
  EXPECT_EQ(found.levels[0].latency_cycles, 3u);
  EXPECT_EQ(found.levels[1].pages, 96u);
  EXPECT_EQ(found.levels[1].ways, 2u);
  EXPECT_EQ(found.levels[1].latency_cycles, 13u);
}
INSTANTIATE_TEST_SUITE_P(Policies, KneeOfPolicy,
                         testing::Values("lru", "tree-plru", "bit-plru", "fifo", "nru", "srrip"),
                         [](const auto& test) {
                           std::string name = test.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace mmu
