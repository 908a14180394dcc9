#include "hw/dram/dram_controller.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

constexpr std::size_t index(DramCommandKind kind) { return static_cast<std::size_t>(kind); }
constexpr bool is_column(DramCommandKind kind) {
  return kind == DramCommandKind::kRead || kind == DramCommandKind::kWrite;
}

}  // namespace

DramChannel::DramChannel(const DramControllerParams& params, std::vector<DramCommand>* log)
    : params_(params), log_(log) {
  for (const DramRule& rule : ddr4_rules(params)) rules_[index(rule.first)].push_back(rule);
  const std::uint32_t groups = params.ranks * params.bank_groups;
  banks_.resize(std::size_t{groups} * params.banks);
  wishes_.resize(banks_.size());
  wanting_.resize((banks_.size() + 63) / 64);
  bank_times_.resize(banks_.size());
  group_times_.resize(groups);
  rank_times_.resize(params.ranks);
  activates_.resize(params.ranks);
  for (std::size_t i = 0; i < banks_.size(); ++i) {
    banks_[i].group = static_cast<std::uint32_t>(i) / params.banks;
    banks_[i].rank = banks_[i].group / params.bank_groups;
  }
  for (std::uint32_t rank = 0; rank < params.ranks; ++rank) {  // staggered
    refresh_due_.push_back(
        params.refi == 0 ? kNever : params.refi + DramTime{params.refi} * rank / params.ranks);
  }
}

bool DramChannel::accepts(bool write) const {
  if (write && params_.write_high > 0) return writes_.size() < params_.write_queue;
  return reads_.size() < params_.read_queue;
}

void DramChannel::push(std::uint64_t id, const DramCoordinates& place, bool write) {
  const DramTime ready = now_ + params_.controller;
  const Entry entry{id, 0, ready, ready, kNever, place, write, Kind::kHit};
  if (write) {
    answers_.push_back({id, now_ + 1});
  } else if (std::any_of(writes_.begin(), writes_.end(), [&place](const Entry& waiting) {
               return waiting.place.bank == place.bank && waiting.place.row == place.row &&
                      waiting.place.column == place.column;
             })) {
    ++stats_.forwarded;
    answers_.push_back({id, now_ + 1});
    return;
  }
  (write && params_.write_high > 0 ? writes_ : reads_).push_back(entry);
  refill();
}

/// Moves what waits to the queues of the banks that have room.
void DramChannel::refill() {
  const bool reads_due = passed_reads_ >= params_.starvation_cap;
  if (params_.write_high > 0 && !reads_due) refill_writes();
  if (draining_ && !reads_due) return;
  const std::uint64_t oldest = reads_.empty() ? 0 : reads_.front().id;
  refill_from(reads_, 0);
  if (reads_.empty() || reads_.front().id != oldest) passed_reads_ = 0;
}

void DramChannel::refill_writes() {
  const std::size_t before = writes_.size();
  const bool idle = reads_.empty() && in_banks_ == 0 && writes_.size() > params_.write_low;
  if (writes_.size() >= params_.write_high || idle) draining_ = true;
  if (draining_) {
    refill_from(writes_, finishing_ ? 0 : params_.write_low);
    draining_ = writes_.size() > params_.write_low;
  }
  if (finishing_ && reads_.empty()) refill_from(writes_, 0);
  if (!reads_.empty()) passed_reads_ += before - writes_.size();
}

