// Which address-space identifier a process has while it runs on the core.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "hw/arch/address.hpp"
#include "os_model/asid_policy.hpp"

namespace mmu::os {

/// ASID 0 is no process's, where there are others.
///
/// *Generations* (Linux for Arm and RISC-V, with one CPU): a process keeps its ASID until none is
/// left that was not given to any. Then a generation begins: TLBs are emptied, and every process
/// but the one that has just had the core needs an ASID anew, its old one if that is still free.
///
/// *Recycled* (Linux for x86): there are few, kRecycledAsids; a process without one takes that of
/// the process that has had its own for longest, and what TLBs know by it is removed.
class AsidAllocator {
 public:
  /// Linux, arch/x86/include/asm/tlbflush.h: TLB_NR_DYN_ASIDS.
  static constexpr std::size_t kRecycledAsids = 6;

  enum class Fence : std::uint8_t { kNone, kOfAsid, kOfAll };
  struct Grant {
    Asid asid = 0;
    Fence fence = Fence::kNone;  ///< before the process runs
    bool rollover = false;       ///< a generation has begun
    bool recycled = false;       ///< another process had this ASID
  };

  /// With less than two bits, which leave no ASID to give beside the one in use, all processes have
  /// one ASID whatever the policy, and every switch is a fence. (Linux for RISC-V: only if there
  /// are more than two ASIDs for each CPU.) Requires bits <= 16, and a policy other than kLinux.
  AsidAllocator(unsigned bits, AsidPolicy policy);

  /// The core goes to `process`. The one that has it already keeps all.
  Grant switch_to(std::uint64_t process);
  /// The process is gone, its number too. Nobody gets its ASID without a fence.
  void forget(std::uint64_t process);

 private:
  struct Held {
    Asid asid = 0;
    std::uint64_t generation = 0;
  };
  struct Slot {
    bool used = false;  // ever
    std::optional<std::uint64_t> owner;
  };

  Grant share(std::uint64_t process);
  Grant recycle(std::uint64_t process);
  Grant give(std::uint64_t process);
  std::optional<Asid> held_asid(std::uint64_t process);
  std::optional<Asid> next_free();
  void begin_generation();

  const AsidPolicy policy_;
  std::optional<std::uint64_t> running_;

  // Of all processes, without an ASID for each.
  const Asid shared_;
  bool somebody_ran_ = false;  // TLBs may hold something

  // Recycled: [ASID - 1].
  std::vector<Slot> slots_;
  std::size_t next_slot_ = 0;

  // Generations.
  std::vector<bool> used_;  // [asid]: in this generation
  std::size_t next_ = 1;    // those below were given in this generation, or kept
  std::uint64_t generation_ = 1;
  std::map<std::uint64_t, Held> held_;
  std::optional<std::uint64_t> kept_;  // had the core when the generation began
};

}  // namespace mmu::os
