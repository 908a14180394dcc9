// Laws that hold for every kind of workload.
#include <algorithm>
#include <map>

#include "testbench/unit/workloads/workload_test.hpp"
#include "traces/open_trace.hpp"
#include "traces/workloads/catalogue.hpp"

namespace mmu::traces {
namespace {

/// One small example of each kind.
const std::map<std::string, std::string> kExamples = {
    {"sequential", "sequential:bytes=64KiB,accesses=20K,writes=30"},
    {"stride", "stride:bytes=1MiB,stride=72,accesses=20K"},
    {"uniform", "uniform:bytes=1MiB,accesses=20K,writes=30"},
    {"gups", "gups:bytes=1MiB,accesses=20K,compute=3"},
    {"zipf", "zipf:bytes=1MiB,accesses=20K"},
    {"chase", "chase:bytes=1MiB,accesses=20K,node=48"},
    {"hash", "hash:bytes=1MiB,accesses=20K,load=70,theta=0.5"},
    {"btree", "btree:keys=10K,node=128,accesses=20K"},
    {"graph", "graph:vertices=1000,accesses=100K"},
    {"heap", "heap:objects=100,accesses=50K,most=1MiB"},
    {"phases", "phases:[gups:accesses=1K],[heap:accesses=9K,objects=50],repeat=2"},
    {"mix", "mix:turn=2,3*[zipf:accesses=10K],[chase:accesses=9K],[heap:accesses=1K]"}};

/// The addresses that the program may use, from the trace alone.
class Mapped {
 public:
  explicit Mapped(const TraceHeader& header) : break_(header.brk_start), start_(break_) {
    for (const ImageArea& area : header.image) pages(area.start, area.bytes, true);
  }
  void apply(const OsEvent& event) {
    if (event.type == OsEventType::kMmap) {
      pages(static_cast<std::uint64_t>(event.result), event.args[1], true);
    } else if (event.type == OsEventType::kMunmap) {
      pages(event.args[0], event.args[1], false);
    } else {
      ASSERT_EQ(event.type, OsEventType::kBrk);
      const auto to = static_cast<std::uint64_t>(event.result);
      ASSERT_GE(to, start_);
      if (to > break_) pages(break_, to - break_, true);
      if (to < break_) pages(to, break_ - to, false);
      break_ = to;
    }
  }
  bool has(std::uint64_t address) const { return pages_.count(address / 4096) != 0; }

