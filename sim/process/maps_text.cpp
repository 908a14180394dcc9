#include "sim/process/maps_text.hpp"

#include <fmt/format.h>

namespace mmu {
namespace {

using Page = ProcessMemory::Page;

/// fs/proc/task_mmu.c, show_vma_header_prefix() and seq_pad(): a name begins in column 73.
constexpr std::size_t kNameColumn = 73;

std::string maps_line(const os::VmArea& area) {
  std::string line =
      fmt::format("{:08x}-{:08x} {}{} {:08x} 00:00 0 ", area.range.start, area.range.end,
                  rights_text(area.rights), area.shared ? 's' : 'p', area.offset);
  if (!area.name.empty()) {
    line.resize(std::max(line.size(), kNameColumn), ' ');
    line += area.name;
  }
  return line + "\n";
}

/// Bytes of an area's pages, by what the page table says of them.
struct Sums {
  std::uint64_t rss = 0, shared_clean = 0, shared_dirty = 0, private_clean = 0, private_dirty = 0,
                referenced = 0, anonymous = 0, anonymous_huge = 0;
  double pss = 0, pss_dirty = 0;

  void add(const Page& page, bool is_anonymous);
};

void Sums::add(const Page& page, bool is_anonymous) {
  const std::uint64_t bytes = page.bytes();
  const double share = static_cast<double>(bytes) / page.mapped_times;
  rss += bytes;
  pss += share;
  if (page.dirty) pss_dirty += share;
  if (page.mapped_times > 1) {
    (page.dirty ? shared_dirty : shared_clean) += bytes;
  } else {
    (page.dirty ? private_dirty : private_clean) += bytes;
  }
  if (page.accessed) referenced += bytes;
  if (!is_anonymous) return;
  anonymous += bytes;
  if (page.level > 0) anonymous_huge += bytes;
}

std::string row(const char* name, std::uint64_t bytes) {
  return fmt::format("{:<16}{:>8} kB\n", fmt::format("{}:", name), bytes >> 10);
}

std::string flags_of(const os::VmArea& area) {
  return fmt::format("VmFlags:{}{}{}{}\n", area.rights.read ? " rd" : "",
                     area.rights.write ? " wr" : "", area.rights.execute ? " ex" : "",
                     area.shared ? " sh" : "");
}

std::string rows(const os::VmArea& area, const Sums& sums, std::uint64_t page_bytes) {
  return row("Size", area.range.bytes()) + row("KernelPageSize", page_bytes) +
         row("MMUPageSize", page_bytes) + row("Rss", sums.rss) +
         row("Pss", static_cast<std::uint64_t>(sums.pss)) +
         row("Pss_Dirty", static_cast<std::uint64_t>(sums.pss_dirty)) +
         row("Shared_Clean", sums.shared_clean) + row("Shared_Dirty", sums.shared_dirty) +
         row("Private_Clean", sums.private_clean) + row("Private_Dirty", sums.private_dirty) +
         row("Referenced", sums.referenced) + row("Anonymous", sums.anonymous) +
         row("AnonHugePages", sums.anonymous_huge) + flags_of(area);
}

}  // namespace

std::string maps_text(const ProcessMemory& process) {
  std::string text;
  for (const os::VmArea& area : process.areas()) text += maps_line(area);
  return text;
}

std::string smaps_text(const ProcessMemory& process) {
  std::vector<Sums> sums(process.areas().size());
  for (const Page& page : process.pages()) {
    if (page.area) sums[*page.area].add(page, is_anonymous(process.areas()[*page.area]));
  }
  std::string text;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const os::VmArea& area = process.areas()[i];
    text += maps_line(area) + rows(area, sums[i], process.format().page_bytes());
  }
  return text;
}

}  // namespace mmu
