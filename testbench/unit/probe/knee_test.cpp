// Measured from the outside, machines have the TLBs that they were given.
#include <gtest/gtest.h>

#include "sim/presets/resolve_machine.hpp"
#include "sim/probe/probe.hpp"

namespace mmu {
namespace {

std::uint64_t ways_of(const TlbParams& tlb) { return tlb.ways == 0 ? tlb.entries : tlb.ways; }

class KneeTest : public testing::TestWithParam<const char*> {};

TEST_P(KneeTest, FindsEntriesWaysAndLatencies) {
  const MachineParams machine = resolve_machine(GetParam(), {});
  const MeasuredTlbs found = probe_tlbs(machine);
  const TlbParams& dtlb = machine.mmu.dtlb;
  EXPECT_EQ(found.dtlb.entries, dtlb.entries * dtlb.sector_pages);  // pages are what it finds
  EXPECT_EQ(found.dtlb.ways, ways_of(dtlb));
  EXPECT_EQ(found.dtlb.latency_cycles, dtlb.latency_cycles);
  const TlbParams& stlb = machine.mmu.stlb;
  if (stlb.entries == 0) return;  // the step is a walk
  EXPECT_EQ(found.stlb.entries, stlb.entries);
  EXPECT_EQ(found.stlb.ways, ways_of(stlb));
  EXPECT_EQ(found.stlb.latency_cycles, stlb.latency_cycles);
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
  const MeasuredTlbs found = probe_tlbs(machine);
  EXPECT_EQ(found.dtlb.entries, 8u);
  EXPECT_EQ(found.dtlb.ways, 8u);
  EXPECT_EQ(found.stlb.entries, 2048u);
  EXPECT_EQ(found.stlb.ways, 256u);
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
  const MeasuredTlbs found = probe_tlbs(machine);
  EXPECT_EQ(found.dtlb.entries, 24u);
  EXPECT_EQ(found.dtlb.ways, 4u);
  EXPECT_EQ(found.dtlb.latency_cycles, 3u);
  EXPECT_EQ(found.stlb.entries, 96u);
  EXPECT_EQ(found.stlb.ways, 2u);
  EXPECT_EQ(found.stlb.latency_cycles, 13u);
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
