// Main memory behind a scripted LLC, whatever models it.
#pragma once

#include <map>

#include "hw/dram/main_memory_module.hpp"
#include "testbench/support/kernel_test.hpp"
#include "testbench/support/memory_fakes.hpp"

namespace mmu {

class MainMemoryTest : public KernelTest {
 protected:
  explicit MainMemoryTest(std::uint64_t period_ps)
      : KernelTest(true, period_ps), llc_(timeline()) {}

  /// The memory under test, made at the first call.
  virtual MainMemoryModule& memory() = 0;

  void ask(Cycle cycle, std::uint32_t id, std::uint64_t line, MemoryOp op = MemoryOp::kRead) {
    MainMemoryModule& asked = memory();
    at(cycle, Rank::kLlc, [=, &asked] {
      const MemoryRequest request{cycle, id, op, false, PhysAddr(line * 64)};
      answers_.insert_or_assign(id, asked.in->access(request));
    });
  }
  void expect_now(std::uint32_t id, Cycle ready) {
    ASSERT_TRUE(answers_.at(id).is_now()) << id;
    EXPECT_EQ(answers_.at(id).at(), ready) << id;
    EXPECT_EQ(answers_.at(id).from(), Served::kMemory);
  }
  void expect_reply(std::uint32_t id, Cycle told, Cycle ready) {
    ASSERT_TRUE(answers_.at(id).is_later()) << id;
    const FakeRequester::Reply* reply = llc_.reply_to(id);
    ASSERT_NE(reply, nullptr) << id;
    EXPECT_EQ(reply->told, told) << id;
    EXPECT_EQ(reply->at, ready) << id;
    EXPECT_EQ(reply->from, Served::kMemory);
  }

  FakeRequester llc_;
  std::map<std::uint32_t, MemoryAnswer> answers_;
};

}  // namespace mmu
