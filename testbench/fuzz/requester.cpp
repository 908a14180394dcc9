#include "testbench/fuzz/requester.hpp"

#include <algorithm>
#include <sstream>

namespace mmu::fuzz {
namespace {

constexpr unsigned kMostTimes = 200;  // asked again: more is a livelock

bool is_same(const Candidate& candidate, const Translation& to) {
  const Entry& e = candidate.entry;
  return to.base.value() == e.frame && to.page_shift == e.page_shift && to.rights == e.rights &&
         to.global == e.global && to.accessed == e.accessed && to.dirty == e.dirty;
}

}  // namespace

Requester::Requester(const Paging& paging, AdUpdate ad, MmuModule& mmu, History& history,
                     TimelineModule& timeline, Plant plant, Played& played)
    : paging_(paging),
      ad_(ad),
      mmu_(mmu),
      history_(history),
      timeline_(timeline),
      plant_(plant),
      played_(played) {
  timeline.enrol(Rank::kIssue, *this);
}

void Requester::become(const CoreState& state) {
  state_before_ = state_;
  state_ = state;
}

void Requester::add(const Event& access, Asid asid) {
  Request request;
  request.va = VirtAddr(address_of(paging_, access.page).value() + 8 * (requests_.size() % 512));
  request.asid = asid;
  request.kind = access.kind;
  request.state = state_;
  const bool stale = plant_ == Plant::kStaleState;
  request.told = (stale ? state_before_ : state_).context(paging_.family);
  request.may_set_dirty = access.may_set_dirty;
  to_ask_.push_back(static_cast<std::uint32_t>(requests_.size()));
  requests_.push_back(request);
  ++open_;
  timeline_.post(timeline_.now(), Rank::kIssue);
}

void Requester::wake() {
  bool refused[2] = {false, false};
  const std::vector<std::uint32_t> now_to_ask = std::move(to_ask_);
  to_ask_.clear();
  for (const std::uint32_t id : now_to_ask) {
    bool& side = refused[requests_[id].kind == AccessKind::kFetch ? 0 : 1];
    const bool due = !side && requests_[id].not_before <= timeline_.now();
    if (due && ask(id)) continue;
    side = side || due;
    to_ask_.push_back(id);
  }
  std::sort(to_ask_.begin(), to_ask_.end());
}

bool Requester::ask(std::uint32_t id) {
  Request& request = requests_[id];
  auto& in = request.kind == AccessKind::kFetch ? mmu_.fetches_in() : mmu_.data_in();
  TranslateRequest onward;
  onward.at = timeline_.now();
  onward.id = id;
  onward.va = request.va;
  onward.asid = request.asid;
  onward.kind = request.kind;
  onward.may_set_dirty = request.may_set_dirty;
  onward.replay = request.times != 0;
  onward.context = request.told;
  onward.pc = id % 3;
  request.asked = history_.tick();
  const TranslateAnswer answer = in->translate(onward);
  if (answer.is_refused()) {
    if (answer.at != kNever) timeline_.post(answer.at, Rank::kIssue);
    return false;
  }
  ++request.times;
  request.progress = State::kAsked;
  if (answer.is_now()) take(id, answer.at, *answer.result);
  return true;
}

void Requester::translated(std::uint32_t id, Cycle at, const TranslateResult& result) {
  if (id >= requests_.size()) throw Guilty("an answer to nobody");
  take(id, at, result);
  if (plant_ == Plant::kAnswersTwice && played_.answers == 5) take(id, at, result);
}

void Requester::take(std::uint32_t id, Cycle at, TranslateResult result) {
  Request& request = requests_[id];
  if (request.progress != State::kAsked) guilty(request, "a second answer", result);
  if (at < timeline_.now()) guilty(request, "an answer for a cycle that is past", result);
  if (plant_ == Plant::kIgnoresRights && result.verdict == Verdict::kFault &&
      result.has_translation) {
    result.verdict = Verdict::kOk;
  }
  check(request, result);
  count(result, request);
  request.answered = timeline_.now();
  if (result.verdict == Verdict::kNeedsWalk) return ask_again(id, at, request.may_set_dirty);
  if (result.verdict == Verdict::kNeedsDirty) return ask_again(id, at, true);
  if (result.verdict == Verdict::kFault) ++played_.faults;
  request.progress = State::kAnswered;
  --open_;
}

void Requester::count(const TranslateResult& result, const Request& request) {
  ++played_.answers;
  if (result.verdict != Verdict::kOk) return;
  const unsigned shift = result.to.page_shift;
  if (shift != paging_.shift_of(result.to.level)) ++played_.of_groups;
  if (result.to.level == 2) ++played_.of_giants;
  if (request.state.supervisor) ++played_.privileged;
}

void Requester::ask_again(std::uint32_t id, Cycle at, bool may_set_dirty) {
  Request& request = requests_[id];
  if (request.times == kMostTimes) guilty(request, "asked again and again", {});
  ++played_.asked_again;
  request.progress = State::kToAsk;
  request.may_set_dirty = may_set_dirty;
  request.not_before = at;
  to_ask_.push_back(id);
  timeline_.post(at, Rank::kIssue);
}

void Requester::check(const Request& request, const TranslateResult& result) const {
  const bool is_fault = result.verdict == Verdict::kFault;
  if (request.state.bare) {
    const bool same = !is_fault && result.to.of(request.va).value() == request.va.value();
    if (!same) guilty(request, "no identity without translation", result);
    return;
  }
  if (request.va.value() >> 12 == address_of(paging_, kPages).value() >> 12) {
    if (!is_fault || result.fault.kind != FaultKind::kNonCanonical) {
      guilty(request, "an address that is not canonical passes", result);
    }
    return;
  }
  if (is_fault && result.fault.va != request.va) guilty(request, "a fault of another VA", result);
  if (result.verdict == Verdict::kNeedsWalk) {
    if (!may_need_walk(request)) guilty(request, "a walk that nothing calls for", result);
  } else if (result.has_translation) {
    if (!is_possible_page(request, result)) guilty(request, "not an allowed answer", result);
  } else if (!is_fault || !is_possible_fault(request, result)) {
    guilty(request, "not an allowed fault", result);
  }
}

bool Requester::is_possible_page(const Request& request, const TranslateResult& result) const {
  return history_.any_page(request.asid, request.va, request.asked,
                           [&](const Candidate& candidate) {
                             if (!is_same(candidate, result.to)) return false;
                             if (judge_entry(candidate.entry, request) != result.verdict)
                               return false;
                             if (result.verdict != Verdict::kFault) return true;
                             return result.fault.kind == fault_of_entry(candidate.entry, request);
                           });
}

bool Requester::is_possible_fault(const Request& request, const TranslateResult& result) const {
  return history_.any_fault(
      request.asid, request.va, request.asked, oldest_of_page(request),
      [&](const Candidate& candidate) {
        using Is = Entry::Is;
        const Is is = candidate.entry.is;
        const FaultKind kind = is == Is::kAbsent      ? FaultKind::kNotPresent
                               : is == Is::kMalformed ? FaultKind::kMalformed
                                                      : FaultKind::kMisaligned;
        return kind == result.fault.kind && candidate.level == result.fault.level;
      });
}

// To set a bit; or because a fence came after the walk that answers was asked for: this request may
// have reached the STLB after it.
bool Requester::may_need_walk(const Request& request) const {
  const auto needs_walk = [&](const Candidate& candidate) {
    return judge_entry(candidate.entry, request) == Verdict::kNeedsWalk;
  };
  return history_.was_fenced(oldest_of_page(request)) ||
         history_.any_page(request.asid, request.va, request.asked, needs_walk);
}

// What is missing, in the order of the manuals: AArch64 finds a clear access flag before a missing
// right. (The model also where hardware would have set it; the fault is the same but for its name.)
FaultKind Requester::fault_of_entry(const Entry& entry, const Request& request) const {
  if (paging_.family == Family::kArm && !entry.accessed) return FaultKind::kNotAccessed;
  if (!has_right(entry.rights, request)) return FaultKind::kNoRight;
  return entry.accessed ? FaultKind::kNotDirty : FaultKind::kNotAccessed;
}

Verdict Requester::judge_entry(const Entry& entry, const Request& request) const {
  if (!has_right(entry.rights, request)) return Verdict::kFault;
  const bool stores = request.kind == AccessKind::kStore || request.kind == AccessKind::kModify;
  const bool needs_dirty = stores && !entry.dirty;
  if (entry.accessed && !needs_dirty) return Verdict::kOk;
  if (ad_ == AdUpdate::kFault) return Verdict::kFault;
  return entry.accessed && !request.may_set_dirty ? Verdict::kNeedsDirty : Verdict::kNeedsWalk;
}

// When the walk that answers `request` may have been asked for: by any request for the page that
// is under way or is answered together with this one.
Time Requester::oldest_of_page(const Request& request) const {
  Time oldest = request.asked;
  for (const Request& other : requests_) {
    if (other.asid != request.asid ||
        (other.va.value() ^ request.va.value()) >> paging_.page_shift != 0)
      continue;
    const bool together = other.progress == State::kAsked || other.answered == timeline_.now();
    if (together && other.times != 0) oldest = std::min(oldest, other.asked);
  }
  return oldest;
}

bool Requester::may_update(std::uint64_t pte, PhysAddr at, bool sets_dirty) const {
  const std::uint64_t table = std::uint64_t{1} << paging_.page_shift;
  const std::uint64_t index = at.value() % table / paging_.pte_bytes;
  return std::any_of(requests_.begin(), requests_.end(), [&](const Request& r) {
    if (r.progress != State::kAsked || (sets_dirty && (!writes(r.kind) || !r.may_set_dirty))) {
      return false;
    }
    for (unsigned level = 0; level < paging_.depth; ++level) {
      if (paging_.index_of(r.va, level) != index) continue;
      const Entry entry = read_entry(paging_, level, pte, r.va);
      const bool is_table = entry.is == Entry::Is::kPointer && !sets_dirty;
      if (is_table && paging_.family == Family::kX86) return true;
      if (entry.is == Entry::Is::kLeaf && has_right(entry.rights, r)) return true;
    }
    return false;
  });
}

std::string Requester::open_requests() const {
  std::ostringstream out;
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    if (requests_[i].progress == State::kAnswered) continue;
    out << " request " << i << " of VA 0x" << std::hex << requests_[i].va.value() << std::dec;
  }
  return out.str();
}

void Requester::guilty(const Request& request, const std::string& what,
                       const TranslateResult& result) const {
  constexpr const char* kVerdicts[] = {"ok", "fault", "needs a walk", "needs dirty"};
  std::ostringstream out;
  out << "cycle " << timeline_.now() << ", " << name_of(request.kind) << " of VA 0x" << std::hex
      << request.va.value() << " in ASID " << request.asid << ": " << what << " ("
      << kVerdicts[static_cast<unsigned>(result.verdict)];
  if (result.verdict == Verdict::kFault) out << ", " << name_of(result.fault.kind);
  if (result.has_translation) out << ", frame 0x" << result.to.base.value();
  throw Guilty(out.str() + ")");
}

}  // namespace mmu::fuzz
