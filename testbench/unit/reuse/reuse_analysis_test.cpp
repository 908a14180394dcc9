// From records to pages: which stream, which page, which window.
#include "traces/reuse/reuse_analysis.hpp"

#include <gtest/gtest.h>

namespace mmu::traces {
namespace {

using Stream = ReuseAnalysis::Stream;

TraceRecord record(AccessKind kind, std::uint64_t address, std::uint16_t bytes = 4) {
  TraceRecord made;
  made.address = address;
  made.kind = kind;
  made.bytes = bytes;
  made.instructions = kind == AccessKind::kFetch ? 1 : 0;
  return made;
}

ReuseAnalysis analysis_of(const std::vector<TraceRecord>& records, const ReuseOptions& options) {
  ReuseAnalysis analysis(options);
  TraceBlock block;
  block.records = records;
  analysis.add(block);
  analysis.finish();
  return analysis;
}

const std::vector<TraceRecord> kProgram = {
    record(AccessKind::kFetch, 0x1000), record(AccessKind::kLoad, 0x20'0000),
    record(AccessKind::kFetch, 0x1004), record(AccessKind::kStore, 0x20'8000),
    record(AccessKind::kFetch, 0x2000), record(AccessKind::kModify, 0x4000'0000),
    record(AccessKind::kFetch, 0x1008), record(AccessKind::kLoad, 0x20'0008)};

TEST(ReuseAnalysisTest, KeepsDataAndInstructionsApartAndTogether) {
  const ReuseAnalysis analysis = analysis_of(kProgram, {});
  const auto& data = analysis.counts(ReuseAnalysis::kData);
  const auto& instructions = analysis.counts(ReuseAnalysis::kInstructions);
  const auto& all = analysis.counts(ReuseAnalysis::kAll);
  // Data: a b c a, the last at depth 3. Instructions: p p q p. Together: p a p b q c p a.
  EXPECT_EQ(data.misses(3), 3);
  EXPECT_EQ(data.misses(2), 4);
  EXPECT_EQ(instructions.misses(1), 3);
  EXPECT_EQ(instructions.misses(2), 2);
  EXPECT_EQ(all.misses(1), 8);
  EXPECT_EQ(all.misses(2), 7);  // p the second time
  EXPECT_EQ(all.misses(4), 6);  // p the third time: p c q b above and with it
  EXPECT_EQ(all.misses(5), 5);  // a: p c q b a
  EXPECT_EQ(all.accesses(), 8u);
}

TEST(ReuseAnalysisTest, CountsTheFootprintInEverySize) {
  for (const unsigned shift : {12u, 21u}) {
    const ReuseAnalysis analysis = analysis_of(kProgram, {shift, 1000, 1});
    const auto footprint = [&](Stream stream) {
      std::vector<std::uint64_t> counts;
      for (const unsigned of : kFootprintShifts) counts.push_back(analysis.footprint(stream, of));
      return counts;
    };
    using Counts = std::vector<std::uint64_t>;
    EXPECT_EQ(footprint(ReuseAnalysis::kData), (Counts{3, 2, 2, 2})) << shift;
    EXPECT_EQ(footprint(ReuseAnalysis::kInstructions), (Counts{2, 1, 1, 1})) << shift;
    EXPECT_EQ(footprint(ReuseAnalysis::kAll), (Counts{5, 3, 3, 2})) << shift;
  }
}

TEST(ReuseAnalysisTest, LargerPagesAreTouchedMoreOften) {
  const ReuseAnalysis analysis = analysis_of(kProgram, {21, 1000, 1});
  EXPECT_EQ(analysis.counts(ReuseAnalysis::kData).misses(2), 2);
  EXPECT_EQ(analysis.counts(ReuseAnalysis::kInstructions).misses(1), 1);
}

// Two instructions a window: p a p b | q c p a.
TEST(ReuseAnalysisTest, CutsTheWorkingSetByInstructions) {
  const ReuseAnalysis analysis = analysis_of(kProgram, {12, 2, 1});
  using Sizes = std::vector<std::uint64_t>;
  EXPECT_EQ(analysis.working_set(ReuseAnalysis::kData), (Sizes{2, 2}));
  EXPECT_EQ(analysis.working_set(ReuseAnalysis::kInstructions), (Sizes{1, 2}));
  EXPECT_EQ(analysis.working_set(ReuseAnalysis::kAll), (Sizes{3, 4}));
  EXPECT_EQ(analysis_of(kProgram, {12, 3, 1}).working_set(ReuseAnalysis::kAll), (Sizes{5, 2}));
}

TEST(ReuseAnalysisTest, ARecordTouchesEachOfItsPages) {
  const std::vector<TraceRecord> program = {record(AccessKind::kLoad, 0x1ffc, 8),
                                            record(AccessKind::kLoad, 0x3000, 0x2001)};
  const ReuseAnalysis small = analysis_of(program, {});
  EXPECT_EQ(small.counts(ReuseAnalysis::kData).accesses(), 5u);
  EXPECT_EQ(small.footprint(ReuseAnalysis::kData, 12), 5u);
  const ReuseAnalysis large = analysis_of(program, {14, 1000, 1});  // 0-3fff, 4000-7fff
  EXPECT_EQ(large.counts(ReuseAnalysis::kData).accesses(), 3u);
  EXPECT_EQ(large.footprint(ReuseAnalysis::kData, 12), 5u);
}

TEST(ReuseAnalysisTest, LeavesOutWhatHasAHandle) {
  std::vector<TraceRecord> program = kProgram;
  program.push_back(record(AccessKind::kLoad, 0x10));
  program.back().handle = 1;
  EXPECT_EQ(analysis_of(program, {}).counts(ReuseAnalysis::kData).accesses(), 4u);
}

TEST(ReuseAnalysisTest, ANothingHasNothing) {
  const ReuseAnalysis analysis = analysis_of({}, {});
  EXPECT_TRUE(analysis.working_set(ReuseAnalysis::kAll).empty());
  EXPECT_EQ(analysis.counts(ReuseAnalysis::kAll).ratio(1), 0);
}

TEST(CurveSizesTest, AreAllTheSmallOnesAndThenGrowWider) {
  EXPECT_EQ(curve_sizes(1), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(curve_sizes(4), (std::vector<std::uint64_t>{1, 2, 3, 4}));
  const std::vector<std::uint64_t> sizes = curve_sizes(1'000'003);
  EXPECT_EQ(sizes[1023], 1024u);
  EXPECT_EQ(sizes.back(), 1'000'003u);
  EXPECT_LT(sizes.size(), 1024u + 64 * 11);
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    ASSERT_GT(sizes[i], sizes[i - 1]);
    ASSERT_LE((sizes[i] - sizes[i - 1]) * 64, std::max<std::uint64_t>(sizes[i], 64));
  }
}

}  // namespace
}  // namespace mmu::traces
