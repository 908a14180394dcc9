// TLBs, walk caches and walkers.
#include "testbench/system/knobs/tlb_knobs.hpp"

namespace mmu::test {
namespace {

// A first level that forgets at once, so that the second is asked; and no second level either, so
// that the walker is.
const std::string kStlbAsked = "mmu.itlb.entries=1 mmu.dtlb.entries=1 ";
const std::string kWalkerAsked = kStlbAsked + "mmu.stlb.entries=0 ";
const std::string kSplit = "mmu.second_level=split mmu.l2_itlb.latency_cycles=3 ";

constexpr std::uint64_t kWalk3 = 3 * (5 + 2) + 1;          ///< Sv39, all reads hit the L2
constexpr std::uint64_t kRegion = std::uint64_t{2} << 21;  ///< another level-1 entry
constexpr std::uint64_t kW = kX + 6 * kPage, kV = kX + 8 * kPage;

std::uint64_t cycles_of_fences(const KnobRun& run) {
  return at(run.result.cycle_stack, Part::kFence);
}

void add_first_level(std::vector<KnobCase>& cases, const std::string& tlb, AccessKind kind) {
  const Program again = chain({kX, kX}, kind);
  const Program back = chain({kX, kY, kX}, kind);
  // Two accesses at once to two lines of a page that hits.
  const Program two = Program(kind).step({kX}).step({kX + kLine}).step({kX, kX + kLine});
  // Two pages at once; the one that the TLB of one entry knows is another.
  const Program two_pages = chain({kX, kY, kZ}, kind).step({kX, kY});
  const auto add = [&](const std::string& knob, const std::string& with, const Program& program,
                       const std::string& one, std::uint64_t gives_one, const std::string& other,
                       std::uint64_t gives_other) {
    const std::string path = "mmu." + tlb + ".";
    cases.push_back({path + knob, with.empty() ? "" : path + with, program, last_step, one,
                     gives_one, other, gives_other});
  };
  add("entries", "", back, "1", 1 + 3 + 4, "2", 1 + 4);
  // Two sets: both pages are even.
  add("ways", "entries=2", back, "1", 1 + 3 + 4, "2", 1 + 4);
  add("latency_cycles", "", again, "1", 1 + 4, "6", 6 + 4);
  add("lookups_per_cycle", "", two, "0", 1 + 4, "1", 1 + (1 + 4));
  // With one slot the second asks again in the cycle after the first's answer, 1 + 3.
  add("miss_slots", "entries=1", two_pages, "2", 1 + 3 + 4, "1", (1 + 3 + 1) + 1 + 3 + 4);
  // What hits asks again in the cycle after the answer to the miss, 1 + 3.
  add("hit_under_miss", "entries=2", chain({kX, kY, kZ, kX}, kind).step({kY, kX}), "true", 1 + 4,
      "false", (1 + 3 + 1) + 1 + 4);
  add("replacement", "entries=4", lru_or_tree(kind), "lru", 1 + 3 + 4, "tree-plru", 1 + 4);
  add_arrays(cases, {"mmu." + tlb + ".", "", kind, 1 + 4, 1 + 3 + 4});
}

void add_lower_levels(std::vector<KnobCase>& cases) {
  // Each of the levels above has one entry; a third takes 6 cycles, a fourth 7.
  const std::string third =
      kStlbAsked + "mmu.stlb.entries=1 mmu.level3.entries=64 mmu.level3.latency_cycles=6 ";
  const std::string fourth =
      third + "mmu.level3.entries=1 mmu.level4.entries=64 mmu.level4.latency_cycles=7 ";
  constexpr auto kLoad = AccessKind::kLoad;
  add_lower_level(cases, {"mmu.stlb.", kStlbAsked, kLoad, 1 + 3 + 4, 1 + 3 + kWalk3 + 4}, 3,
                  kWalk3);
  add_lower_level(cases,
                  {"mmu.l2_itlb.", kStlbAsked + kSplit + "mmu.l2_itlb.entries=64 ",
                   AccessKind::kFetch, 1 + 3 + 4, 1 + 3 + kWalk3 + 4},
                  3, kWalk3);
  add_lower_level(cases, {"mmu.level3.", third, kLoad, 1 + 3 + 6 + 4, 1 + 3 + 6 + kWalk3 + 4}, 6,
                  kWalk3);
  add_lower_level(cases,
                  {"mmu.level4.", fourth, kLoad, 1 + 3 + 6 + 7 + 4, 1 + 3 + 6 + 7 + kWalk3 + 4}, 7,
                  kWalk3);
}

/// What levels hold of each other. Where the first level remembers, the others have one entry.
void add_inclusion(std::vector<KnobCase>& cases) {
  const std::string third = "mmu.stlb.entries=1 mmu.level3.entries=1 mmu.level3.latency_cycles=6 ";
  const std::string fourth = third + "mmu.level4.entries=1 mmu.level4.latency_cycles=7 ";
  const Program back = chain({kX, kY, kX});
  const struct {
    std::string path, machine;
    std::uint64_t behind;  // cycles of the look-ups behind the first level
  } levels[] = {{"mmu.stlb.", "mmu.stlb.entries=1 ", 3},
                {"mmu.level3.", third, 3 + 6},
                {"mmu.level4.", fourth, 3 + 6 + 7}};
  for (const auto& [path, machine, behind] : levels) {
    cases.push_back({path + "inclusion", machine, back, last_step, "neither", 1 + 4, "inclusive",
                     1 + behind + kWalk3 + 4});
    // All before it hold one page each, the same: Y. X is what they have given up.
    cases.push_back({path + "inclusion", kStlbAsked + machine, back, last_step, "neither",
                     1 + behind + kWalk3 + 4, "exclusive", 1 + behind + 4});
  }
  const std::string l2_itlb = kSplit + "mmu.l2_itlb.entries=1 ";
  const Program fetched = chain({kX, kY, kX}, AccessKind::kFetch);
  cases.push_back({"mmu.l2_itlb.inclusion", l2_itlb, fetched, last_step, "neither", 1 + 4,
                   "inclusive", 1 + 3 + kWalk3 + 4});
  cases.push_back({"mmu.l2_itlb.inclusion", kStlbAsked + l2_itlb, fetched, last_step, "neither",
                   1 + 3 + kWalk3 + 4, "exclusive", 1 + 3 + 4});
  // X moves into the ITLB with the fetch.
  cases.push_back(
      {"mmu.stlb.inclusion", kStlbAsked,
       chain({kX, kY}).now(AccessKind::kFetch).step({kX}).now(AccessKind::kLoad).step({kX}),
       last_step, "neither", 1 + 3 + 4, "exclusive", 1 + 3 + kWalk3 + 4});
}

/// Two pages of 2 MiB by turns, in two ways or in one.
void add_large_page_ways(std::vector<KnobCase>& cases) {
  constexpr std::uint64_t kWalk2 = 2 * (5 + 2) + 1;
  const std::string third =
      kStlbAsked + "mmu.stlb.entries=1 mmu.level3.entries=2 mmu.level3.latency_cycles=6 ";
  const std::string fourth =
      third + "mmu.level3.entries=1 mmu.level4.entries=2 mmu.level4.latency_cycles=7 ";
  const struct {
    std::string tlb, with;
    AccessKind kind;
    std::uint64_t hit, miss;  // cycles to the translation
  } levels[] = {
      {"itlb", "mmu.itlb.entries=2 ", AccessKind::kFetch, 1, 1 + 3},
      {"dtlb", "mmu.dtlb.entries=2 ", AccessKind::kLoad, 1, 1 + 3},
      {"l2_itlb", kStlbAsked + kSplit + "mmu.l2_itlb.entries=2 ", AccessKind::kFetch, 1 + 3,
       1 + 3 + kWalk2},
      {"stlb", kStlbAsked + "mmu.stlb.entries=2 ", AccessKind::kLoad, 1 + 3, 1 + 3 + kWalk2},
      {"level3", third, AccessKind::kLoad, 1 + 3 + 6, 1 + 3 + 6 + kWalk2},
      {"level4", fourth, AccessKind::kLoad, 1 + 3 + 6 + 7, 1 + 3 + 6 + 7 + kWalk2}};
  const auto large = [](std::uint64_t address) {
    OsEvent event = map(address & ~((std::uint64_t{1} << 21) - 1), std::uint64_t{1} << 21);
    event.args[2] |= linux_abi::kProtExec;
    return event;
  };
  for (const auto& level : levels) {
    const Program back = Program(level.kind)
                             .step_after(large(kX), {kX})
                             .step_after(large(kX + kRegion), {kX + kRegion})
                             .step({kX});
    cases.push_back({"mmu." + level.tlb + ".large_page_ways", level.with + "os.huge_pages=true",
                     back, last_step, "0", level.hit + 4, "1", level.miss + 4});
  }
}

/// The walk cache of `level`, in the smallest format that has it.
void add_walk_cache(std::vector<KnobCase>& cases, unsigned level) {
  const std::string path = "mmu.walk_cache.level" + std::to_string(level) + ".";
  const std::string format = level == 4 ? "sv57" : level == 3 ? "sv48" : "sv39";
  const std::string with = kWalkerAsked + "mmu.format=" + format + " ";
  const std::uint64_t levels = level == 4 ? 5 : level == 3 ? 4 : 3;
  // Two of the entry's span away: another entry, in the same of two sets.
  const std::uint64_t far = std::uint64_t{2} << (12 + 9 * level);
  const std::uint64_t walk = levels * (5 + 2) + 1;
  const std::uint64_t rest = level * (5 + 2) + 1;
  cases.push_back({path + "entries", with, chain({kX, kY, kX}), last_step, "0", 1 + walk + 4, "1",
                   1 + 2 + rest + 4});
  cases.push_back({path + "entries", with, chain({kX, kX + far, kX}), last_step, "1",
                   1 + 2 + walk + 4, "2", 1 + 2 + rest + 4});
  cases.push_back({path + "ways", with + path + "entries=2", chain({kX, kX + far, kX}), last_step,
                   "1", 1 + 2 + walk + 4, "2", 1 + 2 + rest + 4});
}

/// The walk cache with one array for all levels.
void add_shared_walk_cache(std::vector<KnobCase>& cases) {
  const std::string path = "mmu.walk_cache.";
  const std::string unified = kWalkerAsked + path + "organisation=unified ";
  const std::string tagged = kWalkerAsked + path + "organisation=pte-tagged ";
  const Program back = chain({kX, kY, kX});
  const std::vector<KnobCase> more = {
      {path + "organisation", kWalkerAsked, back, last_step, "split", 1 + kWalk3 + 4, "unified",
       1 + 2 + (5 + 2) + 1 + 4},
      // Tagged by PTE address it is asked at both upper levels.
      {path + "organisation", kWalkerAsked, back, last_step, "unified", 1 + 2 + (5 + 2) + 1 + 4,
       "pte-tagged", 1 + 1 + 2 * 2 + (5 + 2) + 4},
      // The entry nearest to the leaf is filled last: one entry is enough for it.
      {path + "shared.entries", unified, back, last_step, "0", 1 + kWalk3 + 4, "1",
       1 + 2 + (5 + 2) + 1 + 4},
      // Of the two levels one entry holds the lower, which is of no use before the upper is read.
      {path + "shared.entries", tagged, back, last_step, "1", 1 + 1 + 2 * 2 + 3 * (5 + 2) + 4, "2",
       1 + 1 + 2 * 2 + (5 + 2) + 4},
      // Two sets: all pointers of these regions fall into the first, the last one stays. One set:
      // the level-2 pointer, used in between, is the one of X's that stays.
      {path + "shared.ways", unified + path + "shared.entries=2", chain({kX, kX + kRegion, kX}),
       last_step, "1", 1 + 2 + kWalk3 + 4, "2", 1 + 2 + 2 * (5 + 2) + 1 + 4},
      {path + "latency_cycles", tagged, back, last_step, "2", 1 + 1 + 2 * 2 + (5 + 2) + 4, "7",
       1 + 1 + 2 * 7 + (5 + 2) + 4},
  };
  cases.insert(cases.end(), more.begin(), more.end());
}

/// In which order walkers take requests, and what they ask of memory.
void add_walker_reads(std::vector<KnobCase>& cases) {
  const Program three_pages = chain({kX, kY, kZ, kW, kV}).step({kX, kY, kZ});
  const Program two_pages = chain({kX, kY, kZ}).step({kX, kY});
  const std::string two = kWalkerAsked + "mmu.walker.count=2";
  const std::vector<KnobCase> more = {
      // All three arrive in one cycle; the last access is the last or the first to be walked for.
      {"mmu.walker.order", kWalkerAsked, three_pages, last_step, "fifo", 1 + 3 * kWalk3 + 2 + 4,
       "lifo", 1 + kWalk3 + 4},
      // The walk cache has one pointer, that of X and Y: it spares Y's walk two reads, or is gone
      // when that comes second.
      {"mmu.walker.order", kWalkerAsked + "mmu.walk_cache.level1.entries=1",
       chain({kX + kRegion, kY, kX}).step({kX + kRegion, kY}), last_step, "fifo",
       1 + (2 + kWalk3) + 1 + (2 + kWalk3) + 4, "shortest-first", 1 + 2 + (5 + 2) + 1 + 4},
      // The second access issues 3 cycles after the first, which issues 2 after the step before.
      // Its first read then falls into the 5 cycles of the first's, and they go on together.
      {"mmu.walker.shared_line_bytes", two, chain({kX, kY, kZ}).step({kX, kY}, 3), last_step, "0",
       2 + 3 + 1 + kWalk3 + 4, "64", 2 + 1 + kWalk3 + 4},
      // With one slot six reads follow each other, each 5 + 1 cycles after the one before.
      {"mmu.walker.memory_slots", two, two_pages, last_step, "0", 1 + kWalk3 + 4, "1",
       1 + 1 + 5 * (5 + 1) + (5 + 2) + 4},
      // Both would read in the same cycles: the second is one behind.
      {"mmu.walker.reads_per_cycle", two, two_pages, last_step, "0", 1 + kWalk3 + 4, "1",
       1 + kWalk3 + 1 + 4},
  };
  cases.insert(cases.end(), more.begin(), more.end());
}

}  // namespace

std::vector<KnobCase> mmu_knobs() {
  std::vector<KnobCase> cases;
  add_first_level(cases, "itlb", AccessKind::kFetch);
  add_first_level(cases, "dtlb", AccessKind::kLoad);
  add_lower_levels(cases);
  add_inclusion(cases);
  add_large_page_ways(cases);
  for (unsigned level = 1; level < kMaxLevels; ++level) add_walk_cache(cases, level);
  add_shared_walk_cache(cases);
  add_walker_reads(cases);

  const Program back = chain({kX, kY, kX});
  const Program two_pages = chain({kX, kY, kZ}).step({kX, kY});
  const Program four_pages = chain({kX, kY, kZ, kW, kV}).step({kX, kY, kZ, kW});
  // Another page is given back, with a fence of its address; then X.
  const Program fenced = chain({kX, kY}).step_after(unmap(kY, kPage), {kX});
  const Program switched = chain({kX}).step_after(switch_and_back(), {kX});
  const Program dirty = chain({kX}).now(AccessKind::kStore).step({kX});
  const std::vector<KnobCase> others = {
      {"mmu.mode", kWalkerAsked, back, last_step, "normal", 1 + kWalk3 + 4, "perfect-tlb", 1 + 4},
      // A page fetched, then loaded; another page was loaded before.
      {"mmu.first_level", "mmu.dtlb.entries=1",
       chain({kX, kY}).now(AccessKind::kFetch).step({kX}).now(AccessKind::kLoad).step({kX}),
       last_step, "split", 1 + 3 + 4, "unified", 1 + 4},
      // A page fetched, then loaded; the line comes from the L2.
      {"mmu.second_level", "", chain({kX}, AccessKind::kFetch).now(AccessKind::kLoad).step({kX}),
       last_step, "unified", 1 + 3 + 4 + 5, "split", 1 + 3 + kWalk3 + 4 + 5},
      {"mmu.format", kWalkerAsked, back, last_step, "sv39", 1 + kWalk3 + 4, "sv57",
       1 + 5 * (5 + 2) + 1 + 4},
      // A store to a clean page. By hardware: the walk's update takes 5 + 2 more, and the STLB's
      // look-up precedes it. By fault: the trap (free here) fences the page off, and the store
      // walks again.
      {"mmu.ad_update", "", dirty, last_step, "hardware", 1 + 3 + kWalk3 + (5 + 2) + 4, "fault",
       1 + 1 + 3 + kWalk3 + 4},
      {"mmu.walk_cache.latency_cycles", kWalkerAsked + "mmu.walk_cache.level1.entries=4", back,
       last_step, "2", 1 + 2 + (5 + 2) + 1 + 4, "7", 1 + 7 + (5 + 2) + 1 + 4},
      // Regions A B C D A E B of 2 MiB, as in lru_or_tree(): the last finds its entry, or walks
      // all.
      {"mmu.walk_cache.replacement", kWalkerAsked + "mmu.walk_cache.level1.entries=4",
       chain({kX, kX + kRegion, kX + 2 * kRegion, kX + 3 * kRegion, kX, kX + 4 * kRegion,
              kX + kRegion}),
       last_step, "lru", 1 + 2 + kWalk3 + 4, "tree-plru", 1 + 2 + (5 + 2) + 1 + 4},
      // One walker takes up the next walk in the cycle after a result.
      {"mmu.walker.count", kWalkerAsked, four_pages, last_step, "1", 1 + 4 * kWalk3 + 3 + 4, "2",
       1 + 2 * kWalk3 + 1 + 4},
      {"mmu.walker.count", kWalkerAsked, four_pages, last_step, "3", 1 + 2 * kWalk3 + 1 + 4, "4",
       1 + kWalk3 + 4},
      // Two walkers are free, but the one place is in use until the first is given its walk, after
      // the STLB's turn.
      {"mmu.walker.queue_entries", kWalkerAsked + "mmu.walker.count=2", two_pages, last_step, "2",
       1 + kWalk3 + 4, "1", 1 + 1 + kWalk3 + 4},
      {"mmu.asid_bits", "", switched, last_step, "0", 1 + 3 + kWalk3 + 4, "1", 1 + 4},
      {"mmu.asid_bits", "", switched, last_step, "0", 1 + 3 + kWalk3 + 4, "16", 1 + 4},
      {"mmu.fence.precision", "", fenced, last_step, "exact", 1 + 4, "asid", 1 + 3 + kWalk3 + 4},
      {"mmu.fence.precision", "", fenced, last_step, "exact", 1 + 4, "all", 1 + 3 + kWalk3 + 4},
      {"mmu.fence.latency_cycles", "", fenced, last_step, "0", 1 + 4, "50", 50 + 1 + 4},
      {"mmu.fence.latency_cycles", "", fenced, cycles_of_fences, "0", 0, "1", 1},
      // Each read of a warm walk hits the L1D in 4 cycles, the L2 in 5.
      {"mmu.walker.reads_enter", kWalkerAsked, back, last_step, "l2", 1 + kWalk3 + 4, "l1d",
       1 + 3 * (4 + 2) + 1 + 4},
  };
  cases.insert(cases.end(), others.begin(), others.end());
  return cases;
}

}  // namespace mmu::test