 private:
  void pages(std::uint64_t start, std::uint64_t bytes, bool there) {
    ASSERT_EQ(start % 4096 + bytes % 4096, 0u);
    for (std::uint64_t page = start / 4096; page < (start + bytes) / 4096; ++page) {
      ASSERT_NE(pages_.count(page) != 0, there) << "page " << page << " is mapped twice, or never";
      if (there) {
        pages_.emplace(page, 0);
      } else {
        pages_.erase(page);
      }
    }
  }
  std::map<std::uint64_t, int> pages_;
  std::uint64_t break_, start_;
};

TEST(EveryWorkload, HasAnExample) {
  for (const WorkloadKind& kind : workload_kinds()) {
    EXPECT_EQ(kExamples.count(std::string(kind.name)), 1u) << kind.name;
  }
}

TEST(EveryWorkload, TouchesOnlyWhatItHasMapped) {
  for (const auto& [name, text] : kExamples) {
    SCOPED_TRACE(text);
    const Generated all = generated(text);
    Mapped mapped(all.header);
    auto event = all.events.begin();
    for (std::size_t i = 0; i < all.records.size(); ++i) {
      for (; event != all.events.end() && event->before <= i; ++event) mapped.apply(event->event);
      const TraceRecord& record = all.records[i];
      ASSERT_TRUE(mapped.has(record.address) && mapped.has(record.address + record.bytes - 1))
          << "record " << i;
    }
  }
}

TEST(EveryWorkload, FetchesEachInstructionFromASmallLoop) {
  for (const auto& [name, text] : kExamples) {
    SCOPED_TRACE(text);
    const Generated all = generated(text);
    const ImageArea& code = all.header.image.at(0);
    ASSERT_TRUE(code.execute && !code.write);
    std::uint64_t in_sequence = 0, fetches = 0, pc = 0;
    bool fetched = false;
    for (const TraceRecord& record : all.records) {
      if (record.kind != AccessKind::kFetch) {
        ASSERT_TRUE(fetched) << "two data records of one instruction";
        ASSERT_EQ(record.instructions, 0u);
        fetched = false;
        continue;
      }
      ASSERT_EQ(record.instructions, 1u);
      ASSERT_GE(record.address, code.start);
      ASSERT_LE(record.address + record.bytes, code.start + code.bytes);
      in_sequence += record.address == pc + 4 ? 1 : 0;
      ++fetches;
      pc = record.address;
      fetched = true;
    }
    EXPECT_GT(2 * in_sequence, fetches);  // most of them follow the one before
  }
}

TEST(EveryWorkload, HasExactlyTheAccessesThatItIsAskedFor) {
  for (const auto& [name, text] : kExamples) {
    const bool made_of_parts = text.find('[') != std::string::npos;
    const std::string wanted = name + ":accesses=1234" + (name == "graph" ? ",vertices=100" : "");
    EXPECT_EQ(data_of(generated(made_of_parts ? text : wanted)).size(),
              made_of_parts ? 20'000u : 1'234u)
        << name;
  }
}

TEST(EveryWorkload, NeverDependsOnWhatIsNotThere) {
  for (const auto& [name, text] : kExamples) {
    std::uint64_t before = 0;
    for (const DataAccess& access : data_of(generated(text))) {
      ASSERT_LE(access.record.depends_on, before) << name;
      ++before;
    }
  }
}

TEST(EveryWorkload, IsTheSameForTheSameTextAndAnotherForAnotherSeed) {
  for (const auto& [name, text] : kExamples) {
    EXPECT_EQ(hash_of(text), hash_of(text)) << name;
    const WorkloadKind& kind = *find_workload(name);
    const bool has_seed =
        std::any_of(kind.parameters.begin(), kind.parameters.end(),
                    [](const Parameter& parameter) { return parameter.name == "seed"; });
    if (!has_seed) continue;
    EXPECT_NE(hash_of(text + ",seed=2"), hash_of(text)) << name;
  }
}

TEST(EveryWorkload, HasDefaultsThatAreAllowed) {
  for (const WorkloadKind& kind : workload_kinds()) {
    EXPECT_NO_THROW(Values(kind.name, kind.parameters, {})) << kind.name;
    EXPECT_EQ(kind.make == nullptr, kind.source.empty()) << kind.name;
  }
}

// What these texts mean may not change without anybody seeing it: results name the text. (Recorded
// when they were introduced; no source outside.)
TEST(EveryWorkload, IsTheSameAsEver) {
  EXPECT_EQ(hash_of("zipf:accesses=1K"), 0xa481ae07fc2382bdu);
  EXPECT_EQ(hash_of("graph:accesses=1K,vertices=1K"), 0xe2c0e70ef10108a6u);
  EXPECT_EQ(hash_of("heap:accesses=1K"), 0x114d0d05132cc16fu);
  EXPECT_EQ(hash_of("hash:accesses=1K"), 0xc37b0496f7ac5060u);
}

TEST(EveryWorkload, OpensAsATraceWithCountsAndHash) {
  const auto source = open_trace("heap:objects=100,accesses=50K");
  const TraceHeader& header = source->header();
  const Generated all = generated("heap:objects=100,accesses=50K");
  EXPECT_EQ(header.records, all.records.size());
  EXPECT_EQ(header.events, all.events.size());
  EXPECT_EQ(header.instructions, header.records - 50'000);
  EXPECT_EQ(header.hash, hash_of("heap:objects=100,accesses=50K"));
  EXPECT_TRUE(header.carries_mappings);
}

TEST(EveryWorkload, MapsItsPagesBeforeTheFirstRecordIfAsked) {
  const auto flags = [](const std::string& text) {
    return generated(text).events.at(0).event.args[3];
  };
  EXPECT_EQ(flags("gups:accesses=1") & linux_abi::kMapPopulate, 0u);
  EXPECT_NE(flags("gups:accesses=1,map=populate") & linux_abi::kMapPopulate, 0u);
}

}  // namespace
}  // namespace mmu::traces
