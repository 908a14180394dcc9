// What each prefetcher wants, by sequences of pages.
#include "hw/mmu/prefetchers.hpp"

#include <gtest/gtest.h>

#include "hw/link/translation.hpp"

namespace mmu {
namespace {

using Kind = PrefetchParams::Kind;
using Pages = std::vector<std::uint64_t>;

class PrefetcherTest : public testing::Test {
 protected:
  void make(Kind kind, std::uint32_t degree, std::uint32_t distance, unsigned page_shift = 12) {
    params.kind = kind;
    params.degree = degree;
    params.distance = distance;
    prefetcher_ = kPrefetchers[static_cast<unsigned>(kind)](params, page_shift);
    page_shift_ = page_shift;
  }
  Pages observe(std::uint64_t page, AccessKind kind = AccessKind::kLoad, Asid asid = 1,
                std::uint64_t pc = kPc) {
    std::vector<VirtAddr> wanted;
    prefetcher_->observe({VirtAddr(page << page_shift_ | 0x123), asid, kind, pc}, wanted);
    Pages pages;
    for (const VirtAddr va : wanted) pages.push_back(va.value() >> page_shift_);
    return pages;
  }
  /// By the instruction at `pc`.
  Pages observe_by(std::uint64_t pc, std::uint64_t page, Asid asid = 1) {
    return observe(page, AccessKind::kLoad, asid, pc);
  }
  /// Each of `pages`; what the last one makes it want.
  Pages observe_all(const Pages& pages) {
    Pages wanted;
    for (const std::uint64_t page : pages) wanted = observe(page);
    return wanted;
  }

  static constexpr std::uint64_t kPc = 0x1000;
  PrefetchParams params;

