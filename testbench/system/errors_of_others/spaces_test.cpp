// Errors of address spaces and page sizes that widely used simulators have: an MMU over page tables
// made by hand. The others are in cycles_test.cpp and mapping_test.cpp.
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000, kPa = 0x80'0000;
constexpr std::uint64_t kPage = 0x1000, kGlobal = 1 << 5;  // bit 5: G of RISC-V
constexpr Asid kOther = 2;

class ErrorsOfOthersSpaces : public MmuTest {
 protected:
  ErrorsOfOthersSpaces() {
    params.walk_cache.level1 = {4, 0};
    params.walk_cache.level2 = {4, 0};
  }
  /// The PA of `va` in `asid`, whose page table begins at `root`; 0 if it is no translation.
  std::uint64_t translate(std::uint64_t va, Asid asid, std::uint64_t root = kTables,
                          AccessKind kind = AccessKind::kLoad) {
    const Cycle cycle = cycle_ += 1000;
    const std::uint32_t id = ++id_;
    at(cycle, Rank::kIssue, [this, cycle, id, va, asid, root, kind] {
      control.root = PhysAddr(root);
      L1TlbModule& tlb = kind == AccessKind::kFetch ? mmu().itlb() : mmu().dtlb();
      const TranslateAnswer answer =
          tlb.in->translate({cycle, id, VirtAddr(va), asid, kind, true, false});
      if (answer.is_now()) core.add(id, answer.at, *answer.result);
    });
    run_to(cycle + 900);
    const FakeCore::Reply* reply = core.reply_to(id);
    if (reply == nullptr || reply->result.verdict != Verdict::kOk) return 0;
    shift_ = reply->result.to.page_shift;
    return reply->result.to.of(VirtAddr(va)).value();
  }
  void fence_now(const FenceScope& scope) {
    fence(cycle_ += 1000, scope);
    run_to(cycle_ + 900);
  }
  std::uint64_t walks() { return mmu().walker().stats().walks; }

  unsigned shift_ = 0;  ///< of the page that translate() has found

 private:
  Cycle cycle_ = 0;
  std::uint32_t id_ = 0;
};

TEST_F(ErrorsOfOthersSpaces, TwoProcessesNeverGetEachOthersDataWithoutAnyFlush) {
  constexpr std::uint64_t kRoot2 = 0x40'0000;
  for (std::uint64_t page = 0; page < 3; ++page) map(kVa + page * kPage, kPa + page * kPage);
  control.root = PhysAddr(kRoot2);
  for (std::uint64_t page = 0; page < 3; ++page) {
    map(kVa + page * kPage, 2 * kPa + page * kPage);
  }
  make();
  // First from memory; then from the DTLB, the STLB, and the walk cache alike.
  for (int round = 0; round < 4; ++round) {
    for (std::uint64_t page = 0; page < 3; ++page) {
      for (const AccessKind kind : {AccessKind::kLoad, AccessKind::kFetch}) {
        const std::uint64_t va = kVa + page * kPage + 8;
        EXPECT_EQ(translate(va, kAsid, kTables, kind), kPa + page * kPage + 8);
        EXPECT_EQ(translate(va, kOther, kRoot2, kind), 2 * kPa + page * kPage + 8);
      }
    }
    if (round == 1) fence_now({Asid{kOther}, std::nullopt, false});
  }
  EXPECT_GT(mmu().dtlb().stats().hits, 0u);
  EXPECT_GT(mmu().stlb().stats().hits, 0u);
  EXPECT_GT(mmu().walker().stats().cache_hits_level1, 0u);
}

