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

/// One access in program order.
struct StreamAccess {
  static constexpr std::uint64_t kNobody = ~std::uint64_t{0};
  VirtAddr va;
  std::uint32_t instructions = 0;  ///< that issue with it
  AccessKind kind = AccessKind::kLoad;
  std::uint64_t producer = kNobody;  ///< number of the access whose data it needs first
};

class AccessStream {
 public:
  enum class Item : std::uint8_t { kAccess, kEvent, kEnd };

  struct Options {
    std::uint64_t instructions = 0;  ///< end after so many; 0: at the end of the trace
    /// Called before each block is read; false: the trace ends here.
    std::function<bool()> before_block;
    std::uint64_t interval = 0;         ///< instructions; 0: no intervals
    std::function<void()> at_interval;  ///< called at the first record after each of them
  };

  /// `line_bytes`: where data accesses are split; a power of two.
  /// Throws ConfigError if the fetch block is no power of two or larger than a line.
  AccessStream(TraceSource& source, const CpuParams& params, std::uint32_t line_bytes,
               Options options, CpuStats& stats);

  /// What comes next; the accessors below then hold it. Throws what the source throws.
  Item next();
  const StreamAccess& access() const { return access_; }
  const OsEvent& event() const { return *event_; }

  /// Says what the handle of an event stands for from now on.
  void resolve(std::uint32_t handle, std::uint64_t value);

  /// At kEnd: instructions that begin after the last access.
  std::uint32_t trailing_instructions() const { return instructions_; }

 private:
  static constexpr std::uint64_t kNoBlock = ~std::uint64_t{0};

  bool refill();
  bool at_limit();
  bool take(const TraceRecord& record);
  void take_fetch(std::uint64_t address, std::uint64_t last);
  void take_split(std::uint64_t address, std::uint64_t last);
  std::uint64_t producer_of(const TraceRecord& record) const;
  void first_part(std::uint64_t address, std::uint64_t last);
  Item emit_part();
  std::uint64_t address_of(const TraceRecord& record) const;
  [[noreturn]] void bad_handle(const TraceRecord& record) const;

  TraceSource& source_;
  CpuStats& stats_;
  Options options_;
  bool serial_, independent_;  // CpuParams::dependence
  std::uint64_t line_mask_;    // line_bytes - 1
  std::uint64_t block_mask_;   // fetch_block_bytes - 1
  std::uint64_t next_stop_;    // instructions: the limit or the next interval

  TraceBlock block_;
  std::size_t position_ = 0;    // next record
  std::size_t stop_ = 0;        // first record that is not to be taken yet
  std::size_t next_event_ = 0;  // in block_.events
  bool ended_ = false;

  StreamAccess access_;
  const OsEvent* event_ = nullptr;
  std::uint32_t instructions_ = 0;         // begun, and in no access yet
  std::uint64_t fetch_block_ = kNoBlock;   // last entered: its first address
  std::uint64_t part_ = 0, part_end_ = 0;  // bytes still to be split into accesses
  std::uint64_t part_mask_ = 0;
  std::uint64_t number_ = 0;  // of the next access
  std::uint64_t data_records_ = 0;
  /// Of the last data records, more than a window of them (what lies farther back has retired): the
  /// number of the last access of data record i, at i mod size().
  std::vector<std::uint64_t> last_access_;
  std::vector<std::uint64_t> handles_;
};

}  // namespace mmu