 private:
  std::unique_ptr<Prefetcher> prefetcher_;
  unsigned page_shift_ = 0;
};

TEST_F(PrefetcherTest, OffHasNone) { EXPECT_EQ(kPrefetchers[0], nullptr); }

TEST_F(PrefetcherTest, NextPageWantsThePagesBehind) {
  make(Kind::kNextPage, 1, 1);
  EXPECT_EQ(observe(10), Pages({11}));
  make(Kind::kNextPage, 3, 2);
  EXPECT_EQ(observe(10), Pages({12, 13, 14}));
}

TEST_F(PrefetcherTest, PagesAreThoseOfTheFormat) {
  make(Kind::kNextPage, 2, 1, 16);
  EXPECT_EQ(observe(10), Pages({11, 12}));
  make(Kind::kStride, 1, 1, 14);
  observe(10);
  observe(8);
  EXPECT_EQ(observe(6), Pages({4}));
}

TEST_F(PrefetcherTest, AStrideCountsWhenItComesTwiceInARow) {
  make(Kind::kStride, 2, 1);
  EXPECT_EQ(observe(10), Pages());
  EXPECT_EQ(observe(13), Pages());
  EXPECT_EQ(observe(16), Pages({19, 22}));
  EXPECT_EQ(observe(18), Pages());
  EXPECT_EQ(observe(20), Pages({22, 24}));
}

TEST_F(PrefetcherTest, AStrideMayGoDown) {
  make(Kind::kStride, 1, 2);
  observe(100);
  observe(95);
  EXPECT_EQ(observe(90), Pages({80}));
}

TEST_F(PrefetcherTest, TheSamePageAgainIsNoStride) {
  make(Kind::kStride, 1, 1);
  observe(10);
  observe(10);
  EXPECT_EQ(observe(10), Pages());
}

TEST_F(PrefetcherTest, FetchesAndDataHaveStridesOfTheirOwn) {
  make(Kind::kStride, 1, 1);
  observe(10);
  observe(500, AccessKind::kFetch);
  observe(12, AccessKind::kStore);
  observe(501, AccessKind::kFetch);
  EXPECT_EQ(observe(14), Pages({16}));
  EXPECT_EQ(observe(502, AccessKind::kFetch), Pages({503}));
}

TEST_F(PrefetcherTest, AnInstructionsStrideGoesOnWhenItComesASecondTime) {
  make(Kind::kArbitraryStride, 2, 1);
  EXPECT_EQ(observe(10), Pages());
  EXPECT_EQ(observe(13), Pages());
  EXPECT_EQ(observe(16), Pages({19, 22}));
  EXPECT_EQ(observe(19), Pages({22, 25}));
  make(Kind::kArbitraryStride, 2, 3);
  EXPECT_EQ(observe_all({100, 95, 90}), Pages({75, 70}));
}

TEST_F(PrefetcherTest, EachInstructionHasAStrideOfItsOwn) {
  make(Kind::kArbitraryStride, 1, 1);
  observe_by(0x1000, 10);
  observe_by(0x2000, 500);
  observe_by(TranslateRequest::kNoPc, 70);
  observe_by(0x1000, 12);
  observe_by(0x2000, 501);
  observe_by(TranslateRequest::kNoPc, 60);
  EXPECT_EQ(observe_by(0x1000, 14), Pages({16}));
  EXPECT_EQ(observe_by(0x2000, 502), Pages({503}));
  EXPECT_EQ(observe_by(TranslateRequest::kNoPc, 50), Pages({40}));
}

TEST_F(PrefetcherTest, OneWrongStrideIsForgivenAndTwoAreANewOne) {
  make(Kind::kArbitraryStride, 1, 1);
  EXPECT_EQ(observe_all({10, 13, 16}), Pages({19}));  // steady
  EXPECT_EQ(observe(17), Pages());                    // 1: initial, but still 3
  EXPECT_EQ(observe(20), Pages({23}));                // steady
  EXPECT_EQ(observe(21), Pages());                    // 1: initial
  EXPECT_EQ(observe(22), Pages());                    // 1: transient
  EXPECT_EQ(observe(23), Pages({24}));                // 1: steady
}

TEST_F(PrefetcherTest, AfterTwoWrongStridesAtFirstItTakesTwoRightOnes) {
  make(Kind::kArbitraryStride, 1, 1);
  EXPECT_EQ(observe_all({10, 11, 13}), Pages());  // 1: transient; 2: no prediction
  EXPECT_EQ(observe(16), Pages());                // 3: no prediction
  EXPECT_EQ(observe(19), Pages());                // 3: transient
  EXPECT_EQ(observe(22), Pages({25}));            // 3: steady
}

TEST_F(PrefetcherTest, TheSamePageAgainIsNoStrideOfAnInstructionEither) {
  make(Kind::kArbitraryStride, 1, 1);
  EXPECT_EQ(observe_all({10, 10, 10}), Pages());
}

TEST_F(PrefetcherTest, AnInstructionInAnotherAddressSpaceStartsAnew) {
  make(Kind::kArbitraryStride, 1, 1);
  observe(10);
  observe(12);
  EXPECT_EQ(observe_by(kPc, 14, 2), Pages());
  EXPECT_EQ(observe_by(kPc, 16, 2), Pages());
  EXPECT_EQ(observe_by(kPc, 18, 2), Pages({20}));
}

TEST_F(PrefetcherTest, TheInstructionNotUsedLongestIsForgotten) {
  params.table_entries = 2;
  make(Kind::kArbitraryStride, 1, 1);
  observe_by(0x1000, 10);
  observe_by(0x2000, 500);
  observe_by(0x1000, 12);
  observe_by(0x3000, 900);  // 0x2000 goes
  EXPECT_EQ(observe_by(0x1000, 14), Pages({16}));
  observe_by(0x2000, 501);  // 0x3000 goes
  observe_by(0x2000, 502);
  EXPECT_EQ(observe_by(0x2000, 503), Pages({504}));
}

// Two sets of one: bit 2 of the address chooses.
TEST_F(PrefetcherTest, InstructionsOfOneSetDisplaceEachOther) {
  params.table_entries = 2;
  params.table_ways = 1;
  make(Kind::kArbitraryStride, 1, 1);
  for (std::uint64_t i = 0; i < 2; ++i) {
    observe_by(0x1000, 10 + i);
    observe_by(0x1004, 500 + i);
  }
  EXPECT_EQ(observe_by(0x1000, 12), Pages({13}));
  observe_by(0x1008, 900);
  EXPECT_EQ(observe_by(0x1000, 13), Pages());
  EXPECT_EQ(observe_by(0x1004, 502), Pages({503}));
}

TEST_F(PrefetcherTest, ADistanceWantsWhatHasFollowedIt) {
  make(Kind::kDistance, 1, 1);
  EXPECT_EQ(observe_all({10, 11, 13}), Pages());
  EXPECT_EQ(observe(14), Pages({16}));  // 2 has followed 1
  EXPECT_EQ(observe(16), Pages({17}));  // 1 has followed 2
  EXPECT_EQ(observe(15), Pages());      // -1 is new
  EXPECT_EQ(observe(17), Pages({16}));  // -1 has followed 2
  EXPECT_EQ(observe(16), Pages({18}));  // 2 has followed -1
}

TEST_F(PrefetcherTest, SeveralFollowersAreWantedTheLastOneFirst) {
  make(Kind::kDistance, 2, 1);
  EXPECT_EQ(observe_all({0, 1, 3, 4, 9, 10}), Pages({15, 12}));  // 5 and 2 have followed 1
  EXPECT_EQ(observe_all({12, 13}), Pages({15, 18}));             // 2 and 5
  EXPECT_EQ(observe_all({20, 21}), Pages({28, 23}));             // 7 and 2; 5 is forgotten
}

TEST_F(PrefetcherTest, DistancesOfFetchesAndDataDoNotMix) {
  make(Kind::kDistance, 1, 1);
  observe_all({10, 11});
  observe(500, AccessKind::kFetch);
  EXPECT_EQ(observe(13), Pages());
  observe(700, AccessKind::kFetch);
  EXPECT_EQ(observe(14), Pages({16}));
  EXPECT_EQ(observe(701, AccessKind::kFetch), Pages({703})) << "what is learned is everybody's";
}

TEST_F(PrefetcherTest, BetweenAddressSpacesThereIsNoDistance) {
  make(Kind::kDistance, 1, 1);
  observe_all({10, 11, 13});
  EXPECT_EQ(observe_by(kPc, 14, 2), Pages());
  EXPECT_EQ(observe_by(kPc, 15, 2), Pages({17}));
}

TEST_F(PrefetcherTest, TheDistanceNotUsedLongestIsForgotten) {
  params.table_entries = 1;
  make(Kind::kDistance, 1, 1);
  EXPECT_EQ(observe_all({0, 1, 3, 4}), Pages({6}));  // 1 -> 2
  EXPECT_EQ(observe(7), Pages());                    // of 2 -> 1, then of 1 -> 3
  EXPECT_EQ(observe(8), Pages({11})) << "3 has followed 1";
  EXPECT_EQ(observe_all({11, 16, 17}), Pages());  // 3 -> 5 has displaced it
}

TEST_F(PrefetcherTest, AnotherAddressSpaceStartsAnew) {
  make(Kind::kStride, 1, 1);
  observe(10);
  observe(12);
  EXPECT_EQ(observe(14, AccessKind::kLoad, 2), Pages());
  EXPECT_EQ(observe(16, AccessKind::kLoad, 2), Pages());
  EXPECT_EQ(observe(18, AccessKind::kLoad, 2), Pages({20}));
}

}  // namespace
}  // namespace mmu
