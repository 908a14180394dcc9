// The four caches.
#include "testbench/system/knobs/knob_case.hpp"

namespace mmu::test {
namespace {

// One line each: whatever was touched before is asked of the next level.
const std::string kL2Asked =
    "cache.l1i.size_bytes=64 cache.l1i.ways=1 cache.l1d.size_bytes=64 cache.l1d.ways=1 ";
const std::string kLlcAsked = kL2Asked + "cache.l2.size_bytes=64 cache.l2.ways=1 ";

std::uint64_t l2_misses(const KnobRun& run) { return run.result.l2.misses; }
std::uint64_t llc_misses(const KnobRun& run) { return run.result.llc.misses; }

/// Line n of the page.
constexpr std::uint64_t line(std::uint64_t n) { return kX + n * kLine; }

/// What an access costs that this level answers, and one that the next does.
struct CacheLevel {
  std::string name;
  std::string with;
  AccessKind kind;
  std::uint64_t above;  ///< cycles before it is asked
  std::uint64_t latency;
  std::uint64_t below;  ///< cycles that a miss adds
};

void add_shape(std::vector<KnobCase>& cases, const CacheLevel& level) {
  const std::string path = "cache." + level.name + ".";
  const std::uint64_t hit = level.above + level.latency, miss = hit + level.below;
  // Lines 0 and 2 share a set of two, and none of four.
  const Program back2 = chain({line(0), line(2), line(0)}, level.kind);
  const Program back4 = chain({line(0), line(4), line(0)}, level.kind);
  cases.push_back({path + "size_bytes", level.with + path + "ways=1", back2, last_step, "128", miss,
                   "256", hit});
  cases.push_back(
      {path + "ways", level.with + path + "size_bytes=256", back4, last_step, "1", miss, "2", hit});
  cases.push_back({path + "latency_cycles", level.with, back2, last_step,
                   std::to_string(level.latency), hit, std::to_string(level.latency + 6), hit + 6});
}

void add_replacement(std::vector<KnobCase>& cases, const CacheLevel& level, bool full_of_tables) {
  // One set of four ways. Empty at first: lines A B C D A E B; LRU gives up B for E, the tree C
  // (it points away from A, then from D). Where page-table entries came first, lines take the ways
  // in the order 0 2 1 3 that the tree gives them up in: A B C D B A E C; LRU gives up C, the tree
  // points away from A, then from B: D.
  const std::string path = "cache." + level.name + ".";
  const std::uint64_t hit = level.above + level.latency, miss = hit + level.below;
  const Program program =
      full_of_tables
          ? chain({line(0), line(1), line(2), line(3), line(1), line(0), line(4), line(2)})
          : chain({line(0), line(1), line(2), line(3), line(0), line(4), line(1)}, level.kind);
  cases.push_back({path + "replacement", level.with + path + "size_bytes=256 " + path + "ways=4",
                   program, last_step, "lru", miss, "tree-plru", hit});
}

void add_ports(std::vector<KnobCase>& cases, const CacheLevel& level) {
  // Two lines that hit here, asked for in the same cycle.
  const std::string path = "cache." + level.name + ".";
  const std::uint64_t hit = level.above + level.latency;
  const Program two = chain({line(0), line(1), line(2)}, level.kind).step({line(0), line(1)});
  cases.push_back({path + "lookups_per_cycle", level.with, two, last_step, "0", hit, "1", hit + 1});
}

void add_slots(std::vector<KnobCase>& cases, const CacheLevel& level) {
  // Two misses to memory, whose row is open. With one slot, the second has its look-up here in the
  // cycle after the first's data, 1 + 4 + 5 + 7 + 14 = 31; else it waits for the bus only, 4.
  const std::string path = "cache." + level.name + ".";
  const std::uint64_t to_memory = 1 + 4 + 5 + 7 + 14;
  const Program two = chain({line(0)}, level.kind).step({line(1), line(2)});
  cases.push_back({path + "miss_slots", "", two, last_step, "2", to_memory + 4, "1",
                   to_memory + 1 + to_memory - level.above});
}

}  // namespace

std::vector<KnobCase> cache_knobs() {
  const CacheLevel l1i{"l1i", "", AccessKind::kFetch, 1, 4, 5};
  const CacheLevel l1d{"l1d", "", AccessKind::kLoad, 1, 4, 5};
  const CacheLevel l2{"l2", kL2Asked, AccessKind::kLoad, 1 + 4, 5, 7};
  const CacheLevel llc{"llc", kLlcAsked, AccessKind::kLoad, 1 + 4 + 5, 7, 14};
  std::vector<KnobCase> cases;
  for (const CacheLevel& level : {l1i, l1d, l2, llc}) {
    add_shape(cases, level);
    add_replacement(cases, level, level.name == "l2" || level.name == "llc");
    add_ports(cases, level);
    add_slots(cases, level);
  }
  // The next 64 bytes: a line of their own, or there already. The walk's three entries and the
  // data's lines miss in the L2 and the LLC.
  const Program next = chain({line(0), line(1)});
  const std::uint64_t to_memory = 1 + 4 + 5 + 7 + 14;
  const std::vector<KnobCase> lines = {
      {"cache.l1i.line_bytes", "", chain({line(0), line(1)}, AccessKind::kFetch), last_step, "64",
       to_memory, "128", 1 + 4},
      {"cache.l1d.line_bytes", "", next, last_step, "64", to_memory, "128", 1 + 4},
      {"cache.l2.line_bytes", "", next, l2_misses, "64", 3 + 2, "128", 3 + 1},
      {"cache.llc.line_bytes", "", next, llc_misses, "64", 3 + 2, "128", 3 + 1},
  };
  cases.insert(cases.end(), lines.begin(), lines.end());
  return cases;
}

}  // namespace mmu::test
