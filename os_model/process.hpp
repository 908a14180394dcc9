// The processes: the one that is traced, and the children that it forks.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "os_model/address_space.hpp"
#include "os_model/frame_shares.hpp"
#include "os_model/system_calls.hpp"

namespace mmu::os {

/// As the trace has it. 0: the traced process, whose own pid no trace tells.
using Pid = std::uint64_t;

/// What all processes have in common.
struct Machine {
  const PageTableFormat& format;
  PhysicalMemory& memory;
  FrameAllocator& frames;  ///< of data
  FrameAllocator& tables;
  FrameShares& shares;
};

struct Process {
  Process(const Machine& machine, const OsParams& params, std::uint64_t brk_start)
      : space(machine.format, machine.memory, machine.frames, machine.tables, machine.shares,
              params),
        calls(machine.format, space, brk_start) {}

  AddressSpace space;
  SystemCalls calls;
};

enum class ForkOutcome : std::uint8_t {
  kDone,
  kPidInUse,
  kNoTables,  ///< the pool has not as many page-table pages as the child needs (Linux: ENOMEM)
};

class Processes {
 public:
  /// With the traced process. What `machine` refers to must outlive this.
  Processes(const Machine& machine, const OsParams& params, std::uint64_t brk_start);

  Process& traced() { return *all_.at(0); }
  const Process& traced() const { return *all_.at(0); }
  /// nullptr if there is none.
  Process* find(Pid pid);
  std::uint64_t size() const { return all_.size() - (traced_exited_ ? 1 : 0); }
  bool traced_exited() const { return traced_exited_; }
  /// A pid that no process has.
  Pid unused_pid() const { return all_.rbegin()->first + 1; }

  /// Makes `child` as a copy of `parent`, which must be there. Nothing changes unless it is done.
  ForkOutcome fork(Pid parent, Pid child, TrapLog& log);
  /// Gives up all that the process has mapped; what comes next makes its new image. False if there
  /// is no such process.
  bool exec(Pid pid, TrapLog& log);
  /// Gives everything back, the root table too. False likewise.
  bool exit(Pid pid, TrapLog& log);

 private:
  static void clear(Pid pid, Process& process, TrapLog& log);

  Machine machine_;
  OsParams params_;
  std::map<Pid, std::unique_ptr<Process>> all_;
  bool traced_exited_ = false;  // its areas can be asked for still: there are none
};

}  // namespace mmu::os
