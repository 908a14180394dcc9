// What comes before the cycles that count: the program runs, page tables and structures fill, and
// no time passes (docs/timing.md, section 12).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <unordered_set>

#include "hw/cpu/access_stream.hpp"
#include "hw/link/memory_if.hpp"
#include "hw/link/trap_if.hpp"
#include "hw/mmu/mmu_module.hpp"

namespace mmu {

class WarmUp {
 public:
  /// What the accesses pass through. Requires that the modules are bound and that the first cycle
  /// is still to come.
  struct Path {
    AccessStream& stream;
    TrapHandler& software;
    const TranslationControl& control;
    PhysicalMemory& bytes;
    MmuModule& mmu;
    FenceIf& fences;
    std::array<MemoryIf*, 2> caches;        ///< for fetches, for data
    std::function<void(VirtAddr)> touched;  ///< by an access that has taken place
  };

  explicit WarmUp(const Path& path) : path_(path), asid_(path.control.asid) {}

  // Up to the end of the stream's part. Both throw SimulatedError if the program cannot go on,
  // and what the stream throws.

  /// Only what the operating system sees: faults, system calls, A and D bits as walks set them.
  void skip();
  /// TLBs, walk caches, caches, prefetchers and open DRAM rows too.
  void warm();

  /// State of the core from here on.
  Asid asid() const { return asid_; }
  AccessContext context() const { return context_; }

 private:
  template <class Access>
  void run(Access access);
  TranslateRequest request_for(const StreamAccess& access) const;
  bool fault(const TranslateRequest& request, const Fault& cause);  // false: the process is dead
  void call(const OsEvent& event);
  void take_effect(const TrapWork& work);

  Path path_;
  Asid asid_;
  AccessContext context_;
  std::uint64_t accesses_ = 0;  // of all parts
  std::uint64_t number_ = 0;    // of the next one in its part
  std::unordered_set<std::uint64_t>
      touched_;  // page and kind: no skip of it does more until a trap
};

}  // namespace mmu
