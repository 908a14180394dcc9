#include "testbench/support/random_machine.hpp"

#include <string>
#include <utility>

#include "hw/mmu/inclusion.hpp"
#include "testbench/support/random_program.hpp"
#include "testbench/support/random_source.hpp"

namespace mmu::test {
namespace {

constexpr std::uint32_t power_of_two(std::uint32_t exponent) { return 1U << exponent; }

Replacement random_policy(RandomSource& random) {
  return random.one_of({Replacement::kLru, Replacement::kLru, Replacement::kLru,
                        Replacement::kTreePlru, Replacement::kRandom, Replacement::kFifo,
                        Replacement::kBitPlru, Replacement::kNru, Replacement::kSrrip});
}

/// Ways and sets; tree-plru needs a power of two of ways.
struct Shape {
  std::uint32_t ways, sets;
  Replacement policy;
};

Shape random_shape(RandomSource& random, std::uint32_t most) {
  const Replacement policy = random_policy(random);
  const bool powers = policy == Replacement::kTreePlru;
  const std::uint32_t ways = powers ? power_of_two(random.number(0, 3)) : random.number(1, 8);
  return {ways, random.number(1, most / ways), policy};
}

/// A base array for some page sizes, and others for some of the rest.
void add_arrays(RandomSource& random, TlbParams& tlb) {
  if (random.chance(60)) return;
  const auto array = [&](const char* page_sizes) {
    const Shape shape = random_shape(random, 16);
    const std::uint32_t sector = random.chance(30) ? power_of_two(random.number(1, 4)) : 1;
    return TlbArrayParams{shape.ways * shape.sets, shape.ways, shape.policy, page_sizes, sector};
  };
  const bool both = random.chance(40);
  tlb.page_sizes = both ? "4K+2M" : "4K";
  if (random.chance(70)) tlb.large = array(both ? "64K" : "2M+64K");
  if (random.chance(30)) tlb.huge = array("1G+32M");
}

TlbParams random_tlb(RandomSource& random, std::uint32_t most, std::uint32_t slowest) {
  const Shape shape = random_shape(random, most);
  TlbParams tlb;
  tlb.entries = shape.ways * shape.sets;
  tlb.ways = shape.sets == 1 && random.chance(50) ? 0 : shape.ways;
  tlb.replacement = shape.policy;
  tlb.latency_cycles = random.chance(50) ? 1 : random.number(1, slowest);
  tlb.lookups_per_cycle = random.number(0, 2);
  tlb.miss_slots = random.number(1, 8);
  add_arrays(random, tlb);
  if (random.chance(30)) tlb.probing = TlbParams::Probing::kSequential;
  tlb.probe_cycles = random.number(1, 4);
  if (random.chance(30)) tlb.sector_pages = power_of_two(random.number(1, 4));
  tlb.hit_under_miss = random.chance(85);
  return tlb;
}

WalkCacheParams random_walk_cache(RandomSource& random) {
  WalkCacheParams cache{{0, 0}, {0, 0}, {0, 0}, {0, 0}, random.number(0, 3), Replacement::kLru};
  using Organisation = WalkCacheParams::Organisation;
  cache.organisation = random.one_of({Organisation::kSplit, Organisation::kSplit,
                                      Organisation::kUnified, Organisation::kPteTagged});
  cache.shared = {0, 0};
  if (random.chance(25)) return cache;
  do {
    cache.replacement = random_policy(random);
  } while (row_of(cache.replacement).powers_of_two);
  for (auto* level : {&cache.level1, &cache.level2, &cache.level3, &cache.level4, &cache.shared}) {
    if (random.chance(25)) continue;
    level->ways = random.number(0, 2);
    level->entries = level->ways == 2 ? 2 * random.number(1, 4) : random.number(1, 8);
  }
  return cache;
}

CacheParams random_cache(RandomSource& random, std::uint32_t line_bytes, std::uint32_t most_bytes,
                         std::uint32_t slowest) {
  const Shape shape = random_shape(random, most_bytes / line_bytes);
  CacheParams cache;
  cache.line_bytes = line_bytes;
  cache.ways = shape.ways;
  cache.size_bytes = std::uint64_t{shape.ways} * shape.sets * line_bytes;
  cache.replacement = shape.policy;
  cache.latency_cycles = random.number(1, slowest);
  cache.lookups_per_cycle = random.number(0, 2);
  cache.miss_slots = random.chance(70) ? random.number(1, 4) : random.number(1, 16);
  return cache;
}

CpuParams random_cpu(RandomSource& random, std::uint32_t line_bytes) {
  CpuParams cpu;
  cpu.issue_width = random.number(1, 8);
  cpu.window = random.chance(20) ? random.number(1, 2) : random.number(1, 64);
  cpu.fetch_block_bytes = power_of_two(random.number(2, 7));
  if (cpu.fetch_block_bytes > line_bytes) cpu.fetch_block_bytes = line_bytes;
  using Dependence = CpuParams::Dependence;
  cpu.dependence = random.one_of(
      {Dependence::kTrace, Dependence::kTrace, Dependence::kNone, Dependence::kSerial});
  return cpu;
}

PrefetchParams random_prefetch(RandomSource& random) {
  PrefetchParams prefetch;
  using Kind = PrefetchParams::Kind;
  prefetch.kind = random.one_of(
      {Kind::kOff, Kind::kNextPage, Kind::kStride, Kind::kArbitraryStride, Kind::kDistance});
  prefetch.degree = random.chance(50) ? 1 : random.number(2, 6);
  prefetch.distance = random.chance(70) ? 1 : random.number(2, 5);
  if (random.chance(40)) prefetch.target = PrefetchParams::Target::kStlb;
  prefetch.buffer_entries = random.number(1, 16);
  prefetch.queue_entries = random.number(1, 8);
  prefetch.table_ways = random.number(0, 3);
  prefetch.table_entries = random.number(1, 6) * std::max(prefetch.table_ways, 1U);
  return prefetch;
}

/// Inclusive where a level holds what those before it hold; else as it comes.
void add_inclusion(RandomSource& random, MmuParams& mmu) {
  const std::pair<const TlbParams*, Inclusion*> levels[] = {{&mmu.stlb, &mmu.stlb_inclusion},
                                                            {&mmu.level3, &mmu.level3_inclusion},
                                                            {&mmu.level4, &mmu.level4_inclusion}};
  for (const auto& [tlb, inclusion] : levels) {
    if (tlb->entries == 0) continue;
    *inclusion = random.one_of(
        {Inclusion::kNeither, Inclusion::kNeither, Inclusion::kInclusive, Inclusion::kExclusive});
    if (inclusion_problem(mmu)) *inclusion = Inclusion::kExclusive;
  }
}

/// A second level of two TLBs: drawn apart, so that a seed's machine does not depend on it
/// otherwise.
void add_split_second_level(RandomSource& random, MmuParams& mmu) {
  if (mmu.first_level == MmuParams::FirstLevel::kUnified || random.chance(60)) return;
  mmu.second_level = MmuParams::SecondLevel::kSplit;
  mmu.l2_itlb = random_tlb(random, random.one_of({16U, 256U}), 8);
  if (random.chance(10)) {
    mmu.l2_itlb.entries = mmu.l2_itlb.ways = 0;
    mmu.l2_itlb.large.entries = mmu.l2_itlb.huge.entries = 0;
    mmu.prefetch.target = PrefetchParams::Target::kBuffer;
  } else {
    mmu.l2_itlb_inclusion = random.one_of(
        {Inclusion::kNeither, Inclusion::kNeither, Inclusion::kInclusive, Inclusion::kExclusive});
  }
  // An inclusive level may now have to hold what it does not.
  for (Inclusion* inclusion : {&mmu.l2_itlb_inclusion, &mmu.stlb_inclusion, &mmu.level3_inclusion,
                               &mmu.level4_inclusion}) {
    const auto problem = inclusion_problem(mmu);
    if (problem && *inclusion == Inclusion::kInclusive) *inclusion = Inclusion::kExclusive;
  }
}

MmuParams random_mmu(RandomSource& random, bool narrow) {
  MmuParams mmu;
  mmu.format = random.one_of<const char*>({"sv39", "sv48", "sv57", "x86-64-4level", "x86-64-5level",
                                           "aarch64-4k", "aarch64-16k", "aarch64-64k"});
  if (narrow && random.chance(25)) mmu.format = "sv32";
  const bool software = find_format(mmu.format)->ad_by_software_too;
  mmu.ad_update = software && random.chance(50) ? AdUpdate::kFault : AdUpdate::kHardware;
  mmu.itlb = random_tlb(random, random.one_of({8U, 64U}), 3);
  mmu.dtlb = random_tlb(random, random.one_of({8U, 64U}), 3);
  mmu.stlb = random_tlb(random, random.one_of({16U, 256U}), 8);
  if (random.chance(20)) {
    mmu.stlb.entries = mmu.stlb.ways = 0;
    mmu.stlb.large.entries = mmu.stlb.huge.entries = 0;
  }
  mmu.first_level = random.one_of({MmuParams::FirstLevel::kSplit, MmuParams::FirstLevel::kSplit,
                                   MmuParams::FirstLevel::kUnified});
  if (random.chance(30)) mmu.level3 = random_tlb(random, 256, 12);
  if (mmu.level3.entries != 0 && random.chance(40)) mmu.level4 = random_tlb(random, 256, 12);
  add_inclusion(random, mmu);
  mmu.walk_cache = random_walk_cache(random);
  mmu.walker.count = random.number(1, 4);
  mmu.walker.queue_entries = random.number(1, 8);
  mmu.prefetch = random_prefetch(random);
  if (mmu.stlb.entries == 0) mmu.prefetch.target = PrefetchParams::Target::kBuffer;
  using Order = WalkerParams::Order;
  mmu.walker.order =
      random.one_of({Order::kFifo, Order::kFifo, Order::kLifo, Order::kShortestFirst});
  mmu.walker.memory_slots = random.chance(50) ? 0 : random.number(1, 4);
  mmu.walker.reads_enter = random.one_of({WalkerParams::Reads::kL1d, WalkerParams::Reads::kL2});
  return mmu;
}

DramParams random_dram(RandomSource& random) {
  DramParams dram;
  dram.clock_ps = random.one_of({250U, 417U, 625U, 750U, 1000U, 1250U});
  dram.channels = power_of_two(random.number(0, 1));
  dram.ranks = power_of_two(random.number(0, 1));
  dram.banks = power_of_two(random.number(0, 3));
  dram.row_bytes = power_of_two(random.number(8, 13));
  dram.t_cl = random.number(1, 24);
  dram.t_rcd = random.number(1, 24);
  dram.t_rp = random.number(1, 24);
  dram.t_ras = random.number(1, 52);
  dram.burst_clocks = random.number(1, 8);
  dram.t_refi = random.chance(30) ? 0 : random.number(100, 3000);
  dram.t_rfc = random.number(1, 90);
  dram.queue_entries = random.number(1, 8);
  if (random.chance(10)) dram.model = DramParams::Model::kFixed;
  dram.fixed_ps = random.number(0, 80'000);
  dram.fixed_line_ps = random.chance(50) ? 0 : random.number(1, 20'000);
  return dram;
}

OsSettings random_os(RandomSource& random, const PageTableFormat& format) {
  OsSettings os;
  os.huge_pages = random.chance(50);
  os.gigantic_pages = format.maps_at(2) && random.chance(30);
  os.contiguous_pages = format.group_shift(0) != 0 && random.chance(50);
  // Enough for all programs: a page taken whole leaves less for others.
  const bool largest = os.gigantic_pages || format.page_shift > 12;
  os.memory_bytes = std::uint64_t{largest ? 16u * 1024 : os.huge_pages ? 4096u : 256u} << 20;
  os.cost = {};
  const std::uint32_t most = random.one_of({0U, 3U, 40U});
  for (std::uint32_t* cost :
       {&os.cost.trap_cycles, &os.cost.fault_cycles, &os.cost.zero_frame_cycles,
        &os.cost.copy_frame_cycles, &os.cost.entry_cycles, &os.cost.table_cycles,
        &os.cost.system_call_cycles, &os.cost.area_cycles, &os.cost.fence_cycles}) {
    *cost = random.number(0, most);
  }
  // A large page is 512 frames and more to zero: the run would be all trap.
  if (os.cost.zero_frame_cycles > 1) os.cost.zero_frame_cycles = 1;
  return os;
}

}  // namespace

MachineParams random_machine(std::uint64_t seed) {
  RandomSource random(seed);
  MachineParams machine;
  machine.name = "random-" + std::to_string(seed);
  machine.seed = seed;
  machine.clock.period_ps = random.one_of({250U, 300U, 333U, 500U, 1000U});
  const std::uint32_t line_bytes = random.one_of({32U, 64U, 64U, 128U});
  machine.cpu = random_cpu(random, line_bytes);
  machine.mmu = random_mmu(random, is_narrow(seed));
  RandomSource later(~seed ^ 1);
  machine.mmu.walker.reads_per_cycle = later.chance(60) ? 0 : later.number(1, 2);
  RandomSource second_level(~seed);
  add_split_second_level(second_level, machine.mmu);
  for (TlbParams* tlb : {&machine.mmu.itlb, &machine.mmu.dtlb, &machine.mmu.l2_itlb,
                         &machine.mmu.stlb, &machine.mmu.level3, &machine.mmu.level4}) {
    if (tlb->entries == 0 || later.chance(70)) continue;
    tlb->large_page_ways = later.number(0, tlb->ways == 0 ? tlb->entries : tlb->ways);
  }
  machine.mmu.walker.shared_line_bytes = random.chance(50) ? 0 : line_bytes;
  machine.cache.l1i = random_cache(random, line_bytes, 4096, 5);
  machine.cache.l1d = random_cache(random, line_bytes, 4096, 5);
  machine.cache.l2 = random_cache(random, line_bytes, 16384, 12);
  machine.cache.llc = random_cache(random, line_bytes, 65536, 20);
  machine.dram = random_dram(random);
  machine.os = random_os(random, *find_format(machine.mmu.format));
  using Mode = MmuParams::Mode;
  machine.mmu.mode = random.one_of({Mode::kNormal, Mode::kNormal, Mode::kNormal, Mode::kNormal,
                                    Mode::kNormal, Mode::kPerfectTlb, Mode::kNoTranslation});
  using Precision = FenceParams::Precision;
  machine.mmu.fence.precision =
      random.one_of({Precision::kExact, Precision::kExact, Precision::kAsid, Precision::kAll});
  machine.mmu.asid_bits = random.one_of({0U, 0U, 1U, 2U, 12U, 16U});
  machine.os.cost.switch_cycles = random.number(0, 40);
  if (random.chance(30)) machine.os.switch_instructions = random.number(20, 1000);
  if (random.chance(40)) machine.mmu.fence.latency_cycles = random.number(1, 30);
  return machine;
}

}  // namespace mmu::test
