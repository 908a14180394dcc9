// The same program through two formats gives the same accesses, in all that a format can express.
#include <gtest/gtest.h>

#include "testbench/support/project_file.hpp"
#include "testbench/support/trace_writers.hpp"
#include "testbench/unit/traces/random_trace.hpp"
#include "testbench/unit/traces/trace_test_support.hpp"
#include "testbench/unit/traces/zip_writer.hpp"
#include "traces/open_trace.hpp"
#include "traces/process_calls.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint64_t kSampleInstructions = 45'000;  // samples/README.md

/// A modify as the load and the store that it is; no dependences.
TraceBlock without_modifies(const TraceBlock& trace) {
  TraceBlock all;
  auto event = trace.events.begin();
  for (std::size_t i = 0; i <= trace.records.size(); ++i) {
    for (; event != trace.events.end() && event->before == i; ++event) {
      all.events.push_back({static_cast<std::uint32_t>(all.records.size()), event->event});
    }
    if (i == trace.records.size()) break;
    TraceRecord record = trace.records[i];
    record.depends_on = 0;
    const bool modify = record.kind == AccessKind::kModify;
    if (modify) record.kind = AccessKind::kLoad;
    all.records.push_back(record);
    if (modify) record.kind = AccessKind::kStore;
    if (modify) all.records.push_back(record);
  }
  return all;
}

/// drmemtrace knows each call's number, arguments and success, but not its result.
TraceBlock as_drmemtrace(const TraceBlock& trace) {
  TraceBlock all = without_modifies(trace);
  for (TraceBlock::Event& at : all.events) {
    at.event.type = OsEventType::kOther;
    at.event.result = at.event.failed() ? -1 : 0;
    at.event.handle = TraceRecord::kNoHandle;
  }
  return all;
}

/// ChampSim knows addresses; of an instruction's accesses, loads come first. One thread, no events.
TraceBlock as_champsim(const TraceBlock& trace) {
  TraceBlock all = without_modifies(trace);
  all.events.clear();
  const auto is_fetch = [](const TraceRecord& r) { return r.kind == AccessKind::kFetch; };
  for (auto begin = all.records.begin(); begin != all.records.end();) {
    const auto end = std::find_if(begin + 1, all.records.end(), is_fetch);
    std::stable_partition(begin + 1, end, [](const auto& r) { return !writes(r.kind); });
    begin = end;
  }
  for (TraceRecord& record : all.records) {
    const std::uint64_t most = is_fetch(record) ? 4 : 8;
    record.bytes = static_cast<std::uint16_t>(std::min(most, 64 - record.address % 64));
    record.thread = 0;
  }
  return all;
}

/// The plugin's stream: the numbers of x86-64's calls, of which ints are ints; no access of more
/// than 32 bytes is one.
TraceBlock as_capture(const TraceBlock& trace) {
  constexpr std::uint64_t kNumbers[] = {12, 9, 11, 10, 25};
  ProcessCalls processes;
  TraceBlock all;
  auto event = trace.events.begin();
  for (std::size_t i = 0; i <= trace.records.size(); ++i) {
    for (; event != trace.events.end() && event->before == i; ++event) {
      OsEvent e = event->event;
      e.handle = TraceRecord::kNoHandle;
      e.number &= 0xffff'ffff'ffff;
      if (e.type < OsEventType::kOther) e.number = kNumbers[static_cast<std::size_t>(e.type)];
      if (e.type == OsEventType::kMadvise) e.number = 28;
      if (e.type > OsEventType::kOther) e.type = OsEventType::kOther;
      for (std::size_t type = 0; type < std::size(kNumbers); ++type) {
        if (kNumbers[type] == e.number) e.type = static_cast<OsEventType>(type);
      }
      if (e.number == 28) e.type = OsEventType::kMadvise;
      const std::size_t flags = e.type == OsEventType::kMremap ? 3 : 2;
      if (e.type == OsEventType::kMmap || e.type == OsEventType::kMprotect ||
          e.type == OsEventType::kMremap || e.type == OsEventType::kMadvise) {
        e.args[flags] = static_cast<std::uint32_t>(e.args[flags]);
      }
      if (e.type == OsEventType::kMmap) {
        e.args[3] = static_cast<std::uint32_t>(e.args[3]);
        const auto descriptor = static_cast<std::int32_t>(static_cast<std::uint32_t>(e.args[4]));
        e.args[4] = static_cast<std::uint64_t>(std::int64_t{descriptor});
      }
      processes.recognise({57, 56, 61}, e);
      all.events.push_back({static_cast<std::uint32_t>(all.records.size()), e});
    }
    if (i == trace.records.size()) break;
    TraceRecord record = trace.records[i];
    record.depends_on = 0;
    for (std::uint64_t left = trace.records[i].bytes; left > 0; left -= record.bytes) {
      record.bytes = static_cast<std::uint16_t>(std::min<std::uint64_t>(left, 32));
      all.records.push_back(record);
      record.address += record.bytes;
    }
  }
  return all;
}

TraceBlock as_lackey(const TraceBlock& trace) {
  TraceBlock all = trace;
  all.events.clear();
  for (TraceRecord& record : all.records) {
    record.depends_on = 0;
    record.thread = 0;
  }
  return all;
}

