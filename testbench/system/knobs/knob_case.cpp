#include "testbench/system/knobs/knob_case.hpp"

#include <set>
#include <sstream>

#include "hw/arch/errors.hpp"
#include "sim/presets/check_machine.hpp"
#include "sim/presets/dram_knobs.hpp"
#include "sim/presets/knob_table.hpp"
#include "testbench/support/checked_run.hpp"
#include "testbench/support/vector_trace.hpp"

namespace mmu::test {
namespace {

MachineParams common_machine() {
  MachineParams m;
  m.clock.period_ps = 1000;
  m.cpu.issue_width = 1;
  m.cpu.window = 16;
  m.mmu.format = "sv39";
  m.mmu.itlb = m.mmu.dtlb = {16, 0, 1, 0, 8, Replacement::kLru};
  m.mmu.stlb = {64, 0, 3, 0, 8, Replacement::kLru};
  m.mmu.walk_cache = {{0, 0}, {0, 0}, {0, 0}, {0, 0}, 2};
  m.mmu.walker = {1, 8, WalkerParams::Reads::kL2};
  m.cache.l1i = m.cache.l1d = {16 * 1024, 8, 64, 4, 0, 8, Replacement::kLru};
  m.cache.l2 = {64 * 1024, 16, 64, 5, 0, 8, Replacement::kLru};
  m.cache.llc = {256 * 1024, 16, 64, 7, 0, 8, Replacement::kLru};
  m.dram = {1000, 1, 1, 16, 8192, 10, 10, 10, 20, 4, 0, 1, 8};
  m.os.memory_bytes = std::uint64_t{64} << 20;
  m.os.cost = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  return m;
}

void set(MachineParams& machine, const std::string& path, const std::string& value) {
  const Knob* knob = find_knob(path);
  if (knob == nullptr) throw ConfigError("no knob " + path);
  knob->set(machine, parse_value(*knob, value));
}

}  // namespace

Program& Program::step_after(const OsEvent& event, const std::vector<std::uint64_t>& addresses,
                             std::uint16_t instructions, std::uint16_t depends_on) {
  before_last_step_ = block_.records.size();
  block_.events.push_back({static_cast<std::uint32_t>(before_last_step_), event});
  for (const std::uint64_t address : addresses) {
    TraceRecord record;
    record.kind = kind_;
    record.address = address;
    record.bytes = 8;
    record.instructions = instructions;
    if (block_.records.size() != before_last_step_) record.depends_on = depends_on;
    block_.records.push_back(record);
  }
  return *this;
}

TraceHeader Program::header() const {
  constexpr std::uint64_t kArea = std::uint64_t{2} << 20;
  std::set<std::uint64_t> areas;
  for (std::size_t i = 0; i < block_.records.size(); ++i) {
    if (on_stack_.count(i) == 0) areas.insert(block_.records[i].address / kArea * kArea);
  }
  const std::string name = on_stack_.empty() ? "[image]" : "[stack]";
  TraceHeader header;
  for (const std::uint64_t start : areas) {
    header.image.push_back({start, kArea, true, true, true, name});
  }
  return header;
}

std::uint64_t last_step(const KnobRun& run) {
  return run.completions.back() - run.completions.at(run.before_last_step - 1);
}

MachineParams machine_of(const KnobCase& knob_case, const std::string& value) {
  MachineParams machine = common_machine();
  std::istringstream changes(knob_case.with);
  for (std::string change; changes >> change;) {
    const std::size_t equals = change.find('=');
    set(machine, change.substr(0, equals), change.substr(equals + 1));
  }
  set(machine, knob_case.path, value);
  // A line has the same size everywhere: whichever of the four knobs is turned.
  if (knob_case.path.find(".line_bytes") != std::string::npos) {
    for (const char* cache : {"l1i", "l1d", "l2", "llc"}) {
      set(machine, "cache." + std::string(cache) + ".line_bytes", value);
    }
  }
  machine.dram.commands = dram_controller(machine.dram.controller);
  check_machine(machine);
  return machine;
}

KnobRun run(const KnobCase& knob_case, const std::string& value) {
  KnobRun run;
  run.before_last_step = knob_case.program.before_last_step();
  RunOptions options;
  options.observe = [&run](std::uint64_t, std::uint64_t cycle) {
    run.completions.push_back(cycle);
  };
  VectorTrace trace(knob_case.program.block(), knob_case.program.header());
  run.result = simulate_checked(machine_of(knob_case, value), trace, options);
  return run;
}

}  // namespace mmu::test
