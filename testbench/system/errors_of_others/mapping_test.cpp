// Errors of frames, pages and traces that widely used simulators have; see cycles_test.cpp.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "hw/arch/errors.hpp"
#include "sim/platform/simulate.hpp"
#include "testbench/support/vector_trace.hpp"
#include "testbench/system/knobs/knob_case.hpp"
#include "testbench/system/laws/table_reader.hpp"
#include "traces/open_trace.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kHuge = std::uint64_t{2} << 20;
constexpr std::uint64_t kArea = kX / kHuge * kHuge + 16 * kHuge;

std::vector<std::uint64_t> pages(std::uint64_t at, std::uint64_t count) {
  std::vector<std::uint64_t> all(count);
  for (std::uint64_t i = 0; i < count; ++i) all[i] = at + i * kPage;
  return all;
}

MachineParams machine(const std::string& with, const std::string& memory = "64MiB") {
  return machine_of({"os.memory_bytes", with, Program(), last_step, memory, 0, memory, 0}, memory);
}
RunResult run(const MachineParams& on, const Program& program, const RunOptions& options = {}) {
  VectorTrace trace(program.block(), program.header());
  return simulate(on, trace, options);
}

TEST(ErrorsOfOthers, OutOfMemoryIsAClearEventAndNoFrameIsSharedBefore) {
  // 1 MiB: 256 frames, a quarter for page tables, none at address 0: 191 pages.
  std::size_t frames = 0;
  RunOptions options;
  options.inspect = [&](const PhysicalMemory& memory, const TranslationControl& control) {
    TableReader reader(memory, *control.format);
    reader.read(control.root, control.format->root_level(), 0);
    frames = reader.frames.size();
  };
  const RunResult result = run(machine("", "1MiB"), Program().step(pages(kArea, 300)), options);
  EXPECT_EQ(result.outcome, Outcome::kSimulatedError);
  EXPECT_NE(result.message.find("data frames"), std::string::npos) << result.message;
  EXPECT_NE(result.message.find("os.memory_bytes"), std::string::npos) << result.message;
  EXPECT_EQ(frames, 191u);
}

TEST(ErrorsOfOthers, FreedFramesAreUsedAgain) {
  Program program;
  for (int round = 0; round < 20; ++round) {
    program.step_after(map(kArea, 128 * kPage), pages(kArea, 128));
    program.step_after(unmap(kArea, 128 * kPage), {kX});
  }
  const RunResult result = run(machine("", "1MiB"), program);
  EXPECT_EQ(result.outcome, Outcome::kDone) << result.message;
  EXPECT_EQ(result.os.minor_faults, 20u * 128 + 1);
  EXPECT_EQ(result.os.frames_peak, 128u + 1);
}

TEST(ErrorsOfOthers, TheMapIsTheSameOnOtherHardware) {
  Program program;
  for (std::uint64_t i = 0; i < 200; ++i) program.step({kArea + i * 37 % 300 * kPage});
  const RunResult one = run(machine("mmu.walker.count=1 mmu.dtlb.entries=1"), program);
  const RunResult two = run(machine("mmu.walker.count=4 cpu.window=1 dram.t_cl=99"), program);
  EXPECT_NE(one.cpu.cycles, two.cpu.cycles);
  EXPECT_EQ(one.map_hash, two.map_hash);
  const RunResult other = run(machine(""), Program(program).step({kX}));
  EXPECT_NE(one.map_hash, other.map_hash);
}

TEST(ErrorsOfOthers, PagesOfTwoSizesLiveInOneAddressSpace) {
  std::uint64_t large = 0;
  std::size_t frames = 0;
  RunOptions options;
  options.inspect = [&](const PhysicalMemory& memory, const TranslationControl& control) {
    TableReader reader(memory, *control.format);
    reader.read(control.root, control.format->root_level(), 0);
    large = reader.large_pages;
    frames = reader.frames.size();
  };
  Program program;
  program.step_after(map(kArea, kHuge + 3 * kPage), {kArea, kArea + kHuge, kArea + kHuge - kPage});
  const RunResult result = run(machine("os.huge_pages=true"), program, options);
  EXPECT_EQ(result.os.minor_faults, 2u);
  EXPECT_EQ(large, 1u);
  EXPECT_EQ(frames, 512u + 1);
}

TEST(ErrorsOfOthers, AfterAnUnmapNoLevelOfCachingKnowsThePage) {
  // The page is in the DTLB and the STLB; or in the STLB alone; or its table in the walk cache.
  const std::string walk_cache = "mmu.walk_cache.level1.entries=4 mmu.walk_cache.level2.entries=4 ";
  for (const std::string caching :
       {"", "mmu.dtlb.entries=1 ", "mmu.dtlb.entries=1 mmu.stlb.entries=0 "}) {
    for (const char* huge : {"false", "true"}) {
      const MachineParams on = machine(walk_cache + caching + "os.huge_pages=" + huge);
      Program gone;
      gone.step_after(map(kArea, kHuge), {kArea + kPage}).step({kX}).step({kArea + kPage});
      gone.step({kX});
      gone.step_after(unmap(kArea, kHuge), {kX + 8});
      const RunResult before = run(on, gone);
      EXPECT_EQ(before.outcome, Outcome::kDone) << before.message;
      const RunResult after = run(on, Program(gone).step({kArea + kPage}));
      EXPECT_EQ(after.outcome, Outcome::kSimulatedError) << caching << huge;
      EXPECT_NE(after.message.find("segmentation fault"), std::string::npos) << after.message;
      const RunResult again = run(on, Program(gone).step_after(map(kArea, kHuge), {kArea + kPage}));
      EXPECT_EQ(again.os.minor_faults, before.os.minor_faults + 1) << caching << huge;
    }
  }
}

TEST(ErrorsOfOthers, ADamagedTraceIsRefusedWithThePlace) {
  namespace fs = std::filesystem;
  const fs::path sample = fs::path(MMU_SOURCE_DIR) / "traces/samples/sort.mmt";
  const fs::path copy = fs::temp_directory_path() / ("damaged-" + std::to_string(getpid()));
  fs::copy_file(sample, copy, fs::copy_options::overwrite_existing);
  {
    std::fstream file(copy, std::ios::in | std::ios::out | std::ios::binary);
    const auto place = static_cast<std::streamoff>(fs::file_size(copy) / 20);
    file.seekg(place);
    const int byte = file.get();
    file.seekp(place);
    file.put(static_cast<char>(byte ^ 1));
  }
  const auto trace = traces::open_trace(copy.string());
  EXPECT_NE(trace->header().hash, 0u);
  const RunResult result = simulate(machine("mmu.format=x86-64-4level"), *trace, {});
  fs::remove(copy);
  EXPECT_EQ(result.outcome, Outcome::kInputError);
  EXPECT_NE(result.message.find(copy.filename().string()), std::string::npos) << result.message;
  EXPECT_NE(result.message.find(" at byte "), std::string::npos) << result.message;
  EXPECT_NE(result.message.find(": block "), std::string::npos) << result.message;
}

}  // namespace
}  // namespace mmu::test
