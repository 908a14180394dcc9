// From records to accesses: section 2 of docs/timing.md.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "hw/arch/page_table_format.hpp"
#include "hw/arch/trace.hpp"
#include "hw/cpu/cpu_params.hpp"
#include "hw/cpu/cpu_stats.hpp"

namespace mmu::reference {

struct ProgramAccess {
  VirtAddr va;
  AccessKind kind = AccessKind::kLoad;
  std::uint64_t instructions = 0;         ///< d
  std::optional<std::size_t> depends_on;  ///< number of the access whose data it needs
  std::optional<std::uint64_t> pc;        ///< of the last fetch record up to it
};

class Program {
 public:
  enum class Next : std::uint8_t { kAccess, kEvent, kEnd };

  Program(TraceSource& trace, const CpuParams& params, std::uint32_t data_line_bytes);

  /// Reads on up to an access, an event or the end, and stays there until it is taken.
  Next next();
  ProgramAccess take_access();  ///< Requires next() == kAccess.
  OsEvent take_event();         ///< Requires next() == kEvent.
  /// The process that has the core is dead, by the event just taken: nothing more of it.
  void drop_process();
  /// The same, by the access after which there are `accesses`, with `instructions` up to it.
  void drop_process(std::size_t accesses, std::uint64_t instructions);
  /// An access that was taken never reaches a TLB.
  void uncount(AccessKind kind);
  /// What `handle` stands for from now on.
  void set_handle(std::uint32_t handle, std::uint64_t value) { handles_[handle] = value; }
  /// Of records behind the last access, which belong to none (yet).
  std::uint64_t pending_instructions() const { return pending_; }

  CpuStats stats;

 private:
  void expand(const TraceRecord& record);
  void expand_fetch(std::uint64_t first, std::uint64_t last);
  void expand_data(const TraceRecord& record, std::uint64_t first, std::uint64_t last);
  void add(std::uint64_t va, AccessKind kind, std::optional<std::size_t> depends_on);

  TraceSource& trace_;
  CpuParams params_;
  std::uint64_t line_bytes_;
  TraceBlock block_;
  std::size_t next_record_ = 0, next_event_ = 0;
  bool ended_ = false;
  std::size_t process_ = 0;  ///< has the core
  std::deque<ProgramAccess> ready_;
  std::size_t accesses_ = 0;               ///< made so far
  std::vector<std::size_t> data_records_;  ///< the last access of each
  std::optional<std::uint64_t> fetch_block_;
  std::optional<std::uint64_t> pc_;
  std::uint64_t pending_ = 0;
  std::map<std::uint32_t, std::uint64_t> handles_;
};

}  // namespace mmu::reference
