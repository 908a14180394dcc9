// From trace records to the accesses that the core issues: fetches by block, data by line, and the
// instructions that belong to each (docs/timing.md, section 2).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "hw/arch/page_table_format.hpp"
#include "hw/arch/trace.hpp"
#include "hw/cpu/cpu_params.hpp"
#include "hw/cpu/cpu_stats.hpp"

namespace mmu {

/// One access in program order, 32 bytes. Counts are kept with it, since accesses are made by the
/// batch, ahead of their turn.
struct StreamAccess {
  VirtAddr va;
  std::uint32_t instructions = 0;  ///< that issue with it
  std::uint32_t begun = 0;         ///< of these, not counted before
  std::uint32_t records = 0;       ///< of the trace, not counted before
  std::uint32_t producer =
      0;  ///< its address comes from data of the access so many before; 0: none
  std::uint16_t line_splits = 0;  ///< more accesses because its record crosses lines
  std::uint16_t page_splits = 0;  ///< of these, because it crosses 4 KiB pages
  AccessKind kind = AccessKind::kLoad;
};
static_assert(sizeof(StreamAccess) == 32);

class AccessStream {
 public:
  static constexpr std::uint64_t kNoPc = ~std::uint64_t{0};
  enum class Item : std::uint8_t { kAccess, kEvent, kEnd };

  struct Options {
    std::uint64_t instructions = 0;  ///< of the first part; 0: up to the end of the trace
    /// Called before each block is read; false: the trace ends here.
    std::function<bool()> before_block;
    std::uint64_t interval = 0;         ///< instructions, of the first part; 0: no intervals
    std::function<void()> at_interval;  ///< called at the first record after each of them
    /// Called as the event is taken by which another of the source's processes gets the core.
    std::function<void(std::size_t process)> at_switch;
  };

  /// `line_bytes`: where data accesses are split; a power of two.
  /// Throws ConfigError if the fetch block is no power of two or larger than a line.
  AccessStream(TraceSource& source, const CpuParams& params, std::uint32_t line_bytes,
               Options options, CpuStats& stats);

  /// What comes next, and stays there until it is taken. Throws what the source throws.
  Item peek() { return next_ != batch_end_ ? Item::kAccess : next_batch(); }
  const StreamAccess& access() const { return *next_; }  ///< Requires peek() == kAccess.
  void take() { ++next_; }                               ///< likewise
  const OsEvent& event() const { return *event_; }       ///< Requires peek() == kEvent.
  void take_event();                                     ///< likewise

  /// Counts what has been taken since the last call; done by peek() where anybody is called.
  void settle();

  /// After kEnd: what follows is counted from zero, and ends after so many instructions (0: at the
  /// end of the trace). Its accesses depend on none of those before.
  void start_part(std::uint64_t instructions, std::uint64_t interval);
  /// The trace itself is over.
  bool is_at_end() const { return ended_; }

  /// Of a process that died: what it is known to have begun after its last access.
  struct Lost {
    std::uint64_t accesses = 0, instructions = 0;
    std::uint64_t unasked[4] = {};  ///< of the accesses, by kind, those that no TLB knows of
  };
  /// The process that has the core died of the last access that was taken, but for `lost`: what is
  /// left of it is dropped. Instructions count up to that access, and the next one has the number
  /// after it.
  void drop_process(const Lost& lost);
  /// The same, of the event that was just taken.
  void drop_process();

  /// Blocks of the source that were read, without those in which only lost accesses begin: how far
  /// the processes are, whoever runs them.
  std::uint64_t blocks() const { return blocks_; }

  /// Says what the handle of an event stands for from now on.
  void resolve(std::uint32_t handle, std::uint64_t value);

  /// Address of the instruction that access `number` belongs to: of the last fetch record before
  /// it, of a fetch its own; kNoPc if there is none. Of the accesses in the window.
  std::uint64_t pc_of(std::uint64_t number) const { return pcs_[number & pc_mask_]; }

  /// At kEnd: instructions that begin after the last access.
  std::uint32_t trailing_instructions() const {
    return static_cast<std::uint32_t>(expansion_.begun - expansion_.issued);
  }

