// The entries of one file of DynamoRIO's drmemtrace: one thread, or several interleaved.
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

namespace mmu::traces {

/// A system call whose markers are being read.
struct DrmemtraceCall {
  OsEvent event;
  bool is_meant = false;  ///< by the function markers that come
  bool has_returned = false;
  unsigned arguments = 0;
};

/// What the files of one trace share.
struct DrmemtraceIds {
  std::map<std::uint64_t, std::uint8_t> threads;  ///< id -> number, in order of appearance
  std::optional<std::uint64_t> process, version;
  std::string architecture;
};

/// Instructions are fetches, reads loads, writes stores. System calls are events of type other
/// with number, recorded arguments and success: the format does not record what they returned, so
/// they cannot be mapping events. What a system call's own trace holds is the kernel's and left
/// out, and so are prefetches, flushes and encodings. Throws InputError.
class DrmemtraceReader {
 public:
  /// A bundle may pass the `most` of read() by this.
  static constexpr unsigned kMaxBundle = 8;

  /// Requires that `ids` lives as long.
  DrmemtraceReader(std::unique_ptr<ByteStream> bytes, DrmemtraceIds& ids);

  /// Appends to `block` until it holds `most` records, or the file or the turn ends.
  void read(TraceBlock& block, std::size_t most);
  bool at_end() const { return at_end_; }

  /// Instead of all at once, the file is read by turns, each from one timestamp to the next. Goes
  /// to the first one, in front of which no access may stand.
  void read_to_first_time();
  /// To be called before each turn: threads are numbered as they get their first one.
  void begin_turn();
  /// read() stopped at the end of a turn.
  bool turn_ends() const { return turn_ends_; }
  /// The timestamp with which the next turn begins.
  std::uint64_t time() const { return time_; }

  /// True if `start` begins with the header of such a trace.
  static bool begins(std::string_view start);

 private:
  struct Entry {
    std::uint16_t type;
    std::uint16_t size;
    std::uint64_t address;
  };

  void take(const Entry& entry, TraceBlock& block);
  void take_data(AccessKind kind, const Entry& entry, TraceBlock& block);
  void take_fetch(std::uint64_t address, std::uint16_t bytes, TraceBlock& block);
  void take_bundle(const Entry& entry, TraceBlock& block);
  void take_marker(const Entry& entry, TraceBlock& block);
  void set_filetype(std::uint64_t bits);
  void set_version(std::uint64_t version);
  void set_process(std::uint64_t id);
  void set_thread(std::uint64_t id);
  void end_call(TraceBlock& block);
  [[noreturn]] void fail(const std::string& what) const { entries_.fail(done_, what); }

  std::string path_;
  EntryStream entries_;
  DrmemtraceIds& ids_;
  std::size_t done_ = 0;  // entries of what is at hand
  bool begun_ = false, ended_ = false, at_end_ = false;
  bool by_turns_ = false, turn_ends_ = false;
  bool numbered_ = true;
  std::uint64_t time_ = 0;
  bool in_kernel_ = false;
  std::uint8_t thread_ = 0;
  std::optional<std::uint64_t> thread_id_;
  std::uint64_t next_fetch_ = 0;  // of a bundle
  std::optional<DrmemtraceCall> call_;
};

}  // namespace mmu::traces