void DramChannel::refill_from(std::vector<Entry>& waiting, std::size_t keep) {
  const auto is_full = [this](const Entry& entry) {
    return banks_[entry.place.bank].queue.size() >= params_.bank_queue;
  };
  // As a rule none can move.
  std::size_t kept = 0;
  while (kept < waiting.size() && is_full(waiting[kept])) ++kept;
  for (std::size_t i = kept; i < waiting.size(); ++i) {
    Bank& bank = banks_[waiting[i].place.bank];
    const std::size_t left = waiting.size() - i + kept;
    if (is_full(waiting[i]) || left <= keep) {
      if (kept != i) waiting[kept] = waiting[i];
      ++kept;
      continue;
    }
    Entry entry = waiting[i];
    entry.sequence = sequence_++;  // the front of each bank's queue is its oldest
    entry.ready = std::max({entry.ready, next_move_, now_});
    next_move_ = entry.ready + 1;  // one request a clock
    bank.queue.push_back(entry);
    ++in_banks_;
    if (entry.sequence < oldest_) {
      oldest_ = entry.sequence;
      oldest_bank_ = entry.place.bank;
      overtaken_ = 0;
    }
    wish(entry.place.bank);
  }
  waiting.resize(kept);
}

void DramChannel::wish(std::uint32_t at) {
  const Bank& bank = banks_[at];
  const std::uint64_t bit = std::uint64_t{1} << at % 64;
  wanting_[at / 64] &= ~bit;
  const auto want = [&](DramCommandKind kind, DramTime ready, std::uint64_t sequence,
                        std::size_t entry) {
    wishes_[at] = {std::max(ready, bank_times_[at][index(kind)]), sequence,
                   static_cast<std::uint32_t>(entry), kind};
    wanting_[at / 64] |= bit;
  };
  if (bank.queue.empty()) {
    if (!bank.open || params_.row_policy == RowPolicy::kOpen) return;
    const bool timeout = params_.row_policy == RowPolicy::kTimeout;
    return want(DramCommandKind::kPrecharge, bank.last_column + (timeout ? params_.row_timeout : 0),
                ~std::uint64_t{0}, 0);
  }
  const Entry& front = bank.queue.front();
  if (!bank.open) return want(DramCommandKind::kActivate, front.ready, front.sequence, 0);
  const bool in_order = params_.scheduler == DramScheduler::kFcfs ||
                        bank.passed >= params_.row_hit_cap ||
                        (front.sequence == oldest_ && overtaken_ >= params_.starvation_cap);
  const std::size_t end = in_order ? 1 : bank.queue.size();
  for (std::size_t i = 0; i < end; ++i) {
    const Entry& entry = bank.queue[i];
    if (entry.place.row != bank.row) continue;
    return want(entry.write ? DramCommandKind::kWrite : DramCommandKind::kRead, entry.ready,
                entry.sequence, i);
  }
  want(DramCommandKind::kPrecharge, front.ready, front.sequence, 0);
}

void DramChannel::find_oldest() {
  oldest_ = ~std::uint64_t{0};
  overtaken_ = 0;
  for (const Bank& bank : banks_) {
    if (bank.queue.empty() || bank.queue.front().sequence >= oldest_) continue;
    oldest_ = bank.queue.front().sequence;
    oldest_bank_ = bank.queue.front().place.bank;
  }
}

/// Makes the bank's wish the best choice if it is better.
void DramChannel::consider(std::uint32_t at, bool only_oldest, Choice& best) const {
  const Wish& wish = wishes_[at];
  if (wish.ready > best.clock) return;
  const std::size_t kind = index(wish.kind);
  const bool column = is_column(wish.kind);
  if (column && only_oldest && wish.sequence != oldest_) return;
  const Bank& bank = banks_[at];
  const DramTime clock =
      std::max({now_, wish.ready, group_times_[bank.group][kind], rank_times_[bank.rank][kind]});
  if (clock >= refresh_due_[bank.rank] || clock > best.clock) return;
  constexpr std::uint64_t kRow = std::uint64_t{1} << 63;
  const std::uint64_t order = column ? wish.sequence : wish.sequence | kRow;
  if (clock < best.clock || order < best.order) best = {clock, order, at, wish.kind};
}

