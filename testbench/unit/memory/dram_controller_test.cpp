// The DRAM controller against the standard's rules, closed forms, and what DRAMSys and DRAMsim3
// answer to the same kinds of requests with the same parameters.
#include <gtest/gtest.h>

#include <iterator>
#include <random>
#include <string>
#include <utility>

#include "hw/arch/errors.hpp"
#include "hw/dram/dram_presets.hpp"
#include "hw/dram/dram_replay.hpp"
#include "sim/presets/dram_knobs.hpp"
#include "testbench/unit/memory/dram_rule_checker.hpp"

namespace mmu {
namespace {

struct Kind {
  bool random;
  std::uint64_t gap, count;
  unsigned writes = 0;  ///< per cent
};
constexpr Kind kRandIdle{true, 240, 20'000}, kSeqIdle{false, 240, 20'000};
constexpr Kind kRandHalf{true, 16, 100'000}, kSeqHalf{false, 8, 100'000};
constexpr Kind kMix{true, 0, 100'000, 30};

void play(DramReplay& replay, const Kind& kind, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  for (std::uint64_t i = 0; i < kind.count; ++i) {
    const std::uint64_t address = (kind.random ? random() : i * 64) % replay.bytes() / 64 * 64;
    replay.request(i * kind.gap, address, random() % 100 < kind.writes);
  }
  replay.finish();
}

double mean(const std::string& preset, const Kind& kind) {
  DramReplay replay(*dram_preset(preset));
  play(replay, kind);
  const Histogram& reads = replay.figures(0).reads;
  return static_cast<double>(reads.sum()) / static_cast<double>(reads.count());
}

/// Of the last of some reads, far apart.
std::uint64_t latency_of_last(const std::string& preset, std::initializer_list<std::uint64_t> at) {
  DramReplay replay(*dram_preset(preset));
  std::uint64_t clock = 0, before = 0;
  for (const std::uint64_t address : at) {
    before = replay.figures(0).reads.sum();
    replay.request(clock += 500, address, false);
    replay.finish();
  }
  return replay.figures(0).reads.sum() - before;
}

TEST(DramController, LoneHitClosedAndConflictAreExact) {
  const struct {
    const char* preset;
    std::uint64_t hit, closed, conflict;
  } sets[] = {{"dramsys-ddr4-2400", 21, 37, 53},  // 17.49, 30.82, 44.15 ns of 0.833 ns
              {"dramsim3-ddr4-2400", 23, 40, 57},
              {"dramsim3-ddr4-3200", 28, 50, 72}};
  for (const auto& set : sets) {
    EXPECT_EQ(latency_of_last(set.preset, {0}), set.closed) << set.preset;
    EXPECT_EQ(latency_of_last(set.preset, {0, 64}), set.hit) << set.preset;
    EXPECT_EQ(latency_of_last(set.preset, {0, 1u << 20}), set.conflict) << set.preset;
  }
}

TEST(DramController, MeansAreThoseOfTheSimulatorWithTheSameParameters) {
  const auto near = [](const char* preset, const Kind& kind, double theirs, double bound) {
    EXPECT_NEAR(mean(preset, kind), theirs, theirs * bound) << preset << ' ' << kind.gap;
  };
  const double ns = 1 / 0.833;
  near("dramsys-ddr4-2400", kRandIdle, 49.8 * ns, 0.03);
  near("dramsys-ddr4-2400", kSeqIdle, 32.1 * ns, 0.03);
  near("dramsys-ddr4-2400", kRandHalf, 70.4 * ns, 0.03);
  near("dramsys-ddr4-2400", kSeqHalf, 48.5 * ns, 0.03);
  near("dramsim3-ddr4-2400", kRandIdle, 62.1, 0.03);
  near("dramsim3-ddr4-2400", kSeqIdle, 34.8, 0.03);
  near("dramsim3-ddr4-2400", kRandHalf, 75.7, 0.03);
  near("dramsim3-ddr4-2400", kSeqHalf, 42.9, 0.03);
  near("dramsim3-ddr4-3200", kRandIdle, 86.3, 0.03);
  near("dramsim3-ddr4-3200", kSeqIdle, 49.5, 0.03);
  near("dramsim3-ddr4-3200", kRandHalf, 120, 0.03);
  near("dramsim3-ddr4-3200", kSeqHalf, 94.3, 0.05);
}

TEST(DramController, AllAtOnceTakeAsLong) {
  const std::pair<const char*, double> sets[] = {{"dramsys-ddr4-2400", 604'900 / 0.833},
                                                 {"dramsim3-ddr4-2400", 695'916},
                                                 {"dramsim3-ddr4-3200", 917'037}};
  for (const auto& [preset, clocks] : sets) {
    DramReplay replay(*dram_preset(preset));
    play(replay, kMix);
    EXPECT_NEAR(static_cast<double>(replay.clocks()), clocks, clocks * 0.03) << preset;
  }
}

TEST(DramController, PercentilesAreThoseOfDramsys) {
  const struct {
    Kind kind;
    double ns[3];  // p50, p90, p99
  } sets[] = {{kRandIdle, {30.8, 44.1, 304.0}},
              {kSeqIdle, {17.5, 17.5, 304.0}},
              {kRandHalf, {45.0, 128.3, 342.4}},
              {kSeqHalf, {17.5, 180.8, 304.9}}};
  for (const auto& set : sets) {
    DramReplay replay(*dram_preset("dramsys-ddr4-2400"));
    play(replay, set.kind);
    const unsigned percents[] = {50, 90, 99};
    for (std::size_t i = 0; i < std::size(percents); ++i) {
      const auto clocks = static_cast<double>(replay.figures(0).reads.percentile(percents[i]));
      EXPECT_NEAR(clocks * 0.833, set.ns[i], set.ns[i] * 0.05)
          << percents[i] << ' ' << set.kind.gap;
    }
  }
}

TEST(DramController, NoCommandBreaksARuleAndEveryRequestIsAnswered) {
  for (const char* more : {"", "dram.row_policy=closed", "dram.row_policy=timeout",
                           "dram.scheduler=fcfs", "dram.ranks=2", "dram.channels=2",
                           "dram.write_high=0", "dram.starvation_cap=1", "dram.row_hit_cap=0"}) {
    for (const std::string_view preset : dram_preset_names()) {
      for (const Kind kind : {Kind{true, 0, 3000, 30}, Kind{true, 40, 1000, 50},
                              Kind{false, 0, 3000, 30}, Kind{false, 3, 2000, 10}}) {
        DramControllerParams params = *dram_preset(preset);
        if (*more != 0) set_dram_knob(params, more);
        DramReplay replay(params);
        replay.keep_log();
        play(replay, kind, 7);
        EXPECT_EQ(replay.answered(), kind.count) << preset << ' ' << more;
        for (std::size_t i = 0; i < replay.channels(); ++i) {
          ASSERT_EQ(broken_rule(params, replay.log(i)), "") << preset << ' ' << more;
        }
      }
    }
  }
}

TEST(DramController, TheCheckerSeesACommandThatIsOneClockEarly) {
  const DramControllerParams params = *dram_preset("ddr4-3200");
  using K = DramCommandKind;
  const std::vector<DramCommand> good{
      {0, K::kActivate, 0, 0, 0, 5}, {22, K::kRead, 0, 0, 0, 5}, {52, K::kPrecharge, 0, 0, 0, 5}};
  EXPECT_EQ(broken_rule(params, good), "");
  for (const std::size_t i : {1u, 2u}) {
    std::vector<DramCommand> early = good;
    --early[i].clock;
    EXPECT_NE(broken_rule(params, early), "");
  }
}

TEST(DramController, OneBankIsBoundByTrcAndOneGroupByCcdL) {
  DramControllerParams params = *dram_preset("ddr4-3200");
  params.refi = 0;
  DramReplay rows(params);
  for (std::uint64_t i = 0; i < 1000; ++i) rows.request(0, i << 17, false);
  rows.finish();
  EXPECT_NEAR(static_cast<double>(rows.clocks()), 1000.0 * (params.ras + params.rp), 100);
  DramReplay hits(params);
  for (std::uint64_t i = 0; i < 1000; ++i) hits.request(0, i % 128 * 64, false);
  hits.finish();
  EXPECT_NEAR(static_cast<double>(hits.clocks()), 1000.0 * params.ccd_l, 100);
}

/// Clocks that one read of another bank takes amid 5,000 writes of one bank, a row each.
std::uint64_t latency_amid_writes(std::uint32_t starvation_cap) {
  DramControllerParams params = *dram_preset("ddr4-3200");
  params.refi = 0;
  params.starvation_cap = starvation_cap;
  DramReplay replay(params);
  const std::uint64_t other_bank = params.lines * 64;  // the column is lowest but for the channel
  for (std::uint64_t i = 0; i < 5000; ++i) {
    replay.request(0, i << 18, true);
    if (i == 2500) replay.request(0, other_bank, false);
  }
  replay.finish();
  return replay.figures(0).reads.percentile(100);
}

TEST(DramController, AReadWaitsForSoManyWritesAtMost) {
  // A write of another row: tRCD 22, CWL 16, burst 4, tWR 24, tRP 22: 88 clocks. A queue of 8 is
  // full of such before the read, cap + 32 of the queue of writes go in one after the other.
  EXPECT_LT(latency_amid_writes(8), (8u + 8 + 32) * 88 + 50);
  EXPECT_LT(latency_amid_writes(64), (8u + 64 + 32) * 88 + 50);
  EXPECT_GT(latency_amid_writes(1'000'000), 2000u * 88) << "which is what the cap is for";
}

TEST(DramController, IdleTimeCostsNothing) {
  DramReplay replay(*dram_preset("ddr4-3200"));
  replay.request(0, 0, false);
  replay.request(std::uint64_t{1} << 50, 0, false);
  replay.finish();
  EXPECT_NEAR(static_cast<double>(replay.channel(0).stats().refreshes), 0x1p50 / 12480, 2);
}

TEST(DramController, OfTwoCommandsOfOneClockTheOlderRequestHasTheFirst) {
  DramControllerParams params = *dram_preset("ddr4-3200");
  std::vector<DramCommand> log;
  DramChannel channel(params, &log);
  const DramMapping mapping(params);
  const std::uint64_t group = params.lines * 64, bank = group * params.bank_groups;
  // Rows of bank group 0, 1, 0, 0 are opened in clocks 0, 4 (tRRD_S) and 8 (tRRD_L) of the first:
  // then the last two are both ready, the older one in the bank with the higher number.
  const std::uint64_t order[] = {3 * bank, 2 * bank + group, bank, 0};
  for (std::uint64_t id = 0; id < 4; ++id) channel.push(id, mapping.place(order[id]), false);
  channel.finish();
  std::vector<std::uint32_t> opened, expected;
  for (const std::uint64_t address : order) expected.push_back(mapping.place(address).bank);
  for (const DramCommand& command : log) {
    if (command.kind == DramCommandKind::kActivate) opened.push_back(command.bank);
  }
  EXPECT_EQ(opened, expected);
}

TEST(DramController, QueueingCountsFromArrivalOn) {
  DramControllerParams params = *dram_preset("ddr4-3200");
  params.refi = 0;
  params.bank_queue = 1;
  DramChannel channel(params);
  const DramMapping mapping(params);
  channel.push(0, mapping.place(0), false);
  channel.push(1, mapping.place(0), false);
  channel.finish();
  // Row opened in clock 0 + controller, read rcd later, the other one as soon as ccd_l after that.
  EXPECT_EQ(channel.queueing().max(), std::uint64_t{params.rcd} + params.ccd_l);
}

TEST(DramController, ARefreshMustLeaveTimeForARow) {
  DramControllerParams params = *dram_preset("ddr4-3200");
  params.rcd = 100;  // then CWL 16, burst 4, tWR 24: 144; tRP 22, tRFC 560, and the controller's
  params.refi = 144 + 22 + 560 + params.controller + params.turnaround;
  EXPECT_THROW(check(params), ConfigError);
  ++params.refi;
  DramReplay replay(params);
  replay.request(0, 0, false);
  replay.request(2 * params.refi, 1 << 20, true);
  replay.finish();
  EXPECT_EQ(replay.answered(), 2u);
}

TEST(DramController, WrongKnobsAreNamed) {
  DramControllerParams params;
  for (const char* bad : {"dram.cl=0", "dram.cl=x", "dram.nothing=1", "cl=5", "dram.cl"}) {
    EXPECT_THROW(set_dram_knob(params, bad), ConfigError) << bad;
  }
  for (const char* mapping : {"row:bank", "row:row", "row:rank:bank:bankgroup:col"}) {
    params.mapping = mapping;
    EXPECT_THROW(check(params), ConfigError) << mapping;
  }
}

}  // namespace
}  // namespace mmu
