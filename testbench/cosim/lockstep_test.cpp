// The walkers of whole machines with an RTL walker beside each: no difference where there is none,
// and each one found where one is planted.
#include <gtest/gtest.h>

#include "hw/arch/errors.hpp"
#include "hw/rtl/lockstep.hpp"
#include "testbench/support/checked_run.hpp"
#include "testbench/support/random_machine.hpp"
#include "testbench/support/random_program.hpp"

namespace mmu::test {
namespace {

struct Ended {
  RunResult result;
  LockstepOutcome outcome;
};

RunOptions fenced_options(std::uint64_t seed) {
  RandomSource random(seed);
  RunOptions options;
  std::uint64_t at = 0;
  for (int i = 0; i < 50; ++i) {
    at += random.between(1, 1500);
    options.fences.push_back({at, random_fence(random, seed)});
  }
  return options;
}

/// The random machine of `seed` as one that lockstep can be had for, with `walkers` of them.
MachineParams machine_of(std::uint64_t seed, const std::string& format, std::uint32_t walkers) {
  MachineParams machine = random_machine(seed);
  machine.mmu.format = format;
  // Made for the page sizes of another format.
  machine.mmu.l2_itlb_inclusion = machine.mmu.stlb_inclusion = Inclusion::kNeither;
  machine.mmu.level3_inclusion = machine.mmu.level4_inclusion = Inclusion::kNeither;
  machine.mmu.mode = MmuParams::Mode::kNormal;
  machine.mmu.walker.count = walkers;
  machine.mmu.walker.model = WalkerParams::Model::kLockstep;
  machine.mmu.prefetch.kind = PrefetchParams::Kind::kOff;
  if (machine.mmu.walk_cache.organisation == WalkCacheParams::Organisation::kPteTagged) {
    machine.mmu.walk_cache.organisation = WalkCacheParams::Organisation::kUnified;
  }
  return machine;
}

Ended run(const MachineParams& machine, std::uint64_t seed, std::uint64_t records,
          const Lockstep::Maker& maker = make_ptw) {
  Ended ended;
  RandomProgram program(seed, records);
  RunOptions options = fenced_options(seed);
  options.watch_walkers = [&](const PageTableFormat& format, std::uint32_t walkers) {
    return std::make_unique<Lockstep>(format, walkers, maker, ended.outcome);
  };
  ended.result = simulate_checked(machine, program, options);
  return ended;
}

TEST(Lockstep, RandomMachinesAgreeInEveryCycle) {
  std::uint64_t walks = 0, updates = 0, retries = 0, fenced = 0, faults = 0, shared = 0;
  for (std::uint64_t seed = 1; seed <= 48; ++seed) {
    const char* const formats[] = {"sv39", "sv48", is_narrow(seed) ? "sv32" : "sv57", "sv57"};
    const MachineParams machine =
        machine_of(seed, formats[seed % 4], static_cast<std::uint32_t>(1 + seed % 5));
    const Ended ended = run(machine, seed, 1500);
    ASSERT_EQ(ended.result.outcome, Outcome::kDone)
        << "seed " << seed << ": " << ended.result.message << "\n"
        << ended.outcome.report;
    EXPECT_EQ(ended.outcome.walks, ended.result.walker.walks);
    walks += ended.outcome.walks;
    updates += ended.result.walker.updates;
    retries += ended.result.walker.update_retries;
    fenced += ended.result.walker.cache_fenced;
    faults += ended.result.walker.faults;
    shared += ended.result.walker.reads_shared;
  }
  EXPECT_GT(walks, 5000u);
  EXPECT_GT(updates, 100u);
  EXPECT_GT(fenced, 100u);
  EXPECT_GT(faults, 100u);
  EXPECT_GT(shared, 10u);
  std::cout << walks << " walks, " << updates << " updates, " << retries << " retries, " << fenced
            << " pointers fenced, " << faults << " faults, " << shared << " reads shared\n";
}

/// An RTL walker with a fault planted at its outputs.
class WrongPtw final : public PtwPins {
 public:
  using Fault = void (*)(PtwOutputs& out);
  WrongPtw(std::unique_ptr<PtwPins> right, Fault fault) : right_(std::move(right)), fault_(fault) {}
  const PtwOutputs& settle(const PtwInputs& inputs) override {
    out_ = right_->settle(inputs);
    fault_(out_);
    return out_;
  }
  void tick() override { right_->tick(); }

