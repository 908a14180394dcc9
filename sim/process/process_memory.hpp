// What a process has of memory: its areas, and the frames in which their pages are.
#pragma once

#include <optional>
#include <vector>

#include "os_model/vm_areas.hpp"
#include "sim/process/page_map.hpp"

namespace mmu {

class ProcessMemory {
 public:
  /// A page of the process. Where the base page is larger than 4 KiB it may hold parts of several
  /// areas; it then belongs to the lowest of them, so that each counts once.
  struct Page : MappedPage {
    std::optional<std::size_t> area;  ///< index into areas(); nothing: no area has a part of it
    std::uint32_t mapped_times = 1;   ///< by pages of this process
  };

  /// `format` must outlive this.
  ProcessMemory(const os::VmAreas& areas, const PageTableFormat& format,
                const PhysicalMemory& memory, PhysAddr root);

  const PageTableFormat& format() const { return format_; }
  std::uint64_t memory_bytes() const { return memory_bytes_; }
  const std::vector<os::VmArea>& areas() const { return areas_; }
  const std::vector<Page>& pages() const { return pages_; }  ///< by VA
  /// Page-table pages of a level.
  const std::vector<PhysAddr>& tables(unsigned level) const { return tables_[level]; }
  /// Bytes of all pages, and of those of an area.
  std::uint64_t resident_bytes() const;
  std::uint64_t resident_bytes(std::size_t area) const { return resident_[area]; }

 private:
  void add_pages(const std::vector<MappedPage>& pages);
  void count_mappings();

  const PageTableFormat& format_;
  std::uint64_t memory_bytes_;
  std::vector<os::VmArea> areas_;
  std::vector<Page> pages_;
  std::vector<std::uint64_t> resident_;  // by area
  std::array<std::vector<PhysAddr>, kMaxLevels> tables_;
};

/// Neither of a file nor shared. (What the initial image holds counts: here it has no file.)
inline bool is_anonymous(const os::VmArea& area) {
  return area.kind != os::AreaKind::kFile && !area.shared;
}

/// As people read it, who are told of an area without a name too.
std::string shown_name(const os::VmArea& area);
/// "rwx", a dash for each that is missing.
std::string rights_text(const Rights& rights);
/// "132 KiB", "2 MiB"; "1.5 GiB" if it is not a whole number.
std::string bytes_text(std::uint64_t bytes);

}  // namespace mmu
