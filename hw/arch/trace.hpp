// What the traffic generator replays: records of accesses, and the operating-system events that
// stand between them. Readers produce blocks of both; nothing here knows of a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hw/arch/access.hpp"

namespace mmu {

/// One reference of the traced program, 24 bytes: traces are long.
struct TraceRecord {
  static constexpr std::uint32_t kNoHandle = ~std::uint32_t{0};

  std::uint64_t address = 0;         ///< VA; with a handle, the offset from what it stands for
  std::uint32_t handle = kNoHandle;  ///< made by an earlier OsEvent of the same trace
  /// The address was computed from the data record so many data records (load, store, modify)
  /// before this one; 0: from none.
  std::uint16_t depends_on = 0;
  std::uint16_t bytes = 0;         ///< accessed, from `address` on; at least 1
  std::uint16_t instructions = 0;  ///< instructions that begin with this record
  AccessKind kind = AccessKind::kLoad;
  std::uint8_t thread = 0;
};
static_assert(sizeof(TraceRecord) == 24);

/// kSwitch is none: a process loses the core; args[0] says to whom. kFork: fork, or clone
/// without CLONE_VM. kExec and kExit: of the traced process, or of a child that it waited for.
enum class OsEventType : std::uint8_t {
  kBrk,
  kMmap,
  kMunmap,
  kMprotect,
  kMremap,
  kOther,
  kSwitch,
  kFork,
  kExec,
  kExit,
  kMadvise,
  // Calls of the C library, which the OS model has too: no system calls.
  kMalloc,
  kCalloc,
  kMemalign,
  kRealloc,
  kFree
};
inline constexpr unsigned kOsEventTypes = 16;
inline constexpr unsigned kSystemCallTypes = 11;
constexpr bool is_library_call(OsEventType type) {
  return static_cast<unsigned>(type) >= kSystemCallTypes;
}
/// It is given a block that an earlier call gave; see OsEvent::number.
constexpr bool takes_block(OsEventType type) {
  return type == OsEventType::kRealloc || type == OsEventType::kFree;
}
constexpr std::string_view name_of(OsEventType type) {
  constexpr std::string_view kNames[] = {
      "brk",  "mmap", "munmap",  "mprotect", "mremap", "other",    "switch",  "fork",
      "exec", "exit", "madvise", "malloc",   "calloc", "memalign", "realloc", "free"};
  return kNames[static_cast<unsigned>(type)];
}

/// One system call of the traced program, or call of its C library, with its arguments (man pages,
/// sections 2 and 3) and the result that it had when the trace was taken.
struct OsEvent {
  OsEventType type = OsEventType::kOther;
  std::uint8_t thread = 0;
  std::uint32_t handle = TraceRecord::kNoHandle;  ///< stands for this event's result from now on
  /// Of the system call, for kOther. realloc, free: 1 + the handle of the block that they are
  /// given, 0: NULL.
  std::uint64_t number = 0;
  /// mremap: old address, old size, new size, flags, new address. fork: none. exec, exit: which
  /// child by its pid; 0: the traced process itself. memalign: alignment, bytes. realloc, free: the
  /// block's address when traced, bytes. switch: 1 + the number of the process that has the core
  /// from now on (TraceSource::processes); 0: to one that touches nothing, and gives it back.
  std::uint64_t args[6] = {};
  /// An address or 0; fork: pid of the child, 0 if unknown; -errno if the call failed.
  std::int64_t result = 0;

  bool failed() const { return result < 0 && result >= -4095; }
};

/// The process that gets the core, if it is one of the source's.
inline std::optional<std::size_t> switched_to(const OsEvent& event) {
  if (event.type != OsEventType::kSwitch || event.args[0] == 0) return std::nullopt;
  return event.args[0] - 1;
}

/// Linux's mmap protection bits and flags, as they stand in OsEvent::args.
namespace linux_abi {
inline constexpr std::uint64_t kProtRead = 1, kProtWrite = 2, kProtExec = 4;
inline constexpr std::uint64_t kMapFixed = 0x10, kMapAnonymous = 0x20, kMapPopulate = 0x8000;
inline constexpr std::uint64_t kMremapMayMove = 1, kMremapFixed = 2;
inline constexpr std::uint64_t kMadvDontneed = 4;
inline constexpr std::int64_t kEnomem = 12;
}  // namespace linux_abi

/// A piece of a trace: records in program order, and the events that come before some of them.
struct TraceBlock {
  struct Event {
    std::uint32_t before = 0;  ///< index of the record that it precedes; records.size(): the end
    OsEvent event;
  };
  std::vector<TraceRecord> records;
  std::vector<Event> events;  ///< by `before`, then by program order

  void clear() {
    records.clear();
    events.clear();
  }
};

/// One area of the program's address space that exists before the first record.
struct ImageArea {
  std::uint64_t start = 0;  ///< page-aligned VA
  std::uint64_t bytes = 0;  ///< whole pages
  bool read = false, write = false, execute = false;
  std::string name;  ///< "[stack]", "[image]" ...
};

struct TraceHeader {
  std::string command;       ///< the traced command line; empty if unknown
  std::string architecture;  ///< "x86-64" ...
  std::uint32_t page_bytes = 4096;
  std::uint64_t brk_start = 0;  ///< program break before the first record; 0 if unknown
  std::uint64_t records = 0, instructions = 0, events = 0;  ///< 0 if the format does not say
  std::uint64_t hash = 0;        ///< of the content, whatever the file format; 0 if not known yet
  bool carries_mappings = true;  ///< false: no image and no mapping event; see --map-on-touch
  std::vector<ImageArea> image;  ///< by address, no overlap
};

/// A trace being read, front to back.
class TraceSource {
 public:
  virtual ~TraceSource() = default;
  virtual const TraceHeader& header() const = 0;
  /// Fills `block` with what comes next, at least one record or event; false at the end.
  /// Throws InputError (traces/) naming file and place.
  virtual bool next(TraceBlock& block) = 0;

  /// What is known of each process that it brings, by number. If there are several, a block is of
  /// one of them, process 0 first, and that of another than the block before begins with a switch.
  virtual std::vector<const TraceHeader*> processes() const { return {&header()}; }
  /// Nothing more of this process: it is dead.
  virtual void end_process(std::size_t /*number*/) {}
};

}  // namespace mmu
