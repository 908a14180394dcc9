// Errors of frames, pages and traces that widely used simulators have; see cycles_test.cpp.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "hw/arch/errors.hpp"
#include "testbench/support/checked_run.hpp"
#include "testbench/support/project_file.hpp"
#include "testbench/support/vector_trace.hpp"
#include "testbench/system/knobs/knob_case.hpp"
#include "testbench/system/laws/table_reader.hpp"
#include "traces/open_trace.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kHuge = std::uint64_t{2} << 20;
constexpr std::uint64_t kGiant = std::uint64_t{1} << 30;
constexpr std::uint64_t kGiantArea = kX / kGiant * kGiant + 4 * kGiant;
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
  return simulate_checked(on, trace, options);
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

// sv39: Svnapot's 64 KiB among them. One area for each size: the largest page that fits is taken.
TEST(ErrorsOfOthers, PagesOf4K64K2MAnd1GLiveInOneAddressSpace) {
  std::map<unsigned, std::uint64_t> pages_of;
  RunOptions options;
  options.check = true;
  options.inspect = [&](const PhysicalMemory& memory, const TranslationControl& control) {
    TableReader reader(memory, *control.format);
    reader.read(control.root, control.format->root_level(), 0);
    pages_of = reader.pages_of;
  };
  constexpr std::uint64_t k64 = 16 * kPage, kOther = kGiantArea + 2 * kGiant;
  Program program;
  program.step_after(map(kGiantArea, kGiant), {kGiantArea, kGiantArea + kGiant - 8});
  program.step_after(map(kOther, kHuge + k64 + kPage), {kOther, kOther + kHuge - 8});
  program.step({kOther + kHuge, kOther + kHuge + k64 - 8, kOther + kHuge + k64});
  program.step({kGiantArea + kHuge, kOther + kPage, kOther + kHuge + kPage});
  const RunResult result =
      run(machine("os.huge_pages=true os.gigantic_pages=true os.contiguous_pages=true", "4GiB"),
          program, options);
  EXPECT_EQ(result.outcome, Outcome::kDone) << result.message;
  EXPECT_EQ(result.os.minor_faults, 4u);
  EXPECT_EQ(pages_of, (std::map<unsigned, std::uint64_t>{{12, 1}, {16, 16}, {21, 1}, {30, 1}}));
}

TEST(ErrorsOfOthers, AfterAnUnmapNoLevelOfCachingKnowsThePage) {
  // The page is in the DTLB and the STLB; or in the STLB alone; or its table in the walk cache.
  const std::string walk_cache = "mmu.walk_cache.level1.entries=4 mmu.walk_cache.level2.entries=4 ";
  for (const std::string caching :
       {"", "mmu.dtlb.entries=1 ", "mmu.dtlb.entries=1 mmu.stlb.entries=0 "}) {
    for (const char* size :
         {"", "os.contiguous_pages=true", "os.huge_pages=true", "os.gigantic_pages=true"}) {
      const MachineParams on = machine(walk_cache + caching + size, "4GiB");
      const std::uint64_t touched = kGiantArea + kPage;
      Program gone;
      gone.step_after(map(kGiantArea, kGiant), {touched}).step({kX}).step({touched});
      gone.step({kX});
      gone.step_after(unmap(kGiantArea, kGiant), {kX + 8});
      const RunResult before = run(on, gone);
      EXPECT_EQ(before.outcome, Outcome::kDone) << before.message;
      const RunResult after = run(on, Program(gone).step({touched}));
      EXPECT_EQ(after.outcome, Outcome::kSimulatedError) << caching << size;
      EXPECT_NE(after.message.find("segmentation fault"), std::string::npos) << after.message;
      const RunResult again = run(on, Program(gone).step_after(map(kGiantArea, kGiant), {touched}));
      EXPECT_EQ(again.os.minor_faults, before.os.minor_faults + 1) << caching << size;
    }
  }
}

