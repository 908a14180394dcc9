// Both laws of inclusion, over random accesses.
#include "testbench/module/mmu/inclusion_fixture.hpp"
#include "testbench/support/random_source.hpp"

namespace mmu::inclusion {
namespace {

/// Random accesses to 40 pages, many at a time; `check` after each.
class RandomInclusionTest : public InclusionTest {
 protected:
  static constexpr std::uint64_t kPages = 40;
  void play(const std::function<void(const HeldPage&)>& check) {
    params.dtlb.sector_pages = 2;
    params.stlb = {12, 4, 7, 1, 3, Replacement::kLru};
    map_pages(kPages);
    make();
    test::RandomSource random(1);
    Cycle cycle = 1;
    for (std::uint32_t id = 0; id < 400; ++id) {
      cycle += random.number(1, 30);
      const auto kind = random.chance(30) ? AccessKind::kFetch : AccessKind::kLoad;
      ask(cycle, id, kVa + random.number(0, kPages - 1) * kPage, kind);
      run_to(cycle);
      for (std::uint64_t i = 0; i < kPages; ++i) check(page(i));
    }
  }
};

TEST_F(RandomInclusionTest, AnInclusiveStlbHoldsAllThatTheFirstLevelHolds) {
  params.stlb_inclusion = Inclusion::kInclusive;
  play([this](const HeldPage& page) {
    const bool before = mmu().itlb().holds(page) || mmu().dtlb().holds(page);
    EXPECT_TRUE(!before || mmu().stlb().holds(page)) << std::hex << page.page.value();
  });
  EXPECT_GT(dtlb().back_invalidated, 5u);
}

TEST_F(RandomInclusionTest, AnExclusiveStlbHoldsNothingThatTheOneFirstLevelHolds) {
  params.stlb_inclusion = Inclusion::kExclusive;
  params.first_level = MmuParams::FirstLevel::kUnified;
  play([this](const HeldPage& page) {
    EXPECT_FALSE(mmu().dtlb().holds(page) && mmu().stlb().holds(page))
        << std::hex << page.page.value();
  });
  EXPECT_GT(stlb().moved, 30u);
  EXPECT_GT(stlb().victims, 100u);
}

class InclusionToldTest : public InclusionTest {
 protected:
  HeldTranslations stlb_told() {
    map_pages(1);
    make();
    return mmu().held().at(2);
  }
};

TEST_F(InclusionToldTest, ACheckerLearnsOfAnInclusiveStlb) {
  params.stlb_inclusion = Inclusion::kInclusive;
  const HeldTranslations told = stlb_told();
  EXPECT_EQ(told.name, "stlb");
  EXPECT_TRUE(told.includes);
  EXPECT_FALSE(told.excludes);
}

TEST_F(InclusionToldTest, AndOfAnExclusiveOneBehindOneFirstLevel) {
  params.stlb_inclusion = Inclusion::kExclusive;
  params.first_level = MmuParams::FirstLevel::kUnified;
  EXPECT_TRUE(stlb_told().excludes);
}

TEST_F(InclusionToldTest, BehindTwoBothMayHoldAPage) {
  params.stlb_inclusion = Inclusion::kExclusive;
  EXPECT_FALSE(stlb_told().excludes);
}

TEST_F(InclusionToldTest, APrefetchMayEnterWhatTheFirstLevelHolds) {
  params.stlb_inclusion = Inclusion::kExclusive;
  params.first_level = MmuParams::FirstLevel::kUnified;
  params.prefetch.kind = PrefetchParams::Kind::kNextPage;
  params.prefetch.target = PrefetchParams::Target::kStlb;
  EXPECT_FALSE(stlb_told().excludes);
}

}  // namespace
}  // namespace mmu::inclusion
