// A machine with small round numbers and an operating system of a page, for sums by hand.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "hw/arch/errors.hpp"
#include "hw/common/sparse_memory.hpp"
#include "testbench/reference/reference.hpp"
#include "testbench/support/vector_trace.hpp"

namespace mmu::reference {

/// Sv39, one core clock a DRAM clock. A read of the L2 that hits nothing takes 5 + 7 + 24 = 36
/// cycles if its bank is idle and closed (tRCD 10 + tCL 10 + burst 4), one of the L1D 40.
inline MachineParams small_machine() {
  MachineParams m;
  m.clock.period_ps = 1000;
  m.cpu.issue_width = 1;
  m.cpu.window = 8;
  m.mmu.format = "sv39";
  m.mmu.itlb = m.mmu.dtlb = {16, 0, 1, 0, 8, Replacement::kLru};
  m.mmu.stlb = {64, 4, 3, 0, 8, Replacement::kLru};
  m.mmu.walk_cache = {{0, 0}, {0, 0}, {0, 0}, {0, 0}, 2};
  m.mmu.walker = {1, 8, WalkerParams::Reads::kL2};
  m.cache.l1i = m.cache.l1d = {4096, 4, 64, 4, 0, 8, Replacement::kLru};
  m.cache.l2 = {16384, 4, 64, 5, 0, 8, Replacement::kLru};
  m.cache.llc = {65536, 4, 64, 7, 0, 8, Replacement::kLru};
  m.dram = {1000, 1, 1, 16, 8192, 10, 10, 10, 20, 4, 0, 1, 8};
  m.os.cost = {};
  m.os.cost.trap_cycles = 100;
  m.os.cost.fault_cycles = 20;
  m.os.cost.zero_frame_cycles = m.os.cost.entry_cycles = m.os.cost.table_cycles = 0;
  m.os.cost.system_call_cycles = 50;
  m.os.cost.area_cycles = m.os.cost.fence_cycles = 0;
  return m;
}

/// Maps what it is told to, in tables that lie 8 KiB apart: each in a DRAM bank of its own.
class SmallOs : public TrapHandler {
 public:
  explicit SmallOs(const std::string& format, AdUpdate ad = AdUpdate::kHardware)
      : memory(std::uint64_t{1} << 30) {
    control = {find_format(format), PhysAddr(kBank), 1, ad};
  }

  /// A page of 2^levels[level].lsb bytes. Its data lies in bank 15.
  void map(std::uint64_t va, PhysAddr to, bool accessed = true, bool dirty = true,
           unsigned level = 0) {
    const PageTableFormat& f = *control.format;
    PhysAddr table = control.root;
    for (unsigned i = f.root_level(); i > level; --i) {
      const auto [known, added] = tables_.try_emplace({i, va >> f.levels[i].lsb}, next_table_);
      if (added) {
        memory.store(entry(table, va, i), 8, encode_table(f, next_table_));
        next_table_ = next_table_ + kBank;
      }
      table = known->second;
    }
    memory.store(entry(table, va, level), 8, encode_leaf(f, level, to, {}, accessed, dirty));
  }

  TrapWork handle_fault(const PageFault& fault) override {
    faults.push_back(fault);
    if (!on_fault) throw SimulatedError("a fault that the test does not expect");
    return on_fault(fault);
  }
  TrapWork handle_event(const OsEvent& event) override {
    TrapWork work;
    work.system_call = true;
    work.value = event.args[0];
    return work;
  }

  static constexpr std::uint64_t kBank = 8192;
  SparseMemory memory;
  TranslationControl control;
  std::function<TrapWork(const PageFault&)> on_fault;
  std::vector<PageFault> faults;

 private:
  PhysAddr entry(PhysAddr table, std::uint64_t va, unsigned level) const {
    const Level& l = control.format->levels[level];
    return table + VirtAddr(va).bits(l.lsb, l.width) * 8;
  }
  PhysAddr next_table_{2 * kBank};
  std::map<std::pair<unsigned, std::uint64_t>, PhysAddr> tables_;
};

inline TraceRecord load(std::uint64_t va, std::uint16_t instructions = 1,
                        std::uint16_t depends_on = 0) {
  TraceRecord r;
  r.address = va;
  r.bytes = 4;
  r.instructions = instructions;
  r.depends_on = depends_on;
  return r;
}

inline TraceRecord of_kind(AccessKind kind, TraceRecord record) {
  record.kind = kind;
  return record;
}

inline Result run(const MachineParams& machine, SmallOs& os,
                  const std::vector<TraceRecord>& records, const Options& options = {},
                  const std::vector<TraceBlock::Event>& events = {}) {
  test::VectorTrace trace({records, events});
  return simulate(machine, trace, options, os.control, os.memory, os);
}

}  // namespace mmu::reference
