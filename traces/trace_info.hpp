// What `mmusim trace info|head|check` say.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <string>

#include "hw/arch/trace.hpp"
#include "traces/trace_format.hpp"

namespace mmu::traces {

struct TraceSummary {
  TraceHeader header;
  std::array<std::uint64_t, 4> records{};             ///< by AccessKind
  std::array<std::uint64_t, kOsEventTypes> events{};  ///< by OsEventType
  std::uint64_t failed_events = 0;
  std::uint64_t instructions = 0;
  /// Distinct pages touched, of 4 KiB, 64 KiB, 2 MiB, 1 GiB; records with a handle left out.
  std::array<std::uint64_t, 4> pages{};
  std::uint64_t with_handle = 0;      ///< records
  std::uint64_t dependent = 0;        ///< records that depend on another one
  std::uint64_t threads = 0;          ///< seen in records
  std::uint64_t highest_address = 0;  ///< see HighestAddress
  std::uint64_t hash = 0;             ///< as found, not as the header says

  std::uint64_t record_count() const;
  std::uint64_t event_count() const;
};

/// Reads `source` to its end, or until `also`, which is shown each block, returns false. Throws
/// InputError.
TraceSummary summarize(TraceSource& source,
                       const std::function<bool(const TraceBlock&)>& also = nullptr);
void print_summary(const TraceSummary& summary, std::ostream& out);

/// The first `records` records, one line each, with the events that stand among them.
void print_head(TraceSource& source, std::uint64_t records, std::ostream& out);

/// One line, for people: "mmap(0x0, 8192, 3, 34, -1, 0) = 0x4835000".
std::string describe(const OsEvent& event);

struct CheckResult {
  TraceSummary summary;
  std::uint64_t blocks = 0;  ///< 0: the format has none
};

/// Reads all of the file: checksums, index, counts and content hash against the header, handles
/// that are used before an event makes them. Throws InputError with file and place at the first
/// thing that is wrong.
CheckResult check_trace(const std::string& path, TraceFormat format = TraceFormat::kAuto);

}  // namespace mmu::traces