/// The earliest command; of several in one clock refresh first, then columns, then the oldest.
DramChannel::Choice DramChannel::choose() const {
  Choice best;
  const bool only_oldest =
      params_.scheduler == DramScheduler::kFcfs || overtaken_ >= params_.starvation_cap;
  for (std::uint32_t word = 0; word < wanting_.size(); ++word) {
    for (std::uint64_t left = wanting_[word]; left != 0; left &= left - 1) {
      consider(word * 64 + static_cast<std::uint32_t>(__builtin_ctzll(left)), only_oldest, best);
    }
  }
  for (std::uint32_t rank = 0; rank < params_.ranks; ++rank) {
    if (refresh_due_[rank] > best.clock || params_.refi == 0) continue;
    const Choice refresh = choose_refresh(rank);
    if (refresh.clock <= best.clock) best = refresh;
  }
  return best;
}

DramChannel::Choice DramChannel::choose_refresh(std::uint32_t rank) const {
  Choice choice;
  choice.unit = rank;
  choice.order = 0;
  choice.clock = std::max(now_, refresh_due_[rank]);
  const std::uint32_t of_rank = params_.bank_groups * params_.banks;
  for (std::uint32_t i = rank * of_rank; i < (rank + 1) * of_rank; ++i) {
    if (!banks_[i].open) continue;
    choice.kind = DramCommandKind::kPrechargeAll;
    choice.clock = std::max(choice.clock, bank_times_[i][index(DramCommandKind::kPrecharge)]);
  }
  if (choice.kind == DramCommandKind::kRefresh) {
    choice.clock = std::max(choice.clock, rank_times_[rank][index(DramCommandKind::kRefresh)]);
  }
  return choice;
}

void DramChannel::apply_rules(DramCommandKind kind, std::uint32_t rank, std::uint32_t group,
                              std::uint32_t bank) {
  const auto not_before = [this](Times& times, const DramRule& rule) {
    DramTime& time = times[index(rule.then)];
    time = std::max(time, now_ + rule.clocks);
  };
  for (const DramRule& rule : rules_[index(kind)]) {
    switch (rule.scope) {
      case DramScope::kBank:
        not_before(bank_times_[bank], rule);
        break;
      case DramScope::kBankGroup:
        not_before(group_times_[group], rule);
        break;
      case DramScope::kRank:
        not_before(rank_times_[rank], rule);
        break;
      case DramScope::kOtherRanks:
        for (std::uint32_t other = 0; other < params_.ranks; ++other) {
          if (other != rank) not_before(rank_times_[other], rule);
        }
    }
  }
  if (kind != DramCommandKind::kActivate) return;
  auto& last = activates_[rank];
  std::rotate(last.begin(), last.begin() + 1, last.end());
  last.back() = now_ + 1;  // 0: none yet
  DramTime& next = rank_times_[rank][index(kind)];
  if (last.front() > 0) next = std::max(next, last.front() - 1 + params_.faw);
}

void DramChannel::serve_row(Bank& bank, Kind kind) {
  if (bank.queue.empty()) return;
  Entry& entry = bank.queue.front();
  if (entry.first == kNever) {
    entry.first = now_;
    entry.kind = kind;
  }
}

void DramChannel::column(std::uint32_t at) {
  Bank& bank = banks_[at];
  const std::uint32_t i = wishes_[at].entry;
  const Entry entry = bank.queue[i];
  bank.queue.erase(bank.queue.begin() + i);
  bank.passed = i == 0 ? 0 : bank.passed + 1;
  bank.last_column = now_;
  --in_banks_;
  ++(entry.write ? stats_.writes : stats_.reads);
  ++(entry.kind == Kind::kHit      ? stats_.row_hits
     : entry.kind == Kind::kClosed ? stats_.row_closed
                                   : stats_.row_conflicts);
  const DramTime data = now_ + (entry.write ? params_.cwl : params_.cl) + params_.burst;
  last_data_ = std::max(last_data_, data);
  if (!entry.write) answers_.push_back({entry.id, data});
  const DramTime first = entry.first == kNever ? now_ : entry.first;
  queueing_.add(first - entry.arrived);
  waited_ += first > entry.arrived ? 1 : 0;
  columns_moved_ = true;
  if (entry.sequence == oldest_) {
    find_oldest();
  } else if (++overtaken_ == params_.starvation_cap) {
    wish(oldest_bank_);
  }
}

