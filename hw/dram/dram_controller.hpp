// One channel of DRAM, command by command: queues, banks, refresh, and which command goes next.
// It jumps from command to command; clocks in which nothing happens cost nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "hw/common/histogram.hpp"
#include "hw/dram/dram_mapping.hpp"
#include "hw/dram/dram_rules.hpp"

namespace mmu {

using DramTime = std::uint64_t;  ///< in clocks of the command bus

/// A command on the bus; `bank` and `row` as far as the kind has them.
struct DramCommand {
  DramTime clock;
  DramCommandKind kind;
  std::uint32_t rank, group, bank, row;
};
struct DramAnswer {
  std::uint64_t id;
  DramTime clock;  ///< of the last data; of a write: when it was taken over
};

struct DramChannelStats {
  std::uint64_t reads = 0, writes = 0, row_hits = 0, row_closed = 0, row_conflicts = 0;
  std::uint64_t forwarded = 0, activates = 0, refreshes = 0;

  static constexpr auto fields() {
    using S = DramChannelStats;
    return std::make_tuple(
        field("reads", "lines", "read from DRAM", &S::reads),
        field("writes", "lines", "written to DRAM", &S::writes),
        field("row_hits", "lines", "whose row was open", &S::row_hits),
        field("row_closed", "lines", "that opened a row", &S::row_closed),
        field("row_conflicts", "lines", "that closed another row first", &S::row_conflicts),
        field("forwarded", "lines", "read from a write that waited", &S::forwarded),
        field("activates", "commands", "rows opened", &S::activates),
        field("refreshes", "commands", "of a rank", &S::refreshes));
  }
};
static_assert(lists_every_counter<DramChannelStats>());

class DramChannel {
 public:
  /// `log`, if not null, gets every command.
  explicit DramChannel(const DramControllerParams& params, std::vector<DramCommand>* log = nullptr);

  /// False while the queue for it is full.
  bool accepts(bool write) const;
  /// A request that arrives now. Requires accepts().
  void push(std::uint64_t id, const DramCoordinates& place, bool write);

  DramTime now() const { return now_; }
  /// The clock of the next command for a request, or of a refresh or precharge before it; nothing
  /// if none is to be served now. Holds until something arrives.
  std::optional<DramTime> next_command() const;
  /// The row was opened long ago and is its bank's open one, unless rows are closed at once.
  /// Requires that nothing has arrived yet.
  void leave_open(const DramCoordinates& place);
  /// Issues all commands of the clocks before `clock`, which becomes now().
  void advance_to(DramTime clock);
  /// Issues commands until one makes room in a queue; false if none can.
  bool advance_to_room();
  /// Answers and writes everything that waits.
  void finish();

  /// Since the last call.
  void take_answers(std::vector<DramAnswer>& to);
  const DramChannelStats& stats() const { return stats_; }
  const Histogram& queueing() const { return queueing_; }  ///< clocks to the first command
  std::uint64_t waited() const { return waited_; }         ///< lines whose first command had to
  DramTime last_data() const { return last_data_; }

 private:
  static constexpr DramTime kNever = ~DramTime{0};
  enum class Kind : std::uint8_t { kHit, kClosed, kConflict };
  struct Entry {
    std::uint64_t id, sequence;
    DramTime arrived, ready, first;  ///< first: of its first command; kNever before
    DramCoordinates place;
    bool write;
    Kind kind;
  };
  /// What a bank wants to do next, and the first clock at which its own times allow it.
  struct Wish {
    DramTime ready = 0;
    std::uint64_t sequence = 0;
    std::uint32_t entry = 0;  ///< in the bank's queue
    DramCommandKind kind = DramCommandKind::kActivate;
  };
  struct Bank {
    std::vector<Entry> queue;
    bool open = false;
    std::uint32_t row = 0, passed = 0;  ///< row hits that passed the oldest request
    std::uint32_t rank = 0, group = 0;
    DramTime last_column = 0;
  };
  struct Choice {
    DramTime clock = kNever;
    std::uint64_t order = ~std::uint64_t{0};
    std::uint32_t unit = 0;  ///< bank or rank
    DramCommandKind kind = DramCommandKind::kRefresh;
  };
  using Times = std::array<DramTime, kDramCommandKinds>;

  void refill();
  void refill_writes();
  void refill_from(std::vector<Entry>& waiting, std::size_t keep);
  void wish(std::uint32_t at);
  Choice choose() const;
  void consider(std::uint32_t at, bool only_oldest, Choice& best) const;
  Choice choose_refresh(std::uint32_t rank) const;
  void find_oldest();
  bool step(DramTime limit);
  void skip_idle(DramTime limit);
  void issue(const Choice& choice);
  void apply_rules(DramCommandKind kind, std::uint32_t rank, std::uint32_t group,
                   std::uint32_t bank);
  void column(std::uint32_t at);
  void serve_row(Bank& bank, Kind kind);

  const DramControllerParams params_;
  std::array<std::vector<DramRule>, kDramCommandKinds> rules_;
  std::vector<Bank> banks_;
  std::vector<Wish> wishes_;            ///< of the banks
  std::vector<std::uint64_t> wanting_;  ///< bit i % 64 of word i / 64: bank i has a wish
  std::vector<Times> bank_times_, group_times_, rank_times_;
  std::vector<std::array<DramTime, 4>> activates_;  ///< last four of a rank, oldest first
  std::vector<DramTime> refresh_due_;
  std::vector<Entry> reads_, writes_;  ///< not yet in a bank's queue
  bool draining_ = false, finishing_ = false;
  std::size_t passed_reads_ = 0;  ///< writes that have gone to banks before the oldest of reads_
  std::size_t in_banks_ = 0;
  std::uint64_t sequence_ = 0, oldest_ = ~std::uint64_t{0}, overtaken_ = 0;
  std::uint32_t oldest_bank_ = 0;
  DramTime now_ = 0, next_move_ = 0, last_data_ = 0;
  bool columns_moved_ = false;
  std::vector<DramAnswer> answers_;
  std::vector<DramCommand>* log_;
  DramChannelStats stats_;
  Histogram queueing_;
  std::uint64_t waited_ = 0;
};

}  // namespace mmu
