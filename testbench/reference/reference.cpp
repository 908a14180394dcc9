#include "testbench/reference/reference.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"
#include "testbench/reference/cache.hpp"
#include "testbench/reference/core.hpp"
#include "testbench/reference/dram.hpp"
#include "testbench/reference/first_tlb.hpp"
#include "testbench/reference/stlb.hpp"
#include "testbench/reference/walkers.hpp"

namespace mmu::reference {
namespace {

struct Reference {
  Reference(const MachineParams& machine, TraceSource& trace, const Options& wanted,
            const TranslationControl& from_software, PhysicalMemory& memory, TrapHandler& traps)
      : options(wanted),
        control(from_software),
        split(machine.mmu.splits_second_level()),
        levels(machine.mmu.level4.entries != 0   ? 4
               : machine.mmu.level3.entries != 0 ? 3
                                                 : 2),
        dram(machine.dram, machine.clock.period_ps, machine.cache.llc.line_bytes),
        llc("cache.llc", machine.cache.llc, machine.seed, Served::kLlc, dram, now),
        l2("cache.l2", machine.cache.l2, machine.seed, Served::kL2, llc, now),
        l1i("cache.l1i", machine.cache.l1i, machine.seed, Served::kL1, l2, now),
        l1d("cache.l1d", machine.cache.l1d, machine.seed, Served::kL1, l2, now),
        walkers(machine.mmu, machine.cache.l1d.line_bytes, machine.seed, control, memory,
                machine.mmu.walker.reads_enter == WalkerParams::Reads::kL1d ? l1d : l2,
                [this](std::size_t slot, const Outcome& result) {
                  last_level(slot % 2).answer(slot / 2, result);
                },
                {[this](Asid asid, VirtAddr va, AccessKind kind) {
                   return last_level(side_of(kind)).knows(asid, va);
                 },
                 [this](Cycle t, const TranslateRequest& request, const Translation& to) {
                   return last_level(side_of(request.kind)).prefetched(t, request, to);
                 }}),
        level4(
            "mmu.level4", Part::kLevel4, machine.mmu.level4, machine.mmu.level4_inclusion,
            machine.seed, control, to_walkers(1),
            [this](FirstLevelSlot to, const Outcome& reply) { level3.answer(to.slot, reply); },
            [this](const TlbEntry& page) { level3.drop(page); }),
        level3(
            "mmu.level3", Part::kLevel3, machine.mmu.level3, machine.mmu.level3_inclusion,
            machine.seed, control, levels == 4 ? to_level(level4, 0) : to_walkers(1),
            [this](FirstLevelSlot to, const Outcome& reply) {
              (to.tlb == 0 ? l2_itlb : stlb).answer(to.slot, reply);
            },
            [this](const TlbEntry& page) {
              if (split) l2_itlb.drop(page);
              stlb.drop(page);
            }),
        l2_itlb(
            "mmu.l2_itlb", Part::kL2Itlb, machine.mmu.l2_itlb, machine.mmu.l2_itlb_inclusion,
            machine.seed, control, levels > 2 ? to_level(level3, 0) : to_walkers(0),
            [this](FirstLevelSlot to, const Outcome& reply) { itlb.answer(to.slot, reply); },
            [this](const TlbEntry& page) { itlb.drop(page); }),
        stlb(
            "mmu.stlb", Part::kStlb, machine.mmu.stlb, machine.mmu.stlb_inclusion, machine.seed,
            control, levels > 2 ? to_level(level3, 1) : to_walkers(1),
            [this](FirstLevelSlot to, const Outcome& reply) {
              (to.tlb == 0 ? itlb : dtlb).answer(to.slot, reply);
            },
            [this](const TlbEntry& page) {
              if (!split) itlb.drop(page);
              dtlb.drop(page);
            }),
        itlb(0, machine.mmu.itlb, machine.mmu.mode, machine.seed, control, memory,
             split ? l2_itlb : stlb,
             [this](std::size_t access, const Outcome& reply) { core.translated(access, reply); }),
        dtlb(1, machine.mmu.dtlb, machine.mmu.mode, machine.seed, control, memory, stlb,
             [this](std::size_t access, const Outcome& reply) { core.translated(access, reply); }),
        core(machine, trace,
             CoreLinks{
                 {machine.mmu.first_level == MmuParams::FirstLevel::kSplit ? &itlb : &dtlb, &dtlb},
                 {&l1i, &l1d},
                 &traps,
                 control.asid,
                 [this](const AddressSpace& space) { switch_space(space); },
                 [this](const FenceScope& scope) { fence(scope); },
                 wanted.log}),
        fences_as(machine.mmu.fence) {}

  /// Of fetches (0), or of data and of what both share (1).
  static std::size_t side_of(AccessKind kind) { return kind == AccessKind::kFetch ? 0 : 1; }
  Stlb& last_level(std::size_t side) {
    if (levels > 2) return levels == 4 ? level4 : level3;
    return split && side == 0 ? l2_itlb : stlb;
  }
  Stlb::Next to_walkers(std::size_t side) {
    return {[this](const TranslateRequest& request) {
              return walkers.spares_walk(request) || walkers.has_room();
            },
            [this, side](Cycle arrival, const TranslateRequest& request, std::size_t slot) {
              return walkers.send(arrival, request, slot * 2 + side);
            },
            [this] { ++walkers.prefetches.stats.hits; }, [](const TlbEntry&) {},
            [](const TlbEntry&) {}};
  }
  static Stlb::Next to_level(Stlb& level, unsigned side) {
    return {[](const TranslateRequest&) { return true; },
            [&level, side](Cycle arrival, const TranslateRequest& request, std::size_t slot) {
              level.send(arrival, request, {side, slot});
              return std::optional<Outcome>();
            },
            [] {}, [&level](const TlbEntry& page) { level.took(page); },
            [&level](const TlbEntry& page) { level.gave_up(page); }};
  }