/// A structure that knows something of the page when it is unmapped, and nobody before it: the last
/// of `touched` uses it.
struct Holder {
  const char* name;
  std::string with;
  std::vector<std::uint64_t> touched;  ///< pages of the area, one after the other
  std::uint64_t (*uses)(const RunResult&);
  std::uint64_t (*fenced)(const RunResult&);
};
constexpr auto kWalkCacheFenced = [](const RunResult& r) { return r.walker.cache_fenced; };
const Holder kHolders[] = {
    {"third level",
     "mmu.stlb.entries=1 mmu.level3.entries=16",
     {0, 9, 0},
     [](const RunResult& r) { return r.level3.hits; },
     [](const RunResult& r) { return r.level3.fenced; }},
    {"fourth level",
     "mmu.stlb.entries=1 mmu.level3.entries=1 mmu.level4.entries=16",
     {0, 9, 0},
     [](const RunResult& r) { return r.level4.hits; },
     [](const RunResult& r) { return r.level4.fenced; }},
    {"neighbour in a sector",
     "mmu.dtlb.sector_pages=4 mmu.stlb.entries=0",
     {1, 0, 9, 0, 1},
     [](const RunResult& r) { return r.dtlb.hits; },
     [](const RunResult& r) { return r.dtlb.fenced; }},
    {"split walk cache",
     "mmu.stlb.entries=0 mmu.walk_cache.level1.entries=4",
     {0, 9, 0},
     [](const RunResult& r) { return r.walker.cache_hits_level1; },
     kWalkCacheFenced},
    {"unified walk cache",
     "mmu.stlb.entries=0 mmu.walk_cache.organisation=unified mmu.walk_cache.shared.entries=8",
     {0, 9, 0},
     [](const RunResult& r) { return r.walker.cache_hits_level1; },
     kWalkCacheFenced},
    {"pte-tagged walk cache",
     "mmu.stlb.entries=0 mmu.walk_cache.organisation=pte-tagged mmu.walk_cache.shared.entries=8",
     {0, 9, 0},
     [](const RunResult& r) { return r.walker.reads_cached; },
     kWalkCacheFenced},
    {"prefetch buffer",
     "mmu.stlb.entries=1 mmu.prefetch.kind=next-page",
     {1, 9, 0, 1},
     [](const RunResult& r) { return r.prefetch.hits; },
     [](const RunResult& r) { return r.prefetch.fenced; }},
};

TEST(ErrorsOfOthers, AfterAnUnmapNoStructureKnowsThePage) {
  for (const Holder& holder : kHolders) {
    SCOPED_TRACE(holder.name);
    const MachineParams on = machine("mmu.dtlb.entries=1 " + holder.with);
    Program known;
    known.step_after(map(kArea, 16 * kPage), {kArea + holder.touched.front() * kPage});
    for (std::size_t i = 1; i + 1 < holder.touched.size(); ++i) {
      known.step({kArea + holder.touched[i] * kPage});
    }
    const std::uint64_t last = kArea + holder.touched.back() * kPage + 8;
    const RunResult before = run(on, known);
    const RunResult used = run(on, Program(known).step({last}));
    EXPECT_EQ(used.outcome, Outcome::kDone) << used.message;
    EXPECT_GT(holder.uses(used), holder.uses(before)) << "it is this one that knows the page";

    Program unmapped = Program(known).step_after(unmap(kArea, 16 * kPage), {kX});
    const RunResult gone = run(on, unmapped);
    EXPECT_EQ(gone.outcome, Outcome::kDone) << gone.message;
    EXPECT_GT(holder.fenced(gone), 0u);
    const RunResult after = run(on, Program(unmapped).step({last}));
    EXPECT_EQ(after.outcome, Outcome::kSimulatedError);
    EXPECT_NE(after.message.find("segmentation fault"), std::string::npos) << after.message;
  }
}

TEST(ErrorsOfOthers, ADamagedTraceIsRefusedWithThePlace) {
  namespace fs = std::filesystem;
  const fs::path sample = project_file("traces/samples/sort.mmt");
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
  const RunResult result = simulate_checked(machine("mmu.format=x86-64-4level"), *trace);
  fs::remove(copy);
  EXPECT_EQ(result.outcome, Outcome::kInputError);
  EXPECT_NE(result.message.find(copy.filename().string()), std::string::npos) << result.message;
  EXPECT_NE(result.message.find(" at byte "), std::string::npos) << result.message;
  EXPECT_NE(result.message.find(": block "), std::string::npos) << result.message;
}

}  // namespace
}  // namespace mmu::test
