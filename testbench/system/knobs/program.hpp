// Programs of steps: what a step does starts at once, after all earlier ones have ended.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "hw/arch/trace.hpp"

namespace mmu::test {

/// Pages of the programs, with indices that put the page-table entries of all levels into
/// different sets of the caches. Frames are handed out in the order of first touch: the first page
/// touched lies at PA 0x1000, the second at 0x2000.
inline constexpr std::uint64_t kX = (0x30ULL << 30) | (0x20ULL << 21) | (0x10ULL << 12);
inline constexpr std::uint64_t kPage = 0x1000;
inline constexpr std::uint64_t kY = kX + 2 * kPage;  ///< same leaf table, same parity of the page
inline constexpr std::uint64_t kZ = kX + 4 * kPage;
inline constexpr std::uint64_t kLine = 64;

class Program {
 public:
  /// Between two steps stands a system call that changes nothing: all that follows it issues in
  /// the cycle in which it ends.
  explicit Program(AccessKind kind = AccessKind::kLoad) : kind_(kind) {}

  /// One step: 8-byte accesses. `instructions` begin with each; 0: all issue in one cycle.
  /// `depends_on` of all but the first of the step.
  Program& step(const std::vector<std::uint64_t>& addresses, std::uint16_t instructions = 0,
                std::uint16_t depends_on = 0) {
    return step_after(OsEvent{}, addresses, instructions, depends_on);
  }
  /// The same with a system call of its own in front.
  Program& step_after(const OsEvent& event, const std::vector<std::uint64_t>& addresses,
                      std::uint16_t instructions = 0, std::uint16_t depends_on = 0);
  /// One step with an access outside of all areas, which are stacks now.
  Program& step_on_stack(std::uint64_t address) {
    on_stack_.insert(block_.records.size());
    return step({address});
  }
  /// All further accesses are of this kind.
  Program& now(AccessKind kind) {
    kind_ = kind;
    return *this;
  }

  const TraceBlock& block() const { return block_; }
  /// Areas that hold every address but those of step_on_stack(): readable, writable, executable;
  /// whole 2 MiB each.
  TraceHeader header() const;
  /// Accesses before the last step, if every record is one access.
  std::size_t before_last_step() const { return before_last_step_; }

 private:
  AccessKind kind_;
  TraceBlock block_;
  std::set<std::size_t> on_stack_;  // records without an area
  std::size_t before_last_step_ = 0;
};

/// An anonymous mapping, readable and writable, at `at`.
inline OsEvent map(std::uint64_t at, std::uint64_t bytes) {
  OsEvent event;
  event.type = OsEventType::kMmap;
  event.args[1] = bytes;
  event.args[2] = linux_abi::kProtRead | linux_abi::kProtWrite;
  event.args[3] = linux_abi::kMapAnonymous | 2;  // MAP_PRIVATE
  event.result = static_cast<std::int64_t>(at);
  return event;
}

inline OsEvent unmap(std::uint64_t at, std::uint64_t bytes) {
  OsEvent event;
  event.type = OsEventType::kMunmap;
  event.args[0] = at;
  event.args[1] = bytes;
  return event;
}

/// Another process has the core for no time, and touches nothing.
inline OsEvent switch_and_back() {
  OsEvent event;
  event.type = OsEventType::kSwitch;
  return event;
}

/// A child comes that the trace does not follow.
inline OsEvent fork_event() {
  OsEvent event;
  event.type = OsEventType::kFork;
  event.result = 1;
  return event;
}

/// One access a step.
inline Program chain(const std::vector<std::uint64_t>& addresses,
                     AccessKind kind = AccessKind::kLoad) {
  Program program(kind);
  for (const std::uint64_t address : addresses) program.step({address});
  return program;
}

}  // namespace mmu::test
