#include "os_model/memory_report.hpp"

#include <map>

namespace mmu::os {
namespace {

std::string title_of(const VmArea& area) {
  if (!area.name.empty()) return area.name;
  return area.kind == AreaKind::kAnonymous ? "[anonymous]" : "[other]";
}

}  // namespace

std::string describe_memory(const FrameAllocator& frames, const FrameAllocator& tables,
                            const std::vector<const AddressSpace*>& spaces) {
  struct Sum {
    std::uint64_t areas = 0, resident = 0;
  };
  std::map<std::string, Sum> sums;
  for (const AddressSpace* space : spaces) {
    for (const auto& [start, area] : space->areas()) {
      Sum& sum = sums[title_of(area)];
      ++sum.areas;
      sum.resident += space->resident_bytes(area.range);
    }
  }
  std::string text =
      "Memory:\n  " + frames.describe() + "\n  " + tables.describe() + "\nResident, by area:\n";
  for (const auto& [title, sum] : sums) {
    text += "  " + title + ": " + std::to_string(sum.resident / 1024) + " KiB in " +
            std::to_string(sum.areas) + (sum.areas == 1 ? " area\n" : " areas\n");
  }
  return text;
}

}  // namespace mmu::os