void DramChannel::issue(const Choice& choice) {
  now_ = choice.clock;
  const bool of_rank =
      choice.kind == DramCommandKind::kRefresh || choice.kind == DramCommandKind::kPrechargeAll;
  const std::uint32_t at =
      of_rank ? choice.unit * params_.bank_groups * params_.banks : choice.unit;
  Bank& bank = banks_[at];
  const bool was_column = is_column(choice.kind);
  switch (choice.kind) {
    case DramCommandKind::kActivate:
      bank.open = true;
      bank.row = bank.queue.front().place.row;
      bank.passed = 0;
      ++stats_.activates;
      serve_row(bank, Kind::kClosed);
      break;
    case DramCommandKind::kPrecharge:
      bank.open = false;
      serve_row(bank, Kind::kConflict);
      break;
    case DramCommandKind::kRead:
    case DramCommandKind::kWrite:
      column(at);
      break;
    case DramCommandKind::kPrechargeAll:
      for (std::uint32_t i = at; i < at + params_.bank_groups * params_.banks; ++i) {
        banks_[i].open = false;
        wish(i);
      }
      break;
    case DramCommandKind::kRefresh:
      refresh_due_[choice.unit] += params_.refi;
      ++stats_.refreshes;
      break;
  }
  if (log_ != nullptr) log_->push_back({now_, choice.kind, bank.rank, bank.group, at, bank.row});
  apply_rules(choice.kind, bank.rank, bank.group, at);
  ++now_;  // one command a clock
  wish(at);
  if (was_column) refill();
}

/// Refreshes of a channel that has nothing to do, without a step for each.
void DramChannel::skip_idle(DramTime limit) {
  if (log_ != nullptr || params_.refi == 0) return;
  for (std::uint32_t rank = 0; rank < params_.ranks; ++rank) {
    if (limit < refresh_due_[rank] + DramTime{3} * params_.refi) continue;
    const DramTime skipped = (limit - refresh_due_[rank]) / params_.refi - 1;
    refresh_due_[rank] += skipped * params_.refi;
    stats_.refreshes += skipped;
  }
}

std::optional<DramTime> DramChannel::next_command() const {
  if (in_banks_ == 0) return std::nullopt;
  return choose().clock;
}

void DramChannel::leave_open(const DramCoordinates& place) {
  if (params_.row_policy == RowPolicy::kClosed) return;
  banks_[place.bank].open = true;
  banks_[place.bank].row = place.row;
  wish(place.bank);
}

bool DramChannel::step(DramTime limit) {
  const Choice next = choose();
  if (next.clock >= limit) return false;
  issue(next);
  const bool idle =
      in_banks_ == 0 && next.kind == DramCommandKind::kRefresh &&
      std::none_of(banks_.begin(), banks_.end(), [](const Bank& b) { return b.open; });
  if (idle) skip_idle(limit);
  return true;
}

void DramChannel::advance_to(DramTime clock) {
  while (step(clock)) {
  }
  now_ = std::max(now_, clock);
}

bool DramChannel::advance_to_room() {
  columns_moved_ = false;
  while (!columns_moved_) {
    if (in_banks_ == 0 || !step(kNever)) return false;
  }
  return true;
}

void DramChannel::finish() {
  finishing_ = true;
  refill();
  while (in_banks_ > 0) {
    if (!step(kNever)) throw ModelError("DRAM: requests wait and no command can go");
  }
  finishing_ = false;
}

void DramChannel::take_answers(std::vector<DramAnswer>& to) {
  to.swap(answers_);
  answers_.clear();
}

}  // namespace mmu
