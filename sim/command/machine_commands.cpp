// mmusim machine: the presets, and what a machine file comes to.
#include <iostream>
#include <string>

#include "hw/arch/errors.hpp"
#include "hw/common/page_sizes.hpp"
#include "sim/command/commands.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/presets/machine_text.hpp"
#include "sim/presets/presets.hpp"
#include "sim/presets/resolve_machine.hpp"
#include "sim/probe/probe.hpp"
#include "sim/probe/tlb_path.hpp"
#include "sim/result/text_table.hpp"

namespace mmu {
namespace {

std::string tlb_text(const TlbParams& tlb) {
  if (tlb.entries == 0) return "off";
  return std::to_string(tlb.entries) +
         (tlb.ways == 0 ? " FA" : " " + std::to_string(tlb.ways) + "w");
}

/// The second level: of instructions and of data, if it is split.
std::string second_level_text(const MmuParams& mmu) {
  if (!mmu.splits_second_level()) return tlb_text(mmu.stlb);
  return "I " + tlb_text(mmu.l2_itlb) + ", D " + tlb_text(mmu.stlb);
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

std::string or_nothing(std::uint64_t found) { return found == 0 ? "" : std::to_string(found); }

/// The row of one level: what was found, beside what is configured.
void add_tlb(TextTable& table, const TlbPath& path, std::size_t level, const MeasuredTlbs& found) {
  const MeasuredTlb& is = found.levels[level];
  const ConfiguredTlb& should = path.tlbs[level];
  const bool first = level == 0;
  table.add({std::string(should.name), page_size_name(path.page_bytes),
             (is.or_more ? ">=" : "") + std::to_string(is.pages), std::to_string(should.pages),
             first ? or_nothing(found.sector_pages) : "",
             first ? std::to_string(should.sector_pages) : "", or_nothing(is.ways),
             std::to_string(should.ways), std::to_string(is.latency_cycles),
             std::to_string(should.latency_cycles)});
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
               tlb_text(machine.mmu.dtlb), second_level_text(machine.mmu),
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
  TextTable table({"", "pages of", "reach", "configured", "sector", "configured", "ways",
                   "configured", "cycles", "configured"});
  for (const TlbPath& path : tlb_paths(machine)) {
    const MeasuredTlbs found = probe_tlbs(machine, path.accesses());
    for (std::size_t i = 0; i < found.levels.size(); ++i) {
      add_tlb(table, path, i, found);
    }
    if (found.walk_cycles != 0) {
      table.add({"walk", page_size_name(path.page_bytes), "", "", "", "", "", "",
                 std::to_string(found.walk_cycles), ""});
    }
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
