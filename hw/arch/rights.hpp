// What a mapping allows, and the state of the core that an access is checked against.
#pragma once

#include <cstdint>

#include "hw/arch/access.hpp"

namespace mmu {

/// The state of the core that counts for an access, at once and without a fence: privilege and
/// what its control registers say, in neutral words. Default: user mode, all else off. Of an
/// access and not of a translation: TLBs check it again on every hit.
struct AccessContext {
  static constexpr std::uint8_t kSupervisor = 1;      ///< S mode; CPL 0 to 2; EL1
  static constexpr std::uint8_t kUserData = 2;        ///< supervisor may load and store user pages
  static constexpr std::uint8_t kUserFetch = 4;       ///< supervisor may fetch from user pages
  static constexpr std::uint8_t kReadExecutable = 8;  ///< loads may read what may be executed
  static constexpr std::uint8_t kWriteReadOnly = 16;  ///< supervisor may write read-only pages
  static constexpr std::uint8_t kBare = 32;           ///< no translation: PA = VA

  std::uint8_t bits = 0;

  constexpr bool has(std::uint8_t flag) const { return (bits & flag) != 0; }
  friend constexpr bool operator==(AccessContext a, AccessContext b) { return a.bits == b.bits; }
  friend constexpr bool operator!=(AccessContext a, AccessContext b) { return !(a == b); }
};

/// sstatus.SUM and sstatus.MXR (RISC-V privileged specification, "Supervisor Status Register"). SUM
/// never helps a fetch.
constexpr AccessContext riscv_context(bool supervisor, bool sum, bool mxr) {
  using C = AccessContext;
  return {static_cast<std::uint8_t>((supervisor ? C::kSupervisor : 0) | (sum ? C::kUserData : 0) |
                                    (mxr ? C::kReadExecutable : 0))};
}

/// CR0.WP, CR4.SMEP, CR4.SMAP, EFLAGS.AC (Intel SDM vol. 3A, "Determination of Access Rights").
constexpr AccessContext x86_context(bool supervisor, bool wp, bool smep, bool smap, bool ac) {
  using C = AccessContext;
  return {static_cast<std::uint8_t>((supervisor ? C::kSupervisor : 0) |
                                    (wp ? 0 : C::kWriteReadOnly) | (smep ? 0 : C::kUserFetch) |
                                    (!smap || ac ? C::kUserData : 0))};
}

/// PSTATE.EL and PSTATE.PAN (Arm ARM D8.4, "Memory access control"); whether EL1 may execute is in
/// the entry.
constexpr AccessContext arm_context(bool el1, bool pan) {
  using C = AccessContext;
  return {static_cast<std::uint8_t>((el1 ? C::kSupervisor : 0) | (pan ? 0 : C::kUserData))};
}

/// What a mapping allows.
struct Rights {
  bool read = true;
  bool write = true;
  bool execute = true;
  bool user = true;
  bool privileged_execute = true;  ///< counts with `split_execute` only
  /// `execute` is the user's alone whatever `user` says, and the supervisor has a bit of its own
  /// (AArch64 UXN, PXN). How to read the others, not a right: no part of a comparison.
  bool split_execute = false;

  /// May an access of this kind go ahead?
  constexpr bool allow(AccessKind kind, AccessContext context = {}) const {
    if (kind == AccessKind::kFetch) return allow_fetch(context);
    const bool supervisor = context.has(AccessContext::kSupervisor);
    if (supervisor ? user && !context.has(AccessContext::kUserData) : !user) return false;
    const bool readable = read || (execute && context.has(AccessContext::kReadExecutable));
    if (kind == AccessKind::kLoad) return readable;
    const bool writable = write || (supervisor && context.has(AccessContext::kWriteReadOnly));
    return writable && (kind == AccessKind::kStore || readable);
  }
  friend constexpr Rights operator&(Rights a, Rights b) {
    return {a.read && b.read,
            a.write && b.write,
            a.execute && b.execute,
            a.user && b.user,
            a.privileged_execute && b.privileged_execute,
            a.split_execute || b.split_execute};
  }
  friend constexpr bool operator==(Rights a, Rights b) {
    return a.read == b.read && a.write == b.write && a.execute == b.execute && a.user == b.user &&
           a.privileged_execute == b.privileged_execute;
  }

 private:
  constexpr bool allow_fetch(AccessContext context) const {
    const bool supervisor = context.has(AccessContext::kSupervisor);
    // Arm ARM, "Instruction execution permissions": what EL0 may write, EL1 never executes.
    if (split_execute) return supervisor ? privileged_execute && !(user && write) : execute;
    return execute && (supervisor ? !user || context.has(AccessContext::kUserFetch) : user);
  }
};

}  // namespace mmu
