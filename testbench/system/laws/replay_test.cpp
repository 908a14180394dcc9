// A replay without time ends in the page table of the timed run.
#include "sim/platform/replay.hpp"

#include <gtest/gtest.h>

#include <map>

#include "testbench/support/checked_run.hpp"
#include "testbench/support/random_machine.hpp"
#include "testbench/support/random_program.hpp"
#include "testbench/system/laws/table_reader.hpp"

namespace mmu::test {
namespace {

/// Every entry of every table, by its address, without A and D: which of a group's has them depends
/// on what the TLBs held.
std::map<std::uint64_t, std::uint64_t> entries(const PhysicalMemory& memory,
                                               const TranslationControl& control) {
  const PageTableFormat& format = *control.format;
  TableReader reader(memory, format);
  reader.read(control.root, format.root_level(), 0);
  std::map<std::uint64_t, std::uint64_t> all;
  for (const std::uint64_t table : reader.tables) {
    for (std::uint64_t at = table; at < table + format.page_bytes(); at += format.pte_bytes) {
      all[at] =
          memory.load(PhysAddr(at), format.pte_bytes) & ~(format.accessed.mask | format.dirty.mask);
    }
  }
  return all;
}

TEST(Replay, EndsInThePageTableOfTheRun) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const MachineParams machine = random_machine(seed);
    std::map<std::uint64_t, std::uint64_t> expected;
    RunOptions options;
    options.inspect = [&](const PhysicalMemory& memory, const TranslationControl& control) {
      expected = entries(memory, control);
    };
    RandomProgram program(seed, 1500);
    const RunResult result = simulate_checked(machine, program, options);
    ASSERT_EQ(result.outcome, Outcome::kDone) << result.message;
    RandomProgram again(seed, 1500);
    Replay replay(machine, again, {});
    EXPECT_EQ(replay.run(), "");
    EXPECT_EQ(replay.software().map_hash(), result.map_hash) << "machine " << seed;
    EXPECT_EQ(replay.software().stats().minor_faults, result.os.minor_faults);
    EXPECT_TRUE(entries(replay.memory(), replay.control()) == expected) << "machine " << seed;
    EXPECT_EQ(replay.records(), result.cpu.records);
  }
}

TEST(Replay, StopsAfterAsManyInstructionsAsTheRun) {
  const MachineParams machine = random_machine(1);
  for (const std::uint64_t instructions : {1u, 100u, 700u}) {
    RunOptions options;
    options.instructions = instructions;
    RandomProgram program(1, 1500);
    const RunResult result = simulate_checked(machine, program, options);
    RandomProgram again(1, 1500);
    Replay::Options limits;
    limits.instructions = instructions;
    Replay replay(machine, again, limits);
    replay.run();
    EXPECT_EQ(replay.software().map_hash(), result.map_hash) << instructions;
    EXPECT_EQ(replay.records(), result.cpu.records) << instructions;
  }
}

TEST(Replay, EndsWhereARunWasInterrupted) {
  const MachineParams machine = random_machine(5);
  for (const int blocks : {1, 3}) {
    RunOptions options;
    int left = blocks;
    options.progress = [&left](std::uint64_t, std::uint64_t, std::uint64_t) { return left-- > 0; };
    RandomProgram program(5, 5000);
    const RunResult result = simulate_checked(machine, program, options);
    ASSERT_EQ(result.outcome, Outcome::kInterrupted);
    ASSERT_GT(result.cpu.records, 0u);
    RandomProgram again(5, 5000);
    Replay::Options limits;
    limits.records = result.cpu.records;
    Replay replay(machine, again, limits);
    replay.run();
    EXPECT_EQ(replay.records(), result.cpu.records) << blocks;
    EXPECT_EQ(replay.software().map_hash(), result.map_hash) << blocks;
  }
}

}  // namespace
}  // namespace mmu::test
