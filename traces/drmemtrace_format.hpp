// Numbers of DynamoRIO's drmemtrace format (clients/drcachesim/common/trace_entry.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace mmu::traces::drmemtrace {

/// u16 type, u16 size, u64 address; packed, little-endian.
inline constexpr std::size_t kEntryBytes = 12;

enum Type : std::uint16_t {
  kRead = 0,
  kWrite = 1,
  kFirstPrefetch = 2,
  kLastPrefetch = 9,
  kInstr = 10,   // no branch
  kReturn = 16,  // 11 to 16: jumps, calls, return
  kBundle = 17,  // `size` instructions, whose lengths stand in the address
  kFirstFlush = 18,
  kLastFlush = 21,
  kThread = 22,
  kThreadExit = 23,
  kProcess = 24,
  kHeader = 25,  // the address is the version
  kFooter = 26,
  kHardwarePrefetch = 27,
  kMarker = 28,  // `size` is a Marker, the address its value
  kInstrNoFetch = 29,
  kInstrMaybeFetch = 30,  // online only
  kInstrSysenter = 31,
  kFirstLaterPrefetch = 32,
  kLastLaterPrefetch = 46,
  kEncoding = 47,
  kTakenJump = 48,
  kUntakenJump = 49,
};

enum Marker : std::uint16_t {
  kTimestamp = 2,
  kFunctionId = 4,
  kFunctionArgument = 6,
  kFunctionReturn = 7,  // of a system call: 0 failed, 1 succeeded
  kFiletype = 9,
  kVersion = 12,
  kSyscall = 25,  // the value is its number
  kSyscallTraceStart = 27,
  kSyscallTraceEnd = 28,
};

/// A kFunctionId from here on is a system call's number plus this.
inline constexpr std::uint64_t kSyscallIdBase = 0x1'0000'0000;

/// Bits of kFiletype.
enum Filetype : std::uint64_t {
  kFiltered = 0x01 | 0x80 | 0x100,  // all, instructions, data: by a cache, while tracing
  kAArch64 = 0x08,
  kX8664 = 0x40,
};

}  // namespace mmu::traces::drmemtrace
