#include "testbench/system/laws/accounting_laws.hpp"

#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace mmu::test {
namespace {

class Laws {
 public:
  void equal(const std::string& law, std::uint64_t left, std::uint64_t right) {
    if (left != right) broken(law, left, right);
  }
  void at_most(const std::string& law, std::uint64_t left, std::uint64_t right) {
    if (left > right) broken(law, left, right);
  }
  std::string broken_ones() const { return text_; }

 private:
  void broken(const std::string& law, std::uint64_t left, std::uint64_t right) {
    text_ += law + ": " + std::to_string(left) + " against " + std::to_string(right) + "\n";
  }
  std::string text_;
};

/// `prefetched`: entries that nobody had sent for. `before`: displaced from the level before, if
/// this one is exclusive.
void tlb_laws(Laws& laws, const std::string& name, const TlbStats& tlb,
              std::uint64_t prefetched = 0, std::optional<std::uint64_t> before = std::nullopt) {
  laws.equal(name + ".accesses = hits + misses", tlb.accesses, tlb.hits + tlb.misses);
  laws.equal(name + ".misses = merged + sent", tlb.misses, tlb.merged + tlb.sent);
  laws.at_most(name + ".replays_sent <= replays", tlb.replays_sent, tlb.replays);
  laws.at_most(name + ".fills <= sent + replays_sent + prefetched + victims", tlb.fills,
               tlb.sent + tlb.replays_sent + prefetched + tlb.victims);
  laws.at_most(name + ".evictions + fenced + moved + back_invalidated <= fills",
               tlb.evictions + tlb.fenced + tlb.moved + tlb.back_invalidated, tlb.fills);
  constexpr std::uint64_t kMostPages = 16;  // of an entry
  laws.at_most(name + ".victims <= pages displaced before it", tlb.victims,
               kMostPages * before.value_or(0));
  if (!before) laws.equal(name + ".moved = 0 unless it is exclusive", tlb.moved, 0);
}

/// `last`: the level in front of the walkers.
void prefetch_laws(Laws& laws, const PrefetchParams& params, const TlbStats& last,
                   const RunResult& r) {
  const PrefetchStats& p = r.prefetch;
  const std::uint64_t sent = last.sent + last.replays_sent;
  const bool on = params.kind != PrefetchParams::Kind::kOff;
  const bool into_tlb = params.target == PrefetchParams::Target::kStlb;
  laws.equal("walker.walks + those that prefetches spared = sent of the last level + prefetches",
             r.walker.walks + p.late + (into_tlb ? 0 : p.hits), sent + p.walks);
  laws.equal("prefetch.triggers = sent of the last level", p.triggers, on ? sent : 0);
  laws.at_most("prefetch.proposed <= triggers x degree", p.proposed, p.triggers * params.degree);
  laws.equal("prefetch.proposed = filtered + refused + withdrawn + walks", p.proposed,
             p.filtered + p.refused + p.withdrawn + p.walks);
  laws.equal("prefetch.walks = dropped + late + filled", p.walks, p.dropped + p.late + p.filled);
  const std::uint64_t left = p.hits + p.displaced + p.fenced;
  laws.at_most("prefetch.hits + displaced + fenced <= filled", left, p.filled);
  if (into_tlb) return;
  laws.at_most("prefetch.filled <= hits + displaced + fenced + buffer_entries", p.filled,
               left + params.buffer_entries);
}

/// What a level sends, the next one is asked; the last one's goes to the walkers.
void level_laws(Laws& laws, const MmuParams& mmu, const RunResult& r) {
  const bool split = mmu.splits_second_level();
  TlbStats second = r.stlb;  // of both, if it is split
  if (split) {
    for_each_field(r.l2_itlb, [&](const auto& field, std::uint64_t value) {
      second.*(field.member) += value;
    });
  }
  std::vector<std::pair<std::string, const TlbStats*>> levels{{"second level", &second}};
  if (mmu.level3.entries != 0) levels.emplace_back("level3", &r.level3);
  if (mmu.level4.entries != 0) levels.emplace_back("level4", &r.level4);
  const bool into = mmu.prefetch.target == PrefetchParams::Target::kStlb;
  const std::uint64_t into_tlb = into ? r.prefetch.filled : 0;
  const auto displaced = [](Inclusion inclusion, std::uint64_t evictions) {
    return inclusion == Inclusion::kExclusive ? std::optional(evictions) : std::nullopt;
  };
  const TlbStats none;
  const TlbStats& fetches = split ? none : r.itlb;
  const std::uint64_t second_into = levels.size() == 1 ? into_tlb : 0;
  if (split) {
    tlb_laws(laws, "l2_itlb", r.l2_itlb, second_into,
             displaced(mmu.l2_itlb_inclusion, r.itlb.evictions));
    laws.equal("l2_itlb.accesses = sent of the ITLB", r.l2_itlb.accesses, r.itlb.sent);
    laws.equal("l2_itlb.replays = replays_sent of the ITLB", r.l2_itlb.replays,
               r.itlb.replays_sent);
  }
  tlb_laws(laws, "stlb", r.stlb, second_into,
           displaced(mmu.stlb_inclusion, fetches.evictions + r.dtlb.evictions));
  laws.equal("stlb.accesses = sent of the L1 TLBs", r.stlb.accesses, fetches.sent + r.dtlb.sent);
  laws.equal("stlb.replays = replays_sent of the L1 TLBs", r.stlb.replays,
             fetches.replays_sent + r.dtlb.replays_sent);
  for (std::size_t i = 1; i < levels.size(); ++i) {
    const auto& [name, level] = levels[i];
    const TlbStats& above = *levels[i - 1].second;
    tlb_laws(laws, name, *level, i + 1 == levels.size() ? into_tlb : 0,
             displaced(i == 1 ? mmu.level3_inclusion : mmu.level4_inclusion, above.evictions));
    laws.equal(name + ".accesses = sent of the level above", level->accesses, above.sent);
    laws.equal(name + ".replays = replays_sent of the level above", level->replays,
               above.replays_sent);
  }
  prefetch_laws(laws, mmu.prefetch, *levels.back().second, r);
}

void translation_laws(Laws& laws, const MmuParams& mmu, const RunResult& r) {
  const bool unified = mmu.first_level == MmuParams::FirstLevel::kUnified;
  const std::uint64_t data = r.cpu.loads + r.cpu.stores + r.cpu.modifies;
  tlb_laws(laws, "itlb", r.itlb);
  tlb_laws(laws, "dtlb", r.dtlb);
  laws.equal("itlb.accesses = cpu.fetches, or 0", r.itlb.accesses, unified ? 0 : r.cpu.fetches);
  laws.equal("dtlb.accesses = cpu.loads + stores + modifies, or all", r.dtlb.accesses,
             unified ? data + r.cpu.fetches : data);
  level_laws(laws, mmu, r);
}

void walker_laws(Laws& laws, const MachineParams& machine, const RunResult& r) {
  const WalkerStats& w = r.walker;
  laws.equal("walker.walks = walk-cache hits + misses", w.walks,
             w.cache_hits_level1 + w.cache_hits_level2 + w.cache_hits_level3 + w.cache_hits_level4 +
                 w.cache_misses);
  std::uint64_t reads = 0;
  for (const auto& level : r.walker_detail.reads) {
    reads = std::accumulate(level.begin(), level.end(), reads);
  }
  laws.equal("walker.reads = pte_reads by level and place", w.reads, reads);
  laws.equal("walker.walks = walks in the histogram", w.walks, r.walker_detail.latency.count());
  laws.equal("walker.walk_cycles = sum of the histogram", w.walk_cycles,
             r.walker_detail.latency.sum());
  // A prefetch that a request has joined may be walked once more for it.
  const std::uint64_t tries = w.walks + r.prefetch.late;
  laws.at_most("walker.reads + reads_shared + reads_cached <= tries x levels + update_retries",
               w.reads + w.reads_shared + w.reads_cached,
               tries * find_format(machine.mmu.format)->depth + w.update_retries);
  laws.at_most("walker.update_retries <= updates", w.update_retries, w.updates);
  laws.at_most("walker.faults <= walks", w.faults, w.walks);
}

/// Over all instructions, and over all areas.
void attribution_laws(Laws& laws, const RunResult& r) {
  const struct {
    const char* over;
    TranslationCost sum;
  } sums[] = {{"instructions", r.attribution.sum_of_instructions()},
              {"areas", r.attribution.sum_of_areas()}};
  for (const auto& [over, sum] : sums) {
    const std::string all = std::string(" = sum over all ") + over;
    laws.equal("itlb.misses" + all, r.itlb.misses, sum.itlb_misses);
    laws.equal("dtlb.misses" + all, r.dtlb.misses, sum.dtlb_misses);
    laws.equal("l2_itlb.misses" + all, r.l2_itlb.misses, sum.l2_itlb_misses);
    laws.equal("stlb.misses" + all, r.stlb.misses, sum.stlb_misses);
    laws.equal("level3.misses" + all, r.level3.misses, sum.level3_misses);
    laws.equal("level4.misses" + all, r.level4.misses, sum.level4_misses);
    laws.equal("walker.walks but of prefetches" + all,
               r.walker.walks - r.prefetch.dropped - r.prefetch.filled, sum.walks);
    laws.equal("walker.walk_cycles but of prefetches" + all,
               r.walker.walk_cycles - r.prefetch.walk_cycles, sum.walk_cycles());
  }
  laws.at_most("top instructions <= 100", r.attribution.top.size(), Attribution::kTop);
}

void class_laws(Laws& laws, const RunResult& r) {
  if (!r.miss_classes) return;
  for (unsigned i = 0; i < kTlbs; ++i) {
    laws.equal(std::string(kTlbNames[i]) + ".misses = misses by class", r.tlb(i).misses,
               (*r.miss_classes)[i].sum());
  }
}

void cache_laws(Laws& laws, const std::string& name, const CacheStats& c) {
  laws.equal(name + ".accesses = hits + misses", c.accesses, c.hits + c.misses);
  laws.equal(name + ".pte_accesses = pte_hits + pte_misses", c.pte_accesses,
             c.pte_hits + c.pte_misses);
  laws.at_most(name + ".merged <= misses", c.merged, c.misses);
  laws.at_most(name + ".pte_hits <= hits", c.pte_hits, c.hits);
  laws.at_most(name + ".pte_misses <= misses", c.pte_misses, c.misses);
  laws.at_most(name + ".pte_merged <= merged", c.pte_merged, c.merged);
}

void memory_laws(Laws& laws, const MachineParams& machine, const RunResult& r) {
  cache_laws(laws, "l1i", r.l1i);
  cache_laws(laws, "l1d", r.l1d);
  cache_laws(laws, "l2", r.l2);
  cache_laws(laws, "llc", r.llc);

  const auto sent = [](const CacheStats& c) { return c.misses - c.merged; };
  const auto pte_sent = [](const CacheStats& c) { return c.pte_misses - c.pte_merged; };
  const bool at_l2 = machine.mmu.walker.reads_enter == WalkerParams::Reads::kL2;
  const std::uint64_t walks = r.walker.reads + r.walker.updates;
  laws.equal("l1i.pte_accesses = 0", r.l1i.pte_accesses, 0);
  laws.equal("l1d.pte_accesses = reads and updates of the walkers", r.l1d.pte_accesses,
             at_l2 ? 0 : walks);
  laws.equal("l2.pte_accesses = page-table misses above, or the walkers", r.l2.pte_accesses,
             at_l2 ? walks : pte_sent(r.l1d));
  laws.equal("l2.accesses = sent of the L1s, and the walkers", r.l2.accesses,
             sent(r.l1i) + sent(r.l1d) + (at_l2 ? walks : 0));
  laws.equal("llc.accesses = sent of the l2", r.llc.accesses, sent(r.l2));
  laws.equal("llc.pte_accesses = page-table part of it", r.llc.pte_accesses, pte_sent(r.l2));
  laws.equal("dram.reads = sent of the llc", r.dram.reads, sent(r.llc));

  laws.equal("l2.writebacks_in = writebacks_out of the L1s", r.l2.writebacks_in,
             r.l1i.writebacks_out + r.l1d.writebacks_out);
  laws.equal("llc.writebacks_in = l2.writebacks_out", r.llc.writebacks_in, r.l2.writebacks_out);
  laws.equal("dram.writes = llc.writebacks_out", r.dram.writes, r.llc.writebacks_out);
  const bool has_rows = machine.dram.model != DramParams::Model::kFixed;
  const std::uint64_t lines = has_rows ? r.dram.reads + r.dram.writes : 0;
  laws.equal("dram.reads + writes = row hits + closed + conflicts", lines,
             r.dram.row_hits + r.dram.row_closed + r.dram.row_conflicts);
  laws.equal("dram.bus_clocks = burst_clocks x (reads + writes)", r.dram.bus_clocks,
             machine.dram.burst_clocks * lines);

  // A squashed access may have had its data already; it has it again.
  const std::uint64_t data = r.l1i.accesses + r.l1d.accesses - r.l1d.pte_accesses;
  laws.at_most("cpu.accesses <= data accesses of the L1s", r.cpu.accesses, data);
  laws.at_most("data accesses of the L1s <= cpu.accesses + squashed", data,
               r.cpu.accesses + r.cpu.squashed);
}

void core_laws(Laws& laws, const RunResult& r) {
  const CpuStats& c = r.cpu;
  laws.equal("cpu.accesses = fetches + loads + stores + modifies", c.accesses,
             c.fetches + c.loads + c.stores + c.modifies);
  laws.at_most("cpu.page_splits <= line_splits", c.page_splits, c.line_splits);
  laws.equal("cpu.page_faults = os.page_faults", c.page_faults, r.os.page_faults);
  laws.equal("cpu.system_calls = os.system_calls", c.system_calls, r.os.system_calls);
  laws.equal("os.system_calls = calls by kind", r.os.system_calls,
             r.os.brk_calls + r.os.mmap_calls + r.os.munmap_calls + r.os.mprotect_calls +
                 r.os.mremap_calls + r.os.madvise_calls + r.os.other_calls + r.os.switches +
                 r.os.fork_calls + r.os.exec_calls + r.os.exit_calls);
  const auto sum = [](const Stack& stack) {
    return std::accumulate(stack.begin(), stack.end(), std::uint64_t{0});
  };
  laws.equal("latency stack = cpu.latency_cycles", sum(r.latency_stack), c.latency_cycles);
  laws.equal("cycle stack = cpu.cycles", sum(r.cycle_stack), c.cycles);
  laws.equal("latency stack has no issue", at(r.latency_stack, Part::kIssue), 0);
  laws.equal("latency stack has no system call", at(r.latency_stack, Part::kSystemCall), 0);
}

}  // namespace

std::string broken_laws(const MachineParams& machine, const RunResult& result) {
  Laws laws;
  core_laws(laws, result);
  translation_laws(laws, machine.mmu, result);
  walker_laws(laws, machine, result);
  attribution_laws(laws, result);
  class_laws(laws, result);
  memory_laws(laws, machine, result);
  return laws.broken_ones();
}

}  // namespace mmu::test
