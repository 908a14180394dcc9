// A workload under way: a pattern, or several put together.
#pragma once

#include <memory>
#include <string>

#include "traces/workloads/program.hpp"
#include "traces/workloads/workload_text.hpp"

namespace mmu::traces {

/// Goes on operation by operation until it has ended.
class Activity {
 public:
  virtual ~Activity() = default;
  virtual bool ended() const = 0;
  /// Writes one operation. Requires !ended().
  virtual void operate() = 0;
  /// Has its accesses before it again; data stays as it is.
  virtual void begin_again() = 0;
};

/// Lays the address space of `text` out. `resolved` becomes its text with all parameters. Throws
/// ConfigError.
std::unique_ptr<Activity> make_activity(const WorkloadText& text, Program& program,
                                        std::string& resolved);

}  // namespace mmu::traces
