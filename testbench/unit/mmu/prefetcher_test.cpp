// What each prefetcher wants, by sequences of pages.
#include "hw/mmu/prefetcher.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

using Kind = PrefetchParams::Kind;
using Pages = std::vector<std::uint64_t>;

class PrefetcherTest : public testing::Test {
 protected:
  void make(Kind kind, std::uint32_t degree, std::uint32_t distance, unsigned page_shift = 12) {
    PrefetchParams params;
    params.kind = kind;
    params.degree = degree;
    params.distance = distance;
    prefetcher_ = kPrefetchers[static_cast<unsigned>(kind)](params, page_shift);
    page_shift_ = page_shift;
  }
  Pages observe(std::uint64_t page, AccessKind kind = AccessKind::kLoad, Asid asid = 1) {
    std::vector<VirtAddr> wanted;
    prefetcher_->observe({VirtAddr(page << page_shift_ | 0x123), asid, kind, false}, wanted);
    Pages pages;
    for (const VirtAddr va : wanted) pages.push_back(va.value() >> page_shift_);
    return pages;
  }

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
