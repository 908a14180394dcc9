// The least hardware that an OS can run on: physical memory, a walker that takes no time, and
// caches of translations that hold whatever no fence has removed.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "hw/common/sparse_memory.hpp"
#include "os_model/kernel.hpp"

namespace mmu::test {

inline constexpr std::uint64_t kPage = 4096;
inline constexpr std::uint64_t kHuge = std::uint64_t{2} << 20;
inline constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
inline constexpr std::uint64_t kRead = linux_abi::kProtRead;
inline constexpr std::uint64_t kReadWrite = kRead | linux_abi::kProtWrite;

inline constexpr const char* kAllFormats[] = {"sv32",       "sv39",          "sv48",
                                              "sv57",       "x86-64-4level", "x86-64-5level",
                                              "aarch64-4k", "aarch64-16k",   "aarch64-64k"};

/// What one entry of the table in memory maps.
struct Mapped {
  std::uint64_t pa = 0;
  unsigned shift = 0;
  Rights rights;
  bool accessed = false, dirty = false;
  bool grouped = false;  ///< it and its neighbours form one page
};

struct OsSetup {
  std::string format = "sv39";
  std::uint64_t memory_bytes = 64 * kMiB;
  bool huge_pages = false;
  bool map_on_touch = false;
  bool gigantic_pages = false;
  bool contiguous_pages = false;
  AdUpdate ad_update = AdUpdate::kHardware;
  unsigned asid_bits = 16;
  TraceHeader trace = {};
  os::FramePolicy frame_policy = os::FramePolicy::kPacked;
};

class OsMachine {
 public:
  explicit OsMachine(const OsSetup& setup = {});

  /// Runs one access to its end; the number of page faults that it took.
  unsigned access(std::uint64_t va, AccessKind kind = AccessKind::kLoad);
  /// Makes an access that faults with `cause`, whatever the page table says.
  const TrapWork& fault(std::uint64_t va, FaultKind cause, AccessKind kind = AccessKind::kLoad);

  const TrapWork& call(const OsEvent& event);
  const TrapWork& brk(std::uint64_t result);
  const TrapWork& mmap(std::uint64_t at, std::uint64_t bytes, std::uint64_t prot = kReadWrite);
  const TrapWork& munmap(std::uint64_t at, std::uint64_t bytes);
  const TrapWork& mprotect(std::uint64_t at, std::uint64_t bytes, std::uint64_t prot);
  const TrapWork& mremap(std::uint64_t from, std::uint64_t old_bytes, std::uint64_t new_bytes,
                         std::uint64_t to);

  /// The table in memory, entry by entry, by VA. Fails the test if a page-table page lies outside
  /// of the pool, is used twice or is empty, or if two pages share a frame.
  std::map<std::uint64_t, Mapped> table();
  /// Fails the test if a cached translation or table pointer differs from the table in memory.
  void expect_nothing_stale();
  std::uint64_t pa_of(std::uint64_t va) { return table().at(va).pa; }
  std::uint64_t raw_leaf(std::uint64_t va);  ///< the entry at which the walk for `va` ends
  std::string message_of_fault(std::uint64_t va, AccessKind kind);

  const PageTableFormat format;  ///< Svnapot is there if contiguous pages are
  SparseMemory memory;
  os::Kernel kernel;
  TrapWork last;  ///< of the last trap

 private:
  using Path = std::pair<unsigned, std::uint64_t>;  // level of the table, VA that it begins at

  WalkStep walk(std::uint64_t va, AccessKind kind, bool cache);
  const TrapWork& took(TrapWork work);
  void read_table(std::uint64_t at, unsigned level, std::uint64_t va,
                  std::map<std::uint64_t, Mapped>& pages);
  void add_page(std::uint64_t va, const Translation& to, std::map<std::uint64_t, Mapped>& pages);
  std::uint64_t load(PhysAddr entry) const { return memory.load(entry, format.pte_bytes); }

  std::uint64_t memory_bytes_;
  AdUpdate ad_update_;
  std::map<std::uint64_t, Translation> tlb_;  // by the page's VA
  std::map<Path, std::uint64_t> walk_cache_;  // table address
  std::set<std::uint64_t> tables_seen_;
  std::map<std::uint64_t, std::uint64_t> frames_seen_;  // mapped memory: begin and end of pages
  std::uint64_t accesses_ = 0;
};

}  // namespace mmu::test
