// All that hardware and system software know of each other. Software stores to memory, sets
// control registers and asks for fences; hardware reports faults and system calls. Neither
// includes the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hw/arch/trace.hpp"
#include "hw/arch/walk.hpp"

namespace mmu {

/// Physical memory as untimed loads and stores. It holds the only copy of all data: caches in
/// this model keep tags and timing, so nothing software stores can be stale in them.
class PhysicalMemory {
 public:
  virtual ~PhysicalMemory() = default;
  virtual std::uint64_t size_bytes() const = 0;
  /// Little-endian. Requires `bytes` in {1, 2, 4, 8}, natural alignment, address below
  /// size_bytes(). Untouched memory is zero.
  virtual std::uint64_t load(PhysAddr address, unsigned bytes) const = 0;
  virtual void store(PhysAddr address, unsigned bytes, std::uint64_t value) = 0;
  /// False: an access of hardware here is answered with an error, in the same time, and neither
  /// load() nor store() may be called for it. By default memory knows no such place.
  virtual bool permits(PhysAddr /*address*/, unsigned /*bytes*/, bool /*write*/) const {
    return true;
  }
};

/// The registers that switch translation on (satp; CR3 and CR4).
struct TranslationControl {
  const PageTableFormat* format = nullptr;
  PhysAddr root;
  Asid asid = 0;
  AdUpdate ad_update = AdUpdate::kHardware;
};

/// What the root register is written with when another address space gets the core.
struct AddressSpace {
  PhysAddr root;
  Asid asid = 0;  ///< must fit the format's asid_bits
};

/// Which translations a fence removes; an absent member matches all.
struct FenceScope {
  std::optional<Asid> asid;  ///< given: global entries survive
  std::optional<VirtAddr> va;
  bool leaf_only = false;  ///< walk caches keep what they know

  /// True if the fence removes a translation of the 2^page_shift-byte page that holds `page`.
  constexpr bool covers(Asid of, VirtAddr page, unsigned page_shift, bool global) const {
    if (asid && (global || *asid != of)) return false;
    return !va || va->aligned_down(page_shift) == page.aligned_down(page_shift);
  }
};

struct PageFault {
  Fault cause;
  AccessKind access = AccessKind::kLoad;
  Asid asid = 0;
  std::uint64_t access_number = 0;  ///< of the access in program order, for messages
};

/// What software did in a trap. It has no clock: it reports work, the platform charges cycles.
struct TrapWork {
  bool system_call = false;
  /// An event that user-space code stands for, the C library: no trap of its own, but this many
  /// system calls.
  std::optional<std::uint32_t> library_calls;
  std::uint32_t faults_served = 0;    ///< page faults, and pages populated by a system call
  std::uint32_t frames_zeroed = 0;    ///< of 4 KiB
  std::uint32_t frames_copied = 0;    ///< likewise: copy-on-write
  std::uint32_t entries_written = 0;  ///< page-table entries
  std::uint32_t tables_made = 0;      ///< page-table pages
  std::uint32_t areas_changed = 0;    ///< VM areas made, removed, split or resized
  /// Take effect at the end of the trap, in this order: switches to address spaces, one after the
  /// other; fences; the state of the core from then on.
  std::vector<AddressSpace> spaces;
  std::vector<FenceScope> fences;
  std::optional<AccessContext> context;
  std::uint64_t value = 0;  ///< system call: its result here, what its handle stands for
  /// The process is dead, and another will be given the core: what has not retired of it, the
  /// access that faulted included, never will, and the rest of its trace is dropped.
  bool process_ended = false;
};

/// System software, seen from below. Both calls throw SimulatedError if the program cannot go on
/// (segmentation fault, memory exhausted).
class TrapHandler {
 public:
  virtual ~TrapHandler() = default;
  virtual TrapWork handle_fault(const PageFault& fault) = 0;
  virtual TrapWork handle_event(const OsEvent& event) = 0;
};

}  // namespace mmu
