#include "sim/process/process_memory.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace mmu {
ProcessMemory::ProcessMemory(const os::VmAreas& areas, const PageTableFormat& format,
                             const PhysicalMemory& memory, PhysAddr root)
    : format_(format), memory_bytes_(memory.size_bytes()) {
  for (const auto& [start, area] : areas) areas_.push_back(area);
  PageMap map = read_page_map(format, memory, root);
  tables_ = std::move(map.tables);
  add_pages(map.pages);
  count_mappings();
}

/// Areas and pages come in the same order: both lists are passed once.
void ProcessMemory::add_pages(const std::vector<MappedPage>& pages) {
  resident_.assign(areas_.size(), 0);
  std::size_t area = 0;
  for (const MappedPage& mapped : pages) {
    Page page{mapped, std::nullopt, 1};
    const std::uint64_t last = page.end() - 1;
    while (area < areas_.size() && areas_[area].range.end - 1 < page.va.value()) ++area;
    if (area < areas_.size() && areas_[area].range.start <= last) {
      page.area = area;
      resident_[area] += page.bytes();
    }
    pages_.push_back(page);
  }
}

void ProcessMemory::count_mappings() {
  std::unordered_map<std::uint64_t, std::uint32_t> times;
  for (const Page& page : pages_) ++times[page.frame.value()];
  for (Page& page : pages_) page.mapped_times = times[page.frame.value()];
}

std::uint64_t ProcessMemory::resident_bytes() const {
  std::uint64_t all = 0;
  for (const Page& page : pages_) all += page.bytes();
  return all;
}

std::string shown_name(const os::VmArea& area) {
  return area.name.empty() ? "anonymous memory" : area.name;
}

std::string rights_text(const Rights& rights) {
  return {rights.read ? 'r' : '-', rights.write ? 'w' : '-', rights.execute ? 'x' : '-'};
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr const char* kUnits[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  double size = static_cast<double>(bytes);
  for (; unit + 1 < std::size(kUnits) && size >= 1023.95; ++unit) size /= 1024;
  const bool whole = bytes % (std::uint64_t{1} << 10 * unit) == 0;
  return fmt::format("{:.{}f} {}", size, whole ? 0 : 1, kUnits[unit]);
}

}  // namespace mmu