  void cycle(Cycle t) {
    now = t;
    dram.cycle(t);     // 1
    llc.cycle(t);      // 2
    l2.cycle(t);       // 3
    fences(t);         // 4
    l2_itlb.cycle(t);  // 5
    stlb.cycle(t);
    level3.cycle(t);
    level4.cycle(t);
    walkers.cycle(t);  // 6
    l1i.cycle(t);      // 7
    l1d.cycle(t);      // 8
    core.replays(t);   // 9
    core.issue(t);     // 10
  }

  void fences(Cycle t) {
    for (; next_fence < options.fences.size() && options.fences[next_fence].at <= t; ++next_fence) {
      fence(options.fences[next_fence].scope);
    }
  }

  /// Hardware without ASIDs has to forget; it is fenced for that.
  void switch_space(const AddressSpace& space) {
    control.root = space.root;
    control.asid = space.asid;
    FenceScope all_but_global;
    all_but_global.asid = Asid{0};
    if (control.format->asid_bits == 0) fence(all_but_global);
  }

  void fence(FenceScope scope) {
    if (scope.asid) scope.asid = static_cast<Asid>(*scope.asid % (1U << control.format->asid_bits));
    using Precision = FenceParams::Precision;
    if (fences_as.precision == Precision::kAll) scope.asid.reset();
    if (fences_as.precision != Precision::kExact && scope.va) scope.leaf_only = false;
    if (fences_as.precision != Precision::kExact) scope.va.reset();
    if (fences_as.precision == Precision::kAll) scope.leaf_only = false;
    held_until = std::max(held_until, now) + fences_as.latency_cycles;
    for (FirstTlb* tlb : {&itlb, &dtlb}) tlb->held_until = held_until;
    for (Stlb* level : {&l2_itlb, &stlb, &level3, &level4}) level->held_until = held_until;
    itlb.fence(scope);
    dtlb.fence(scope);
    l2_itlb.fence(scope);
    stlb.fence(scope);
    level3.fence(scope);
    level4.fence(scope);
    walkers.fence(scope);
  }

  bool idle() const {
    return dram.idle() && llc.idle() && l2.idle() && l1i.idle() && l1d.idle() && stlb.idle() &&
           l2_itlb.idle() && level3.idle() && level4.idle() && walkers.idle() &&
           next_fence == options.fences.size();
  }

  /// The next cycle in which something can happen: far ahead only in a trap, all else being idle.
  Cycle next_cycle(Cycle t) const { return idle() ? std::max(t + 1, core.busy_until(t)) : t + 1; }

  /// After the end, what is under way goes on; only counters show it.
  void drain(Cycle t) {
    while (!idle()) cycle(++t);
  }

  Cycle run() {
    Cycle t = 1;
    std::size_t retired = 0;
    Cycle progress = t;  // the last cycle with a retirement or a trap
    for (;;) {
      cycle(t);
      const auto end = core.end();
      if (end && *end <= t) {
        drain(t);
        return *end;
      }
      if (core.retired() != retired) progress = t;
      retired = core.retired();
      progress = std::max(progress, core.busy_until(t));
      if (t > progress + options.watchdog_cycles) {
        throw ModelError("the reference: no retirement since cycle " + std::to_string(progress));
      }
      t = next_cycle(t);
    }
  }

  const Options& options;
  TranslationControl control;  // the registers
  bool split;                  // the second level
  unsigned levels;             // of TLBs
  Cycle now = 0;
  std::size_t next_fence = 0;
  Dram dram;
  Cache llc, l2, l1i, l1d;
  Walkers walkers;
  Stlb level4, level3, l2_itlb, stlb;
  FirstTlb itlb, dtlb;
  Core core;
  FenceParams fences_as;
  Cycle held_until = 0;
};

}  // namespace

Result simulate(const MachineParams& machine, TraceSource& trace, const Options& options,
                const TranslationControl& control, PhysicalMemory& memory,
                TrapHandler& trap_handler) {
  Reference reference(machine, trace, options, control, memory, trap_handler);
  Result result;
  result.cycles = reference.run();
  reference.core.finish(result.cycles);
  result.completions = reference.core.completions;
  result.cpu = reference.core.stats();
  result.cpu.cycles = result.cycles;
  result.itlb = reference.itlb.stats;
  result.dtlb = reference.dtlb.stats;
  result.l2_itlb = reference.l2_itlb.stats;
  result.stlb = reference.stlb.stats;
  result.level3 = reference.level3.stats;
  result.level4 = reference.level4.stats;
  result.walker = reference.walkers.stats;
  result.prefetch = reference.walkers.prefetches.stats;
  result.walker_detail = reference.walkers.detail;
  result.l1i = reference.l1i.stats;
  result.l1d = reference.l1d.stats;
  result.l2 = reference.l2.stats;
  result.llc = reference.llc.stats;
  result.dram = reference.dram.stats;
  result.latency_stack = reference.core.latency_stack;
  result.cycle_stack = reference.core.cycle_stack;
  return result;
}

}  // namespace mmu::reference
