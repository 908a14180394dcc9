// Memory with a fixed latency, behind a scripted LLC.
#include "hw/dram/fixed_memory_module.hpp"

#include "testbench/support/kernel_test.hpp"
#include "testbench/support/memory_fakes.hpp"

namespace mmu {
namespace {

class FixedMemoryTest : public KernelTest {
 protected:
  FixedMemoryTest() : llc_(timeline()) {}

  MemoryAnswer ask(FixedMemoryModule& memory, Cycle cycle, MemoryOp op = MemoryOp::kRead) {
    return memory.in->access({cycle, 1, op, false, PhysAddr(0)});
  }

  FakeRequester llc_;
};

DramParams fixed(std::uint32_t latency_ps, std::uint32_t line_ps) {
  DramParams params;
  params.fixed_ps = latency_ps;
  params.fixed_line_ps = line_ps;
  return params;
}

// Cycles of 400 ps: 10 begins at 4 ns; 10.1 ns later is 14.1, in cycle 36 (14.4).
TEST_F(FixedMemoryTest, TakesTheSameTimeForEachLine) {
  FixedMemoryModule memory("memory", fixed(10'100, 0), 400);
  memory.in_reply.bind(llc_);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(memory, 10).at(), 36u);
  EXPECT_EQ(ask(memory, 11, MemoryOp::kWrite).at(), 37u);
  EXPECT_EQ(memory.stats().reads, 3u);
  EXPECT_EQ(memory.stats().writes, 1u);
  EXPECT_EQ(memory.stats().queued, 0u);
}

// A line each 3 ns: the second begins at 7 ns, the third at 10; 20 ns later each is there. The
// fourth, at 13.2 (cycle 33), waits for nothing.
TEST_F(FixedMemoryTest, GivesAtMostOneLineInSoMuchTime) {
  FixedMemoryModule memory("memory", fixed(20'000, 3'000), 400);
  memory.in_reply.bind(llc_);
  EXPECT_EQ(ask(memory, 10).at(), 60u);                        // 24.0
  EXPECT_EQ(ask(memory, 10, MemoryOp::kWriteback).at(), 68u);  // 27.0
  EXPECT_EQ(ask(memory, 10).at(), 75u);                        // 30.0
  EXPECT_EQ(ask(memory, 33).at(), 83u);                        // 33.2
  EXPECT_EQ(memory.stats().queued, 2u);
}

}  // namespace
}  // namespace mmu
