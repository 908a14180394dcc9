// The page table that a run leaves in physical memory, and the map that it is.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "hw/mmu/inclusion.hpp"
#include "testbench/support/checked_run.hpp"
#include "testbench/support/random_machine.hpp"
#include "testbench/support/random_program.hpp"
#include "testbench/system/laws/table_reader.hpp"

namespace mmu::test {
namespace {

TEST(Mapping, NoFrameIsMappedTwiceAndTablesLieInThePoolOfTheirOwn) {
  std::uint64_t pages = 0;
  int alone = 0;
  std::map<unsigned, std::uint64_t> pages_of;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    const MachineParams machine = random_machine(seed);
    RunOptions options;
    std::uint64_t table_pages = 0, mapped = 0;
    options.inspect = [&](const PhysicalMemory& memory, const TranslationControl& control) {
      TableReader reader(memory, *control.format);
      reader.read(control.root, control.format->root_level(), 0);
      table_pages = reader.tables.size();
      mapped = reader.frames.size();
      for (const auto& [shift, count] : reader.pages_of) pages_of[shift] += count;
      ASSERT_FALSE(reader.frames.empty());
      // docs/os-model.md: page-table pages come from the upper quarter, up to 1 GiB.
      const std::uint64_t bytes = machine.os.memory_bytes;
      const std::uint64_t pool = bytes - std::min(bytes / 4, std::uint64_t{1} << 30);
      EXPECT_GE(*reader.tables.begin(), pool);
      EXPECT_LT(*reader.tables.rbegin(), machine.os.memory_bytes);
      EXPECT_GE(*reader.frames.begin(), TableReader::kFrame) << "nothing is mapped to address 0";
      EXPECT_LT(*reader.frames.rbegin(), pool);
    };
    RandomProgram program(seed, 2000);
    const RunResult result = simulate_checked(machine, program, options);
    ASSERT_EQ(result.outcome, Outcome::kDone) << result.message;
    if (result.os.processes == 1) {
      EXPECT_EQ(table_pages, result.os.table_pages);
      ++alone;
    } else {  // children have tables of their own
      EXPECT_LT(table_pages, result.os.table_pages);
    }
    // Pages without any right have no mapping.
    EXPECT_LE(mapped, result.os.frames_in_use * find_format(machine.mmu.format)->page_bytes() /
                          TableReader::kFrame);
    pages += mapped;
  }
  EXPECT_GT(pages, 1000u);
  EXPECT_GT(alone, 50);
  // 4K, 16K and 64K; groups of 2 MiB, which is also a large page; 4, 32 MiB and 1 GiB.
  for (const unsigned shift : {12u, 14u, 16u, 21u, 22u, 25u, 30u}) {
    EXPECT_GT(pages_of[shift], 0u) << "pages of 2^" << shift;
  }
}

TEST(Mapping, TheMapIsTheSameOnEveryHardware) {
  for (std::uint64_t program_seed = 1; program_seed <= 4; ++program_seed) {
    std::set<std::uint64_t> hashes, cycles;
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
      MachineParams machine = random_machine(seed);
      // What the OS decides by: its own knobs, and the address space of the format.
      machine.os.huge_pages = program_seed % 2 == 0;
      machine.os.gigantic_pages = machine.os.contiguous_pages = program_seed == 4;
      machine.os.memory_bytes = std::uint64_t{4} << 30;
      machine.mmu.format = "sv48";
      if (inclusion_problem(machine.mmu)) {  // drawn for another format's page sizes
        machine.mmu.l2_itlb_inclusion = machine.mmu.stlb_inclusion = Inclusion::kNeither;
        machine.mmu.level3_inclusion = machine.mmu.level4_inclusion = Inclusion::kNeither;
      }
      RandomProgram program(program_seed, 1500);
      const RunResult result = simulate_checked(machine, program);
      ASSERT_EQ(result.outcome, Outcome::kDone) << result.message;
      hashes.insert(result.map_hash);
      cycles.insert(result.cpu.cycles);
    }
    EXPECT_EQ(hashes.size(), 1u) << "program " << program_seed;
    EXPECT_GT(cycles.size(), 20u) << "the machines do differ";
  }
}

TEST(Mapping, AnotherProgramHasAnotherMap) {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    RandomProgram program(seed, 500);
    hashes.insert(simulate_checked(random_machine(1), program).map_hash);
  }
  EXPECT_EQ(hashes.size(), 10u);
}

}  // namespace
}  // namespace mmu::test