 private:
  static constexpr std::uint64_t kNoBlock = ~std::uint64_t{0};
  static constexpr std::uint64_t kUnmade = ~std::uint64_t{0};  // no address, and no -errno of ours
  static constexpr std::size_t kBatch = 256;  // accesses, and those of one record more

  /// Where records become accesses: ahead of what stats_ says by what the batch still holds. It is
  /// copied and handed on by value, so that it lives in registers.
  struct Expansion {
    StreamAccess* free = nullptr;     // where the next access goes
    std::size_t position = 0;         // of the next record in block_
    std::size_t counted = 0;          // records before it are in stats_, or in accesses
    std::uint64_t begun = 0;          // instructions
    std::uint64_t issued = 0;         // of these, in accesses
    std::uint64_t counted_begun = 0;  // of these, in stats_ or in accesses
    std::uint64_t number = 0;         // of the next access
    std::uint64_t data_records = 0;   // so far
    std::uint64_t block = kNoBlock;   // last entered by a fetch: its first address
    std::uint64_t pc = kNoPc;         // address of the last fetch record
  };

  Item next_batch();
  void drop_block();
  bool refill();
  bool at_limit();
  void set_limits(std::uint64_t instructions, std::uint64_t interval);
  void count_rest();
  void leave_process();
  /// To another process: the block is that one's.
  bool offers_switch() const { return event_ != nullptr && switched_to(*event_).has_value(); }
  void expand_records();
  Expansion expand_fetch(Expansion to, std::uint64_t address, std::uint64_t last);
  void expand_data(Expansion& to, const TraceRecord& record, std::uint64_t address,
                   std::uint64_t last);
  Expansion split_data(Expansion to, StreamAccess& first, std::uint64_t last);
  StreamAccess& emit(Expansion& to, std::uint64_t address, AccessKind kind);
  void emit_rest(Expansion& to, const StreamAccess& first, std::uint64_t last, std::uint64_t mask);
  std::uint32_t producer_of(const Expansion& at, const TraceRecord& record) const;
  bool knows(std::uint32_t handle) const {
    return handle == TraceRecord::kNoHandle ||
           (handle < handles_.size() && handles_[handle] != kUnmade);
  }
  std::uint64_t address_of(const TraceRecord& record) const {
    return record.handle == TraceRecord::kNoHandle ? record.address
                                                   : handles_[record.handle] + record.address;
  }
  [[noreturn]] void bad_handle(const TraceRecord& record) const;

  TraceSource& source_;
  CpuStats& stats_;
  Options options_;
  bool serial_, independent_;  // CpuParams::dependence
  std::uint64_t line_mask_;    // line_bytes - 1
  std::uint64_t block_mask_;   // fetch_block_bytes - 1
  std::uint64_t next_stop_;    // instructions: the limit or the next interval

  TraceBlock block_;
  std::size_t stop_ = 0;        // first record that is not to be taken yet
  std::size_t next_event_ = 0;  // in block_.events
  bool ended_ = false;
  std::size_t process_ = 0;  // that has the core
  std::uint64_t blocks_ = 0;
  std::vector<std::uint64_t> begins_;  // of blocks of this turn: the number of the first access
  const OsEvent* event_ = nullptr;     // offered, not taken

  // A batch: what some records come to, up to an event, a limit, or the end of the block.
  std::vector<StreamAccess> batch_;
  const StreamAccess* next_ = nullptr;
  const StreamAccess* batch_end_ = nullptr;
  const StreamAccess* settled_ = nullptr;  // taken and counted before it
  Expansion expansion_;
  /// Of the last data records, more than a window of them (what lies farther back has retired): the
  /// number of the last access of data record i, at i mod size().
  std::vector<std::uint64_t> last_access_;
  std::uint64_t last_mask_ = 0;     // its size - 1
  std::vector<std::uint64_t> pcs_;  // of a window and a batch: of access n at n mod size()
  std::uint64_t pc_mask_ = 0;       // its size - 1
  std::vector<std::uint64_t> handles_;
};

}  // namespace mmu