 private:
  std::unique_ptr<PtwPins> right_;
  Fault fault_;
  PtwOutputs out_;
};

TEST(Lockstep, EveryOutputThatIsWrongIsFound) {
  const struct {
    const char* what;
    WrongPtw::Fault fault;
  } faults[] = {
      {"the taking of a request", [](PtwOutputs& out) { out.req_ready = true; }},
      {"the taking of a request", [](PtwOutputs& out) { out.wc_valid = false; }},
      {"the cycle of an access", [](PtwOutputs& out) { out.mem_valid = false; }},
      {"the address of an entry", [](PtwOutputs& out) { out.mem_addr ^= 8; }},
      {"read or update", [](PtwOutputs& out) { out.mem_update = false; }},
      {"the value of an update", [](PtwOutputs& out) { out.mem_wdata ^= 128; }},
      {"the value of an update", [](PtwOutputs& out) { out.mem_compare ^= 1; }},
      {"the cycle of a walk-cache fill", [](PtwOutputs& out) { out.fill_valid = false; }},
      {"the value of a walk-cache fill", [](PtwOutputs& out) { out.fill_level ^= 1; }},
      {"the value of a walk-cache fill", [](PtwOutputs& out) { out.fill_ppn ^= 1; }},
      {"the value of a walk-cache fill", [](PtwOutputs& out) { out.fill_global ^= true; }},
      {"the tag of a walk-cache fill", [](PtwOutputs& out) { out.fill_va ^= 4096; }},
      {"the tag of a walk-cache fill", [](PtwOutputs& out) { out.fill_asid ^= 1; }},
      {"the cycle of the result", [](PtwOutputs& out) { out.rsp_valid = false; }},
      {"the result", [](PtwOutputs& out) { out.rsp_result = PtwResult::kNeedsDirty; }},
      {"the level of the result", [](PtwOutputs& out) { out.rsp_level ^= 1; }},
      {"the page", [](PtwOutputs& out) { out.rsp_ppn ^= 1; }},
      {"the rights of the page", [](PtwOutputs& out) { out.rsp_rights ^= 4; }},
      {"the attributes of the page", [](PtwOutputs& out) { out.rsp_global ^= true; }},
      {"the attributes of the page", [](PtwOutputs& out) { out.rsp_accessed = false; }},
      {"the attributes of the page", [](PtwOutputs& out) { out.rsp_dirty ^= true; }},
      {"the attributes of the page", [](PtwOutputs& out) { out.rsp_pbmt ^= 1; }},
  };
  MachineParams machine = machine_of(4, "sv48", 2);
  machine.mmu.ad_update = AdUpdate::kHardware;
  for (const auto& [what, fault] : faults) {
    SCOPED_TRACE(what);
    const auto maker = [fault = fault](unsigned levels) -> std::unique_ptr<PtwPins> {
      return std::make_unique<WrongPtw>(make_ptw(levels), fault);
    };
    const Ended ended = run(machine, 4, 1500, maker);
    EXPECT_EQ(ended.result.outcome, Outcome::kInternalError);
    EXPECT_NE(ended.result.message.find(std::string("differ in ") + what), std::string::npos)
        << ended.result.message;
    EXPECT_NE(ended.outcome.report.find("RTL"), std::string::npos);
  }
}

/// An RTL walker whose clock stands still in one cycle of its life.
class SlowPtw final : public PtwPins {
 public:
  explicit SlowPtw(std::unique_ptr<PtwPins> right) : right_(std::move(right)) {}
  const PtwOutputs& settle(const PtwInputs& inputs) override { return right_->settle(inputs); }
  void tick() override {
    if (++ticks_ != 100) right_->tick();
  }

 private:
  std::unique_ptr<PtwPins> right_;
  unsigned ticks_ = 0;
};

TEST(Lockstep, OneCycleTooLateIsFound) {
  const Ended ended = run(machine_of(4, "sv39", 1), 4, 1500, [](unsigned levels) {
    return std::make_unique<SlowPtw>(make_ptw(levels));
  });
  EXPECT_EQ(ended.result.outcome, Outcome::kInternalError);
  EXPECT_LE(ended.outcome.cycles, 110u);
}

TEST(Lockstep, ChangesNoFigure) {
  const MachineParams machine = machine_of(8, "sv39", 3);
  const Ended with = run(machine, 8, 1500);
  MachineParams without = machine;
  without.mmu.walker.model = WalkerParams::Model::kSystemc;
  RandomProgram program(8, 1500);
  const RunResult alone = simulate_checked(without, program, fenced_options(8));
  EXPECT_EQ(with.result.cpu.cycles, alone.cpu.cycles);
  EXPECT_EQ(with.result.cpu.latency_cycles, alone.cpu.latency_cycles);
  EXPECT_EQ(with.result.map_hash, alone.map_hash);
  EXPECT_EQ(with.result.walker.reads, alone.walker.reads);
}

TEST(Lockstep, WhatItCannotWatchIsRefusedWithTheReason) {
  const auto refusal = [](const MachineParams& machine) -> std::string {
    try {
      run(machine, 4, 10);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  };
  MachineParams machine = machine_of(4, "sv39", 1);
  machine.mmu.format = "x86-64-4level";
  machine.mmu.ad_update = AdUpdate::kHardware;
  EXPECT_NE(refusal(machine).find("one for RISC-V"), std::string::npos);
  machine = machine_of(4, "sv39", 1);
  machine.mmu.prefetch.kind = PrefetchParams::Kind::kStride;
  EXPECT_NE(refusal(machine).find("no prefetches"), std::string::npos);
  machine = machine_of(4, "sv39", 1);
  machine.mmu.walk_cache.organisation = WalkCacheParams::Organisation::kPteTagged;
  EXPECT_NE(refusal(machine).find("pte-tagged"), std::string::npos);
}

}  // namespace
}  // namespace mmu::test
