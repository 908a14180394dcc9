// mmusim machine: the presets, and what a machine file comes to.
#include <iostream>

#include "hw/arch/errors.hpp"
#include "sim/command/commands.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/presets/machine_text.hpp"
#include "sim/presets/presets.hpp"
#include "sim/presets/resolve_machine.hpp"
#include "sim/probe/probe.hpp"
#include "sim/result/text_table.hpp"

namespace mmu {
namespace {

std::string tlb_text(const TlbParams& tlb) {
  if (tlb.entries == 0) return "off";
  return std::to_string(tlb.entries) +
         (tlb.ways == 0 ? " FA" : " " + std::to_string(tlb.ways) + "w");
}

std::string walk_cache_text(const WalkCacheParams& cache) {
  if (!cache.enabled()) return "off";
  if (cache.organisation != WalkCacheParams::Organisation::kSplit) {
    return std::to_string(cache.shared.entries) + " " +
           std::string(
               WalkCacheParams::kOrganisationNames[static_cast<unsigned>(cache.organisation)]);
  }
  std::string text;
  for (unsigned level = kMaxLevels - 1; level > 0; --level) {
    const std::uint32_t entries = cache.of_level(level).entries;
    if (entries != 0) text += (text.empty() ? "" : "/") + std::to_string(entries);
  }
  return text;
}

}  // namespace

int execute(const MachineListCommand& /*command*/) {
  TextTable table(
      {"preset", "trust", "source", "format", "ITLB", "DTLB", "STLB", "walkers", "walk cache"});
  for (const Preset& preset : presets()) {
    const MachineParams machine = resolve_machine(std::string(preset.name), {});
    std::string name(preset.name);
    if (!preset.alias.empty()) name += ", " + std::string(preset.alias);
    if (preset.name == kDefaultPreset) name += " (default)";
    table.add({name, machine.trust, machine.source, machine.mmu.format, tlb_text(machine.mmu.itlb),
               tlb_text(machine.mmu.dtlb), tlb_text(machine.mmu.stlb),
               std::to_string(machine.mmu.walker.count), walk_cache_text(machine.mmu.walk_cache)});
  }
  std::cout << table.text(0, 4)
            << "\nWalk cache: entries by level, the root's first. \"mmusim machine "
               "show PRESET\" says more.\n";
  return kExitDone;
}

int execute(const MachineShowCommand& command) {
  std::cout << machine_as_toml(resolve_machine(command.machine, command.overrides), true);
  return kExitDone;
}

int execute(const MachineProbeCommand& command) {
  const MachineParams machine = resolve_machine(command.machine, command.overrides);
  const MeasuredTlbs found = probe_tlbs(machine);
  TextTable table({"", "entries", "configured", "ways", "configured", "cycles", "configured"});
  const auto add = [&table](const char* name, const MeasuredTlb& is, const TlbParams& should) {
    table.add({name, std::to_string(is.entries), std::to_string(should.entries),
               std::to_string(is.ways),
               std::to_string(should.ways == 0 ? should.entries : should.ways),
               std::to_string(is.latency_cycles), std::to_string(should.latency_cycles)});
  };
  add("DTLB", found.dtlb, machine.mmu.dtlb);
  if (machine.mmu.stlb.entries != 0) {
    add("STLB", found.stlb, machine.mmu.stlb);
  } else {
    table.add({"walk", "", "", "", "", std::to_string(found.stlb.latency_cycles), ""});
  }
  std::cout << machine.name << ", measured by pointer chases\n\n" << table.text(0);
  return kExitDone;
}

int execute(const MachineCheckCommand& command) {
  int status = kExitDone;
  for (const std::string& file : command.files) {
    try {
      resolve_machine(file, {});
      std::cout << file << ": ok\n";
    } catch (const ConfigError& error) {
      std::cerr << error.what() << '\n';
      status = kExitUsage;
    }
  }
  return status;
}

}  // namespace mmu