struct Format {
  const char* name;
  std::string (*write)(const TraceBlock& trace);
  TraceBlock (*expressible)(const TraceBlock& trace);
  const char* sample;
};
constexpr Format kFormats[] = {
    {"capture", capture_of, as_capture, "sort-start.capture.zst"},
    {"champsim", champsim_of, as_champsim, "sort-start.champsim.xz"},
    {"cloudsuite", cloudsuite_of, as_champsim, "sort-start.cloudsuite.bz2"},
    {"drmemtrace", drmemtrace_of, as_drmemtrace, "sort-start.drmemtrace.gz"},
    {"lackey", lackey_of, as_lackey, "sort-start.lackey.zst"}};

/// Instructions as real ones are: few accesses each, within lines or not.
TraceBlock random_program(std::mt19937_64& random) {
  TraceBlock block;
  const std::uint64_t count = 1 + random() % 50;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (random() % 8 == 0) {
      OsEvent event = random_event(random);
      event.thread = block.records.empty() ? std::uint8_t{0} : block.records.back().thread;
      block.events.push_back({static_cast<std::uint32_t>(block.records.size()), event});
    }
    TraceRecord record;
    record.address = 1 + random() % (std::uint64_t{1} << 47);
    record.bytes = static_cast<std::uint16_t>(1 + random() % 15);
    record.instructions = 1;
    record.kind = AccessKind::kFetch;
    // Threads are numbered as they appear, which the first two do here.
    record.thread = static_cast<std::uint8_t>(i == 0 ? 0 : random() % 2);
    block.records.push_back(record);
    for (std::uint64_t data = random() % 3; data > 0; --data) {
      record.address = 1 + random() % (std::uint64_t{1} << 47);
      record.bytes = static_cast<std::uint16_t>(1 + random() % 64);
      record.instructions = 0;
      record.kind = static_cast<AccessKind>(1 + random() % 3);
      block.records.push_back(record);
    }
  }
  return block;
}

class EveryReader : public ::testing::TestWithParam<Format> {
 protected:
  TempFolder folder_;
};

TEST_P(EveryReader, ReadsAnyProgramThatWasWritten) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200; ++i) {
    const TraceBlock program = random_program(random);
    const std::string path = folder_.write("t", GetParam().write(program));
    EXPECT_TRUE(same(read_all(*open_trace(path)), GetParam().expressible(program))) << i;
  }
}

TEST_P(EveryReader, ReadsAnyPackingOfIt) {
  std::mt19937_64 random(2);
  const TraceBlock program = random_program(random);
  for (const Packer& packer : kPackers) {
    const std::string path = folder_.write("t", packer.pack(GetParam().write(program)));
    EXPECT_TRUE(same(read_all(*open_trace(path)), GetParam().expressible(program))) << packer.name;
  }
}

TEST_P(EveryReader, ItsSampleIsTheSameProgramAsTheOwnOne) {
  const std::string samples = project_file("traces/samples/");
  const TraceBlock sample = read_all(*open_trace(samples + GetParam().sample));
  const TraceBlock own = first_instructions(*open_trace(samples + "sort.mmt"), kSampleInstructions);
  const TraceBlock expected = GetParam().expressible(own);
  EXPECT_GT(sample.records.size(), kSampleInstructions);
  EXPECT_TRUE(same(sample, expected));
}

TEST(DrmemtracePackings, ArchiveAndFolderGiveWhatThePlainFileGives) {
  const TempFolder folder;
  std::mt19937_64 random(3);
  for (int i = 0; i < 30; ++i) {
    const TraceBlock program = random_program(random);
    const TraceBlock plain = read_all(*open_trace(folder.write("t", drmemtrace_of(program))));
    EXPECT_TRUE(same(plain, as_drmemtrace(program))) << i;

    const std::string chunks = zip_in_chunks(drmemtrace_of(program), 1 + random() % 9);
    const auto zip = open_trace(folder.write("t.memtrace.zip", chunks));
    EXPECT_TRUE(same(read_all(*zip), plain)) << i;

    const std::string dir = folder.file("drmemtrace.app." + std::to_string(i) + ".dir");
    std::filesystem::create_directories(dir + "/trace");
    unsigned number = 0;
    for (const std::string& thread : drmemtrace_threads_of(program)) {
      const std::string name = "/trace/drmemtrace.app." + std::to_string(++number) + ".trace";
      std::ofstream(dir + name + (number % 2 == 0 ? ".gz" : ".zip"))
          << (number % 2 == 0 ? gzip_of(thread) : zip_in_chunks(thread, 3));
    }
    EXPECT_TRUE(same(read_all(*open_trace(dir)), plain)) << i;
    EXPECT_TRUE(same(read_all(*open_trace(dir + "/trace")), plain)) << i;
    EXPECT_EQ(open_trace(dir)->header().hash, open_trace(folder.file("t"))->header().hash) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryReader, ::testing::ValuesIn(kFormats),
                         [](const auto& format) { return format.param.name; });

}  // namespace
}  // namespace mmu::traces
