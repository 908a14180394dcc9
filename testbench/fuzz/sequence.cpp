#include "testbench/fuzz/sequence.hpp"

#include <algorithm>
#include <sstream>

#include "hw/mmu/inclusion.hpp"
#include "testbench/support/random_source.hpp"

namespace mmu::fuzz {
namespace {

using test::RandomSource;

constexpr const char* kOpNames[] = {
    "access",  "map",     "unmap",         "protect",      "clear-accessed", "clear-dirty",
    "malform", "promote", "demote",        "detach",       "misalign",       "fence",
    "switch",  "ungroup", "promote-giant", "demote-giant", "state"};

Replacement random_policy(RandomSource& random) {
  return static_cast<Replacement>(random.between(0, std::size(kReplacementNames) - 1));
}

TlbParams random_tlb(RandomSource& random, std::uint32_t slowest) {
  TlbParams tlb;
  tlb.ways = random.number(1, 4);
  tlb.entries = tlb.ways * random.number(1, 4);
  tlb.latency_cycles = random.number(1, slowest);
  tlb.lookups_per_cycle = random.number(0, 2);
  tlb.miss_slots = random.number(1, 6);
  tlb.replacement = random_policy(random);
  if (tlb.replacement == Replacement::kTreePlru && tlb.ways == 3) {  // wants a power of two
    tlb.entries = tlb.entries / 3 * 4;
    tlb.ways = 4;
  }
  return tlb;
}

MmuParams random_mmu(RandomSource& random) {
  MmuParams mmu;
  mmu.format =
      random.one_of<const char*>({"sv32", "sv39", "sv39", "sv48", "sv57", "x86-64-4level",
                                  "x86-64-5level", "aarch64-4k", "aarch64-16k", "aarch64-64k"});
  const bool by_software = paging_of(mmu.format).family != Family::kX86 && random.chance(30);
  mmu.ad_update = by_software ? AdUpdate::kFault : AdUpdate::kHardware;
  mmu.itlb = random_tlb(random, 3);
  mmu.dtlb = random_tlb(random, 3);
  mmu.stlb = random_tlb(random, 8);
  if (random.chance(25)) mmu.stlb.entries = mmu.stlb.ways = 0;
  const bool walk_cache = random.chance(60);
  mmu.walk_cache.replacement = random_policy(random);
  const bool by_twos = mmu.walk_cache.replacement == Replacement::kTreePlru;
  const auto some = [&](std::uint32_t least, std::uint32_t most) {
    const std::uint32_t entries = random.number(least, most);
    return by_twos && (entries & (entries - 1)) != 0 ? most : entries;
  };
  for (auto* level : {&mmu.walk_cache.level1, &mmu.walk_cache.level2, &mmu.walk_cache.level3,
                      &mmu.walk_cache.level4}) {
    level->ways = 0;
    level->entries = walk_cache ? some(0, 4) : 0;
  }
  mmu.walk_cache.latency_cycles = random.number(0, 2);
  mmu.walker.count = random.number(1, 4);
  mmu.walker.queue_entries = random.number(1, 4);
  using Organisation = WalkCacheParams::Organisation;
  mmu.walk_cache.organisation =
      random.one_of({Organisation::kSplit, Organisation::kUnified, Organisation::kPteTagged});
  mmu.walk_cache.shared = {walk_cache ? some(1, 8) : 0, 0};
  using Order = WalkerParams::Order;
  mmu.walker.order = random.one_of({Order::kFifo, Order::kLifo, Order::kShortestFirst});
  mmu.walker.shared_line_bytes = random.one_of({0U, 64U});
  mmu.walker.memory_slots = random.number(0, 2);
  using Kind = PrefetchParams::Kind;
  mmu.prefetch.kind = random.one_of({Kind::kOff, Kind::kNextPage, Kind::kStride});
  mmu.prefetch.degree = random.number(1, 3);
  mmu.prefetch.buffer_entries = random.number(1, 4);
  mmu.prefetch.queue_entries = random.number(1, 4);
  const bool has_stlb = mmu.stlb.entries != 0;
  if (has_stlb && random.chance(50)) mmu.prefetch.target = PrefetchParams::Target::kStlb;
  return mmu;
}

/// Arrays of page sizes of their own, in all kinds of division.
void divide(RandomSource& random, const Paging& paging, TlbParams& tlb) {
  tlb.page_sizes = paging.base_size;
  const std::string group = paging.group_size;
  if (!group.empty() && random.chance(70)) tlb.page_sizes += "+" + group;
  if (random.chance(70)) {
    tlb.large = {random.number(1, 4), 0, random_policy(random), paging.large_size};
    if (tlb.large.replacement == Replacement::kTreePlru) tlb.large.entries = 4;
  }
  const std::string giant = paging.giant_size;
  if (!giant.empty() && random.chance(50)) {
    tlb.huge = {random.number(1, 2), 0, random_policy(random), giant};
  }
}

/// Arrays, probing, levels: drawn apart, so that a seed's events do not depend on them.
void add_structures(RandomSource& random, MmuParams& mmu) {
  mmu.first_level =
      random.chance(20) ? MmuParams::FirstLevel::kUnified : MmuParams::FirstLevel::kSplit;
  if (random.chance(20)) mmu.level3 = random_tlb(random, 8);
  if (mmu.level3.entries != 0 && random.chance(30)) mmu.level4 = random_tlb(random, 8);
  for (TlbParams* tlb : {&mmu.itlb, &mmu.dtlb, &mmu.stlb, &mmu.level3, &mmu.level4}) {
    if (tlb->entries == 0) continue;
    if (random.chance(30)) divide(random, paging_of(mmu.format), *tlb);
    if (random.chance(30)) tlb->probing = TlbParams::Probing::kSequential;
    if (random.chance(30)) tlb->sector_pages = random.one_of({2U, 4U, 8U, 16U});
    if (random.chance(30)) tlb->large.sector_pages = random.one_of({2U, 4U, 8U, 16U});
    tlb->hit_under_miss = random.chance(85);
  }
  for (Inclusion* inclusion : {&mmu.stlb_inclusion, &mmu.level3_inclusion, &mmu.level4_inclusion}) {
    *inclusion = random.one_of({Inclusion::kNeither, Inclusion::kInclusive, Inclusion::kExclusive});
    if (inclusion_problem(mmu)) *inclusion = Inclusion::kExclusive;
    if (inclusion_problem(mmu)) *inclusion = Inclusion::kNeither;
  }
  using Precision = FenceParams::Precision;
  mmu.fence.precision =
      random.one_of({Precision::kExact, Precision::kExact, Precision::kAsid, Precision::kAll});
  if (random.chance(30)) mmu.fence.latency_cycles = random.number(1, 20);
  mmu.asid_bits = random.one_of({16U, 16U, 16U, 2U, 0U});
  using Kind = PrefetchParams::Kind;
  if (mmu.prefetch.kind != Kind::kOff && random.chance(50)) {
    mmu.prefetch.kind = random.one_of({Kind::kArbitraryStride, Kind::kDistance});
    mmu.prefetch.table_entries = random.number(1, 4);
  }
}

/// Likewise a second level of two TLBs.
void split_second_level(RandomSource& random, MmuParams& mmu) {
  if (mmu.first_level == MmuParams::FirstLevel::kUnified || random.chance(70)) return;
  mmu.second_level = MmuParams::SecondLevel::kSplit;
  mmu.l2_itlb = random_tlb(random, 8);
  mmu.l2_itlb_inclusion =
      random.one_of({Inclusion::kNeither, Inclusion::kInclusive, Inclusion::kExclusive});
  for (Inclusion* inclusion : {&mmu.l2_itlb_inclusion, &mmu.stlb_inclusion, &mmu.level3_inclusion,
                               &mmu.level4_inclusion}) {
    const bool is_inclusive = *inclusion == Inclusion::kInclusive;
    if (is_inclusive && inclusion_problem(mmu)) *inclusion = Inclusion::kExclusive;
  }
}

Op random_op(RandomSource& random) {
  const std::uint32_t draw = random.number(0, 99);
  if (draw < 52) return Op::kAccess;
  if (draw < 65) return Op::kFence;
  if (draw < 76) return Op::kMap;
  if (draw < 80) return Op::kPromote;
  if (draw < 84) return Op::kDemote;
  if (draw < 87) return Op::kSwitch;
  if (draw < 91) return Op::kState;
  if (draw < 94) return random.one_of({Op::kUngroup, Op::kPromoteGiant, Op::kDemoteGiant});
  if (draw < 98) return random.one_of({Op::kProtect, Op::kClearAccessed, Op::kClearDirty});
  return random.one_of({Op::kUnmap, Op::kMalform, Op::kDetach, Op::kMisalign});
}

/// Pages of user and supervisor alike, since the state goes to and fro.
Rights random_rights(RandomSource& random) {
  Rights rights{random.chance(90), random.chance(80), random.chance(80), random.chance(75)};
  rights.privileged_execute = random.chance(80);
  return rights;
}

CoreState random_state(RandomSource& random) {
  CoreState state;
  state.bare = random.chance(3);
  state.supervisor = random.chance(50);
  for (bool* flag :
       {&state.sum, &state.mxr, &state.wp, &state.smep, &state.smap, &state.ac, &state.pan}) {
    *flag = random.chance(50);
  }
  return state;
}

Event random_event(RandomSource& random, std::uint32_t hot) {
  Event e;
  e.op = random_op(random);
  e.gap = random.chance(70) ? random.number(0, 3) : random.number(0, random.one_of({20U, 120U}));
  // Half of everything concerns one region: what is rare elsewhere happens there.
  e.page = random.chance(50) ? hot + random.number(0, 3) : random.number(0, kPages - 1);
  if (e.op == Op::kAccess && random.chance(1)) e.page = kPages;
  e.kind = random.one_of({AccessKind::kFetch, AccessKind::kLoad, AccessKind::kLoad,
                          AccessKind::kStore, AccessKind::kModify});
  e.may_set_dirty = random.chance(70);
  e.frame = random.number(1, 60);
  e.rights = random_rights(random);
  e.global = random.chance(70);
  e.accessed = random.chance(60);
  e.dirty = random.chance(50);
  e.grouped = random.chance(30);
  if (e.op == Op::kState) e.state = random_state(random);
  e.asid = random.number(0, kAsids - 1);
  e.space = random.number(0, kSpaces - 1);
  e.of_asid = random.chance(50);
  e.of_page = random.chance(60);
  e.leaf_only = random.chance(50);
  return e;
}

}  // namespace

VirtAddr address_of(const Paging& paging, std::uint32_t page) {
  constexpr std::uint64_t kNumbers[] = {0, 1, 7, 511};
  if (page == kPages) return VirtAddr(std::uint64_t{1} << 60);
  const unsigned large = paging.shift_of(1);
  const std::uint64_t low = paging.depth == 2 ? 16 : std::uint64_t{1} << paging.index_bits;
  const std::uint64_t high = paging.family == Family::kArm ? std::uint64_t{1} << 47
                             : paging.depth == 2           ? 0xC000'0000
                                                           : 0xFFFF'FFFF'C000'0000;
  const std::uint64_t bases[] = {low << large, (low + 1) << large, low * 33 << large, high};
  return VirtAddr(bases[page / kPagesOfRegion] +
                  (kNumbers[page % kPagesOfRegion] << paging.page_shift));
}

Asid asid_of(std::uint32_t index, unsigned bits) {
  if (bits == 0) return 0;
  return static_cast<Asid>(index == 2 ? 1U | 1U << (bits - 1) : index + 1);
}

PageTableFormat format_of(const MmuParams& mmu) {
  FormatOptions options;
  options.napot = true;
  PageTableFormat format = with_options(*find_format(mmu.format), options);
  format.asid_bits =
      static_cast<std::uint8_t>(std::min<std::uint32_t>(format.asid_bits, mmu.asid_bits));
  return format;
}

std::string Event::text(const Paging& paging) const {
  std::ostringstream out;
  out << "+" << gap << " " << kOpNames[static_cast<unsigned>(op)];
  if (op == Op::kSwitch) {
    out << " asid=" << asid << " space=" << space;
    return out.str();
  }
  if (op == Op::kState) return out.str() + state.text(paging.family);
  if (op == Op::kFence) {
    if (of_asid) out << " asid=" << asid;
    if (of_page) out << " page=" << page;
    if (leaf_only) out << " leaf_only";
    return out.str();
  }
  out << " page=" << page << std::hex << " (0x" << address_of(paging, page).value() << ")"
      << std::dec;
  if (op == Op::kAccess) out << " " << name_of(kind) << (may_set_dirty ? " may_set_dirty" : "");
  const bool is_leaf = op == Op::kMap || op == Op::kPromote || op == Op::kUngroup ||
                       op == Op::kPromoteGiant || op == Op::kProtect;
  if (is_leaf) {
    out << " frame=" << frame << " " << (rights.read ? "r" : "") << (rights.write ? "w" : "")
        << (rights.execute ? "x" : "") << (rights.user ? "u" : "")
        << (rights.privileged_execute ? "p" : "") << (global ? "g" : "") << (accessed ? "a" : "")
        << (dirty ? "d" : "") << (grouped ? " grouped" : "");
  }
  return out.str();
}

std::string Sequence::text() const {
  std::ostringstream out;
  using Cache = WalkCacheParams;
  out << mmu.format << (mmu.ad_update == AdUpdate::kFault ? ", A/D by software" : "")
      << ", ASID bits " << mmu.asid_bits << ", STLB entries " << mmu.stlb.entries << ", walkers "
      << mmu.walker.count << ", walk cache "
      << (mmu.walk_cache.enabled()
              ? Cache::kOrganisationNames[static_cast<unsigned>(mmu.walk_cache.organisation)]
              : "off")
      << ", prefetch " << PrefetchParams::kKindNames[static_cast<unsigned>(mmu.prefetch.kind)]
      << (run_ahead ? "" : ", no run-ahead") << "\n";
  const Paging& paging = paging_of(mmu.format);
  for (const Event& event : events) out << "  " << event.text(paging) << "\n";
  return out.str();
}

Sequence random_sequence(std::uint64_t seed, std::uint32_t events) {
  RandomSource random(seed);
  Sequence sequence;
  sequence.seed = seed;
  sequence.mmu = random_mmu(random);
  RandomSource structures(~seed);
  add_structures(structures, sequence.mmu);
  RandomSource second_level(~seed ^ 1);
  split_second_level(second_level, sequence.mmu);
  sequence.mmu.walker.reads_per_cycle = second_level.number(0, 2);
  for (TlbParams* tlb : {&sequence.mmu.dtlb, &sequence.mmu.stlb}) {
    if (tlb->entries != 0) tlb->large_page_ways = second_level.number(0, tlb->ways);
  }
  sequence.run_ahead = random.chance(80);
  sequence.slowest_read = random.one_of({1U, 10U, 60U});
  sequence.refusals = random.one_of({0U, 5U, 30U});
  sequence.later = random.one_of({0U, 30U, 100U});
  const std::uint32_t hot = kPagesOfRegion * random.number(0, kRegions - 1);
  while (sequence.events.size() < events) sequence.events.push_back(random_event(random, hot));
  return sequence;
}

}  // namespace mmu::fuzz
