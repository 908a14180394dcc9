// What every level of TLB has: arrays for page sizes, and how they are searched. All pages are of
// 4 KiB.
#include "testbench/system/knobs/tlb_knobs.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kW = kX + 6 * kPage, kV = kX + 8 * kPage;

/// Adds cases of one level.
class Level {
 public:
  Level(std::vector<KnobCase>& cases, const TlbLevel& level) : cases_(cases), level_(level) {}

  void page_sizes(const std::string& array, const std::string& with, const std::string& none) {
    add(array + "page_sizes", with, again(), "4K", level_.hit, none, level_.miss);
  }
  void array(const std::string& name);
  void probing();
  void sectors(const std::string& array, const std::string& with);

 private:
  Program chain_of(const std::vector<std::uint64_t>& pages) const {
    return chain(pages, level_.kind);
  }
  /// A page of its own between two of the same; the second is looked up in this level.
  Program again() const { return chain_of({kX, kY, kX}); }
  void add(const std::string& knob, const std::string& with, const Program& program,
           const std::string& one, std::uint64_t gives_one, const std::string& other,
           std::uint64_t gives_other) {
    std::string changes = level_.with;
    if (!with.empty()) changes += " " + level_.path + with;
    cases_.push_back(
        {level_.path + knob, changes, program, last_step, one, gives_one, other, gives_other});
  }

  std::vector<KnobCase>& cases_;
  const TlbLevel& level_;
};

/// The array `name` holds the pages of 4 KiB, the base array has none.
void Level::array(const std::string& name) {
  const std::string base =
      "page_sizes=2M " + level_.path + name + "page_sizes=4K " + level_.path + name;
  add(name + "entries", "page_sizes=2M " + level_.path + name + "page_sizes=4K", again(), "0",
      level_.miss, "2", level_.hit);
  add(name + "entries", "page_sizes=2M " + level_.path + name + "page_sizes=4K", again(), "1",
      level_.miss, "2", level_.hit);
  add(name + "ways", base + "entries=2", again(), "1", level_.miss, "2", level_.hit);
  add(name + "replacement", base + "entries=4", lru_or_tree(level_.kind), "lru", level_.miss,
      "tree-plru", level_.hit);
  page_sizes(name, "page_sizes=2M " + level_.path + name + "entries=4", "64K");
  sectors(name, base + "entries=1");
}

/// Of two neighbours the second is used last, then a page far away, then the first, whose walk
/// reads the entry of the second too.
void Level::sectors(const std::string& array, const std::string& with) {
  add(array + "sector_pages", with, chain_of({kX + kPage, kX + 32 * kPage, kX, kX + kPage}), "1",
      level_.miss, "2", level_.hit);
}

/// What is not there is looked for as a page of 4 KiB, 2 MiB and 1 GiB.
void Level::probing() {
  add("probing", "entries=1", again(), "parallel", level_.miss, "sequential", level_.miss + 2);
  add("probe_cycles", "entries=1 " + level_.path + "probing=sequential", again(), "1",
      level_.miss + 2, "6", level_.miss + 12);
}

}  // namespace

Program lru_or_tree(AccessKind kind) { return chain({kX, kY, kZ, kW, kX, kV, kY}, kind); }

void add_lower_level(std::vector<KnobCase>& cases, const TlbLevel& level, std::uint64_t latency,
                     std::uint64_t walk) {
  const Program back = chain({kX, kY, kX}, level.kind);
  const Program two_pages = chain({kX, kY, kZ}, level.kind).step({kX, kY});
  const auto add = [&](const std::string& knob, const std::string& with, const Program& program,
                       const std::string& one, std::uint64_t gives_one, const std::string& other,
                       std::uint64_t gives_other) {
    cases.push_back({level.path + knob, level.with + with, program, last_step, one, gives_one,
                     other, gives_other});
  };
  const std::string set = " " + level.path;
  add("entries", "", back, "1", level.miss, "2", level.hit);
  add("entries", "", back, "0", level.miss - latency, "64", level.hit);
  add("ways", set + "entries=2", back, "1", level.miss, "2", level.hit);
  add("latency_cycles", "", back, "3", level.hit - latency + 3, "9", level.hit - latency + 9);
  add("lookups_per_cycle", "", two_pages, "0", level.hit, "1", level.hit + 1);
  // With one slot the second is looked up in the cycle after the first walk's result.
  add("miss_slots", set + "entries=1 mmu.walker.count=2", two_pages, "2", level.miss, "1",
      level.miss + 1 + latency + walk);
  // Of the pages here that of Z is not the oldest, X is not among them: Z waits for X's walk.
  add("hit_under_miss", set + "entries=3",
      chain({kX, kY, kZ, kW, kZ, kY}, level.kind).step({kX, kZ}), "true", level.hit, "false",
      level.miss + 1 + latency);
  add("replacement", set + "entries=4", lru_or_tree(level.kind), "lru", level.miss, "tree-plru",
      level.hit);
  add_arrays(cases, level);
}

void add_arrays(std::vector<KnobCase>& cases, const TlbLevel& wanted) {
  Level level(cases, wanted);
  level.page_sizes("", "large.entries=0", "2M");
  level.array("large.");
  level.array("huge.");
  level.probing();
  level.sectors("", "entries=1");
}

}  // namespace mmu::test
