// A cache between two scripted requesters and a fake memory.
#pragma once

#include <map>
#include <memory>

#include "hw/cache/cache_module.hpp"
#include "testbench/support/kernel_test.hpp"
#include "testbench/support/memory_fakes.hpp"

namespace mmu {

/// The cache is an L2 of 2 sets of 2 lines of 64 bytes (lines 0, 2, 4 ... share a set), latency 3,
/// 2 miss slots. Memory answers now, 10 cycles later. Requesters ask in the turn of the L1D.
class CacheModuleTest : public KernelTest {
 protected:
  CacheModuleTest() : low_(timeline()), high_(timeline()) {
    params_.size_bytes = 256;
    params_.ways = 2;
    params_.line_bytes = 64;
    params_.latency_cycles = 3;
    params_.miss_slots = 2;
  }

  /// Called by the first ask(), so that a test can turn knobs before.
  CacheModule& cache() {
    if (!cache_) {
      cache_ =
          std::make_unique<CacheModule>("l2", params_, Served::kL2, Rank::kL2, 2, 1, timeline());
      cache_->in_reply[0].bind(low_);
      cache_->in_reply[1].bind(high_);
      cache_->next.bind(memory_);
    }
    return *cache_;
  }

  /// Asks for line `line` in `cycle`; the answer goes to answers_[id].
  void ask(Cycle cycle, std::uint32_t id, std::uint64_t line, MemoryOp op = MemoryOp::kRead,
           unsigned requester = 0, bool pte = false) {
    CacheModule& asked = cache();
    at(cycle, Rank::kL1d, [=, &asked] {
      const MemoryRequest request{cycle, id, op, pte, PhysAddr(line * 64 + 8)};
      answers_.insert_or_assign(id, asked.in[requester]->access(request));
    });
  }
  void write(Cycle cycle, std::uint32_t id, std::uint64_t line) {
    ask(cycle, id, line, MemoryOp::kWrite);
  }
  void write_back(Cycle cycle, std::uint32_t id, std::uint64_t line, unsigned requester = 0) {
    ask(cycle, id, line, MemoryOp::kWriteback, requester);
  }
  /// Memory answers the request of `slot` in `cycle` (in its own turn) for cycle `ready`.
  void answer(Cycle cycle, std::uint32_t slot, Cycle ready, Served from = Served::kMemory) {
    CacheModule& asked = cache();
    at(cycle, Rank::kDram, [=, &asked] { asked.next_reply->accessed(slot, ready, from); });
  }

  void expect_now(std::uint32_t id, Cycle ready, Served from) {
    ASSERT_EQ(answers_.count(id), 1u) << "request " << id << " was not made";
    const MemoryAnswer& got = answers_.at(id);
    ASSERT_TRUE(got.is_now()) << "request " << id;
    EXPECT_EQ(got.at(), ready) << "request " << id;
    EXPECT_EQ(got.from(), from) << "request " << id;
  }
  void expect_refused(std::uint32_t id, Cycle retry_at) {
    ASSERT_EQ(answers_.count(id), 1u) << "request " << id << " was not made";
    ASSERT_TRUE(answers_.at(id).is_refused()) << "request " << id;
    EXPECT_EQ(answers_.at(id).retry_at(), retry_at) << "request " << id;
  }
  static void expect_reply(const FakeRequester& to, std::uint32_t id, Cycle told, Cycle ready,
                           Served from) {
    const FakeRequester::Reply* reply = to.reply_to(id);
    ASSERT_NE(reply, nullptr) << "no reply to request " << id;
    EXPECT_EQ(reply->told, told) << "request " << id;
    EXPECT_EQ(reply->at, ready) << "request " << id;
    EXPECT_EQ(reply->from, from) << "request " << id;
  }

  CacheParams params_;
  FakeRequester low_, high_;  ///< requesters 0 and 1
  FakeMemory memory_{10};
  std::map<std::uint32_t, MemoryAnswer> answers_;

 private:
  std::unique_ptr<CacheModule> cache_;
};

}  // namespace mmu
