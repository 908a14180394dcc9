// System calls that make processes and tell of their end.
#pragma once

#include <cstdint>
#include <set>

#include "hw/arch/trace.hpp"

namespace mmu::traces {

/// Turns fork, and clone without CLONE_VM, into kFork; and a wait4 that reports the end of such a
/// child into kExit. A child that shares its parent's memory (vfork, posix_spawn, threads) is none
/// of them, and a trace knows no other sign of the end of a child that it does not follow.
class ProcessCalls {
 public:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  /// Of one architecture's system calls; kNone: it does not have it.
  struct Numbers {
    std::uint64_t fork = kNone, clone = kNone, wait4 = kNone;
  };

  /// By number and arguments.
  void recognise(const Numbers& numbers, OsEvent& event);

  /// `event` is a fork, whatever its arguments.
  void forked(OsEvent& event);
  /// `event` is a wait4 with these options.
  void waited(std::uint64_t options, OsEvent& event);

 private:
  std::set<std::int64_t> children_;
};

}  // namespace mmu::traces
