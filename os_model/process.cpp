#include "os_model/process.hpp"

namespace mmu::os {

Processes::Processes(const Machine& machine, const OsParams& params, std::uint64_t brk_start)
    : machine_(machine), params_(params) {
  all_[0] = std::make_unique<Process>(machine_, params_, brk_start);
}

Process* Processes::find(Pid pid) {
  const auto it = all_.find(pid);
  if (it == all_.end() || (pid == 0 && traced_exited_)) return nullptr;
  return it->second.get();
}

ForkOutcome Processes::fork(Pid parent, Pid child, TrapLog& log) {
  Process& from = *all_.at(parent);
  if (all_.count(child) != 0) return ForkOutcome::kPidInUse;
  if (machine_.tables.capacity() - machine_.tables.in_use() < from.space.tables()) {
    return ForkOutcome::kNoTables;
  }
  auto made = std::make_unique<Process>(machine_, params_, from.calls.brk_start());
  made->calls.set_break(from.calls.current_break());
  ++log.work.tables_made;  // the root
  from.space.fork_into(made->space, log);
  all_[child] = std::move(made);
  return ForkOutcome::kDone;
}

/// The hardware holds nothing of a child, which has never run: it needs no fence.
void Processes::clear(Pid pid, Process& process, TrapLog& log) {
  if (pid == 0) return process.space.clear(log);
  TrapLog of_child;
  process.space.clear(of_child);
  log.charge(of_child.work);
}

bool Processes::exec(Pid pid, TrapLog& log) {
  Process* const process = find(pid);
  if (process == nullptr) return false;
  clear(pid, *process, log);
  process->calls.forget_break();
  return true;
}

bool Processes::exit(Pid pid, TrapLog& log) {
  if (!exec(pid, log)) return false;
  find(pid)->space.give_back_root();
  if (pid == 0) {
    traced_exited_ = true;
  } else {
    all_.erase(pid);
  }
  return true;
}

}  // namespace mmu::os
