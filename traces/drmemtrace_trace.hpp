// DynamoRIO's drmemtrace: one file of an offline trace, that is one thread, or several interleaved.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "hw/arch/trace.hpp"
#include "traces/byte_stream.hpp"
#include "traces/entry_stream.hpp"
#include "traces/forward_source.hpp"

namespace mmu::traces {

/// A system call whose markers are being read.
struct DrmemtraceCall {
  OsEvent event;
  bool is_meant = false;  ///< by the function markers that come
  unsigned arguments = 0;
};

/// Instructions are fetches, reads loads, writes stores. System calls are events of type other
/// with number, recorded arguments and success: the format does not record what they returned, so
/// they cannot be mapping events. What a system call's own trace holds is the kernel's and left
/// out, and so are prefetches, flushes and encodings.
class DrmemtraceTrace final : public ForwardSource {
 public:
  explicit DrmemtraceTrace(std::unique_ptr<ByteStream> bytes,
                           std::uint32_t records_per_block = 65536);

  /// True if `start` begins with the header of such a trace.
  static bool begins(std::string_view start);

 private:
  struct Entry {
    std::uint16_t type;
    std::uint16_t size;
    std::uint64_t address;
  };

  void produce(TraceBlock& block) override;
  void take(const Entry& entry, TraceBlock& block);
  void take_data(AccessKind kind, const Entry& entry, TraceBlock& block);
  void take_fetch(std::uint64_t address, std::uint16_t bytes, TraceBlock& block);
  void take_bundle(const Entry& entry, TraceBlock& block);
  void take_marker(const Entry& entry, TraceBlock& block);
  void set_filetype(std::uint64_t bits);
  void set_thread(std::uint64_t id);
  void end_call(TraceBlock& block);
  [[noreturn]] void fail(const std::string& what) const { entries_.fail(done_, what); }

  EntryStream entries_;
  std::uint32_t records_per_block_;
  std::size_t done_ = 0;  // entries of what is at hand
  bool begun_ = false, ended_ = false;
  bool in_kernel_ = false;
  std::uint8_t thread_ = 0;
  std::map<std::uint64_t, std::uint8_t> threads_;  // id -> number
  std::optional<std::uint64_t> process_;
  std::uint64_t next_fetch_ = 0;  // of a bundle
  std::optional<DrmemtraceCall> call_;
};

}  // namespace mmu::traces
