// The short form of a request to a cache, hit(): it does all that access() does for a hit, and
// nothing at all for anything else. Line 0 is asked for in 5 and there in 18: 5 + 3 + 10.
#include "testbench/module/memory/cache_fixture.hpp"

namespace mmu {
namespace {

class CachePlainHitTest : public CacheModuleTest {
 protected:
  Cycle ask_shortly(Cycle cycle, std::uint64_t line, bool write = false) {
    Cycle answered = 0;
    at(cycle, Rank::kL1d,
       [&, this] { answered = cache().in[0]->hit(cycle, PhysAddr(line * 64 + 8), write); });
    run_to(cycle);
    return answered;
  }
};

TEST_F(CachePlainHitTest, IsOneFromTheCycleOnInWhichTheLineIsThere) {
  ask(5, 1, 0);
  EXPECT_EQ(ask_shortly(14, 0), 0u);  // 14 + 3 = 17
  EXPECT_EQ(cache().stats().accesses, 1u) << "nothing may have happened";
  EXPECT_EQ(ask_shortly(15, 0), 18u);
  EXPECT_EQ(cache().stats().accesses, 2u);
  EXPECT_EQ(cache().stats().hits, 1u);
  EXPECT_EQ(ask_shortly(20, 2), 0u) << "another line";
}

TEST_F(CachePlainHitTest, MarksTheLineAsUsedAndAsDirty) {
  ask(5, 1, 0);
  ask(30, 2, 2);  // the same set
  EXPECT_EQ(ask_shortly(50, 0, /*write=*/true), 53u);
  ask(60, 3, 4);  // displaces line 2, which is clean
  run_to(80);
  EXPECT_EQ(cache().stats().writebacks_out, 0u);
  EXPECT_EQ(ask_shortly(81, 4), 84u);
  ask(90, 4, 6);  // displaces line 0
  run_to(120);
  EXPECT_EQ(cache().stats().writebacks_out, 1u);
}

TEST_F(CachePlainHitTest, WaitsForItsPort) {
  params_.lookups_per_cycle = 1;
  ask(5, 1, 0);
  at(30, Rank::kL1d, [this] {
    EXPECT_EQ(cache().in[0]->hit(30, PhysAddr(0), false), 33u);
    EXPECT_EQ(cache().in[0]->hit(30, PhysAddr(0), false), 34u);  // looked up in 31
  });
  run_to(30);
  EXPECT_EQ(ask_shortly(31, 0), 35u);  // 31 is used
}

TEST_F(CachePlainHitTest, IsTheSameForPoliciesThatDoNotStamp) {
  params_.replacement = Replacement::kTreePlru;
  ask(5, 1, 0);
  ask(30, 2, 2);
  EXPECT_EQ(ask_shortly(50, 0), 53u);
  ask(60, 3, 4);  // the colder half is line 2's
  EXPECT_EQ(ask_shortly(80, 0), 83u);
  EXPECT_EQ(ask_shortly(81, 2), 0u);
}

}  // namespace
}  // namespace mmu
