// The fixture of tests around an MMU: a page table made by hand, a core and a memory played by the
// test.
#pragma once

#include <map>

#include "hw/common/sparse_memory.hpp"
#include "hw/mmu/mmu_module.hpp"
#include "testbench/support/hand_made_table.hpp"
#include "testbench/support/kernel_test.hpp"
#include "testbench/support/memory_fakes.hpp"

namespace mmu {

/// A core that writes down what it is told.
class FakeCore : public TranslateReplyIf {
 public:
  struct Reply {
    std::uint32_t id;
    Cycle at;
    TranslateResult result;
    Story story;
  };

  void translated(std::uint32_t id, Cycle at, const TranslateResult& result) override {
    add(id, at, result);
  }
  void translate_room(Cycle at) override { rooms.push_back(at); }
  void add(std::uint32_t id, Cycle at, const TranslateResult& result) {
    replies.push_back({id, at, result, result.story != nullptr ? *result.story : Story{}});
  }

  /// The reply to request `id`; nullptr if there is none.
  const Reply* reply_to(std::uint32_t id) const {
    for (const Reply& reply : replies) {
      if (reply.id == id) return &reply;
    }
    return nullptr;
  }

  std::vector<Reply> replies;
  std::vector<std::uint32_t> refused;
  std::vector<Cycle> rooms;
};

/// Memory in which one place may be broken: accesses of hardware there are answered with an error.
class BreakableMemory : public PhysicalMemory {
 public:
  explicit BreakableMemory(std::uint64_t size_bytes) : bytes_(size_bytes) {}

  std::uint64_t size_bytes() const override { return bytes_.size_bytes(); }
  std::uint64_t load(PhysAddr address, unsigned bytes) const override {
    return bytes_.load(address, bytes);
  }
  void store(PhysAddr address, unsigned bytes, std::uint64_t value) override {
    bytes_.store(address, bytes, value);
  }
  bool permits(PhysAddr address, unsigned, bool) const override { return address != broken; }

  PhysAddr broken{~std::uint64_t{0}};

 private:
  SparseMemory bytes_;
};

/// Sv39, everything small: DTLB 4 entries, 1 cycle, 8 miss slots; STLB 16 entries, 7 cycles, 8
/// slots; walk cache off; 1 walker; PTE reads take 10 cycles. A test changes `params` before
/// make().
class MmuTest : public KernelTest {
 protected:
  static constexpr Asid kAsid = 1;
  static constexpr std::uint64_t kTables = 0x10'0000;  ///< page-table pages from here on

  MmuTest() {
    params.format = "sv39";
    params.itlb = params.dtlb = {4, 4, 1, 0, 8, Replacement::kLru};
    params.stlb = {16, 4, 7, 0, 8, Replacement::kLru};
    params.walk_cache = {{}, {}, {}, {}, 1};
    params.walker = {1, 8, WalkerParams::Reads::kL1d};
    control = {find_format("sv39"), PhysAddr(kTables), kAsid, AdUpdate::kHardware};
  }

  /// Builds the MMU; to be called once, before anything is asked.
  void make() {
    mmu_ = std::make_unique<MmuModule>("mmu", params, control, bytes, 1, timeline());
    mmu_->itlb().in_reply.bind(core);
    mmu_->dtlb().in_reply.bind(core);
    mmu_->walker().memory.bind(memory);
  }
  MmuModule& mmu() { return *mmu_; }

  /// Maps the page of `va` at `level` (0: 4 KiB, 1: 2 MiB), making tables as needed; returns the
  /// address of its PTE. Readable and executable; A is set.
  PhysAddr map(std::uint64_t va, std::uint64_t pa, unsigned level = 0, bool write = true,
               bool accessed = true, bool dirty = true) {
    return table_.map(control, va, pa, level, {true, write, true, true}, accessed, dirty);
  }

  /// Asks in the turn of issue of `cycle`, for the instruction at address `id`; a refusal is
  /// written down and not repeated.
  void ask(Cycle cycle, std::uint32_t id, std::uint64_t va, AccessKind kind = AccessKind::kLoad,
           bool may_set_dirty = true) {
    at(cycle, Rank::kIssue, [this, cycle, id, va, kind, may_set_dirty] {
      auto& in = kind == AccessKind::kFetch ? mmu().fetches_in() : mmu().data_in();
      const TranslateAnswer answer =
          in->translate({cycle, id, VirtAddr(va), kAsid, kind, may_set_dirty, false, {}, id});
      if (answer.is_now()) core.add(id, answer.at, *answer.result);
      if (answer.is_refused()) core.refused.push_back(id);
    });
  }
  void fence(Cycle cycle, const FenceScope& scope) {
    at(cycle, Rank::kFence, [this, scope] { mmu().fence(scope); });
  }

  /// Request `id` is answered for `cycle`, and not known a cycle before `known` is over.
  void expect_answer(std::uint32_t id, Cycle cycle, Cycle known) {
    run_to(known - 1);
    EXPECT_EQ(core.reply_to(id), nullptr) << "one cycle early";
    run_to(known);
    ASSERT_NE(core.reply_to(id), nullptr) << "not answered in " << known;
    EXPECT_EQ(core.reply_to(id)->at, cycle);
  }
  void expect_answer(std::uint32_t id, Cycle cycle) { expect_answer(id, cycle, cycle); }

  MmuParams params;
  TranslationControl control;
  BreakableMemory bytes{std::uint64_t{1} << 30};
  FakeCore core;
  FakeMemory memory{10};

 private:
  HandMadeTable table_{bytes, PhysAddr(kTables)};
  std::unique_ptr<MmuModule> mmu_;
};

}  // namespace mmu