// SFENCE.VMA (RISC-V privileged specification, 4.2.1): with an ASID global entries stay.
TEST_F(ErrorsOfOthersSpaces, FencesTimesEntriesGlobalPagesAreNeitherIgnoredNorLost) {
  struct Entry {
    const char* name;
    std::uint64_t va;
    Asid asid;
  };
  const Entry entries[] = {{"own", kVa, kAsid},
                           {"own, other page", kVa + kPage, kAsid},
                           {"other space", kVa, kOther},
                           {"global", kVa + 2 * kPage, kAsid},
                           {"global, other page", kVa + 3 * kPage, kAsid}};
  const VirtAddr page(kVa), global(kVa + 2 * kPage);
  const struct {
    const char* name;
    FenceScope scope;
    bool removes[5];
  } fences[] = {{"all", {}, {true, true, true, true, true}},
                {"ASID", {kAsid, std::nullopt, true}, {true, true, false, false, false}},
                {"address", {std::nullopt, page, true}, {true, false, true, false, false}},
                {"address and ASID", {kAsid, page, true}, {true, false, false, false, false}},
                {"address of a global page",
                 {std::nullopt, global, true},
                 {false, false, false, true, false}},
                {"the same and ASID", {kAsid, global, true}, {false, false, false, false, false}}};
  params.itlb = params.dtlb = {8, 8, 1, 0, 8, Replacement::kLru};
  for (std::uint64_t i = 0; i < 4; ++i) {
    const PhysAddr pte = map(kVa + i * kPage, kPa + i * kPage);
    if (i >= 2) bytes.store(pte, 8, bytes.load(pte, 8) | kGlobal);
  }
  make();
  for (const auto& fence : fences) {
    for (const Entry& entry : entries) ASSERT_NE(translate(entry.va, entry.asid), 0u);
    fence_now(fence.scope);
    for (std::size_t i = 0; i < 5; ++i) {
      const std::uint64_t before = walks();
      EXPECT_NE(translate(entries[i].va, entries[i].asid), 0u);
      EXPECT_EQ(walks() > before, fence.removes[i]) << fence.name << ": " << entries[i].name;
    }
    // A global page is everybody's: nobody walks for it twice.
    const std::uint64_t before = walks();
    EXPECT_NE(translate(kVa + 2 * kPage, kOther), 0u);
    EXPECT_EQ(walks(), before) << fence.name;
  }
}

TEST_F(ErrorsOfOthersSpaces, PagesOf4K64K2MAnd1GLiveInOneAddressSpace) {
  FormatOptions options;
  options.napot = true;
  const PageTableFormat format = with_options(*find_format("sv39"), options);
  control.format = &format;
  constexpr std::uint64_t k1G = 1 << 30, k2M = 2 << 20, k64K = 1 << 16;
  map(k1G, 0, 2);
  map(2 * k1G, k2M, 1);
  map(2 * k1G + k2M, kPa);
  // Svnapot: N (bit 63), and 1000 in the low bits of the frame number, in each of 16 entries.
  for (std::uint64_t i = 0; i < 16; ++i) {
    const PhysAddr pte = map(2 * k1G + k2M + k64K + i * kPage, 2 * kPa);
    bytes.store(pte, 8, bytes.load(pte, 8) | std::uint64_t{1} << 63 | std::uint64_t{8} << 10);
  }
  make();
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(translate(k1G + 0x1234'5678, kAsid), 0x1234'5678u);
    EXPECT_EQ(shift_, 30u);
    EXPECT_EQ(translate(2 * k1G + 0x1'2345, kAsid), k2M + 0x1'2345);
    EXPECT_EQ(shift_, 21u);
    EXPECT_EQ(translate(2 * k1G + k2M + 0x123, kAsid), kPa + 0x123);
    EXPECT_EQ(shift_, 12u);
    EXPECT_EQ(translate(2 * k1G + k2M + k64K + 0xABCD, kAsid), 2 * kPa + 0xABCD);
    EXPECT_EQ(shift_, 16u);
  }
  EXPECT_EQ(walks(), 4u) << "the second round hits, whatever the size";
  // And each is gone when any address of it is fenced.
  for (const std::uint64_t va :
       {k1G + 0x3FFF'F000, 2 * k1G + 0x1F'F000, 2 * k1G + k2M, 2 * k1G + k2M + k64K + 0xF000}) {
    fence_now({std::nullopt, VirtAddr(va), true});
    const std::uint64_t before = walks();
    EXPECT_NE(translate(va, kAsid), 0u);
    EXPECT_EQ(walks(), before + 1) << std::hex << va;
  }
}

}  // namespace
}  // namespace mmu
