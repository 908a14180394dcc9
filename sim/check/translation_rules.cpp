#include "sim/check/translation_rules.hpp"

#include <algorithm>
#include <sstream>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kNoStale = ~std::uint64_t{0};

// What was entered early may know less of A and D than memory does by now, never more.
bool agrees(const Translation& held, const Translation& in_memory) {
  return held.base == in_memory.base && held.page_shift == in_memory.page_shift &&
         held.rights == in_memory.rights && held.global == in_memory.global &&
         (!held.accessed || in_memory.accessed) && (!held.dirty || in_memory.dirty);
}

}  // namespace

void TranslationRules::asked(Cycle now, const TranslateRequest& request) {
  if (request.id >= accesses_.size()) accesses_.resize(request.id + 1);
  Access& access = accesses_[request.id];
  if (access.state == State::kAsked) {
    broken(now, "one response for each request", text_of(request) + " asks while it waits");
  }
  access.state = State::kAsked;
  access.request = request;
  access.when = count_;
  ++open_;
}

void TranslationRules::answered(Cycle now, std::uint32_t id, Cycle at,
                                const TranslateResult& result) {
  if (id >= accesses_.size() || accesses_[id].state != State::kAsked) {
    broken(now, "one response for each request", "a response to nobody, id " + std::to_string(id));
  }
  Access& access = accesses_[id];
  const TranslateRequest& request = access.request;
  if (at < now || at < request.at) {
    broken(now, "time does not run backwards",
           text_of(request) + " is answered for cycle " + std::to_string(at));
  }
  --open_;
  if (request.context.has(AccessContext::kBare)) return check_bare(now, access, result);
  if (result.has_translation && result.to.base.offset(result.to.page_shift) != 0) {
    broken(now, "pages are aligned", text_of(request));
  }
  switch (result.verdict) {
    case Verdict::kOk:
      if (!result.has_translation ||
          judge(result.to, request.kind, control_.ad_update, request.may_set_dirty,
                request.context) != Verdict::kOk) {
        broken(now, "rights are checked for each access", text_of(request));
      }
      access.state = State::kTranslated;
      access.pa = result.to.of(request.va);
      break;
    case Verdict::kFault:
      access.state = State::kFaulted;
      access.fault = result.fault.kind;
      return check_fault(now, access, result);
    case Verdict::kNeedsWalk:
      access.state = State::kToAskAgain;
      return;
    case Verdict::kNeedsDirty:
      if (!writes(request.kind) || request.may_set_dirty) {
        broken(now, "only a store without the right waits for D", text_of(request));
      }
      access.state = State::kToAskAgain;
      break;
  }
  if (!is_current(access, result)) {
    std::ostringstream what;
    what << text_of(request) << " is answered with the frame at 0x" << std::hex
         << result.to.base.value() << ", which no page table has held since the last fence";
    broken(now, "translations are fresh", what.str());
  }
}

void TranslationRules::check_bare(Cycle now, Access& access, const TranslateResult& result) const {
  access.state = State::kTranslated;
  access.pa = PhysAddr(access.request.va.value());
  if (result.verdict == Verdict::kOk && result.to.of(access.request.va) == access.pa) return;
  broken(now, "without translation PA is VA", text_of(access.request));
}

PhysAddr TranslationRules::root_of(Asid asid) const {
  const auto known = roots_.find(asid);
  return known == roots_.end() ? control_.root : known->second;
}

const WalkStep& TranslationRules::walk(Asid asid, VirtAddr va) {
  const std::uint64_t page = va.value() >> kBasePageShift;
  const PhysAddr root = root_of(asid);
  Known& known = known_[page % kKnownPages];
  if (known.page == page && known.stores == stores_ && known.root == root) {
    // A page table that only hardware has changed since: A and D apart, it is the same.
    return known.end;
  }
  Walk walk(*control_.format, va, root);
  do {
    known.end = walk.consume(memory_.load(walk.entry_address(), control_.format->pte_bytes));
  } while (std::holds_alternative<Descend>(known.end));
  known.page = page;
  known.stores = stores_;
  known.root = root;
  return known.end;
}

// A page made of a group of entries may have come from any of them: each has an A and D of its own.
bool TranslationRules::is_current(const Access& access, const TranslateResult& result) {
  const Translation& to = result.to;
  if (is_current_by(access, to, access.request.va)) return true;
  const VirtAddr page = access.request.va.aligned_down(to.page_shift);
  const unsigned entry_shift = control_.format->levels[to.level].lsb;
  for (std::uint64_t i = 0; to.page_shift > entry_shift && i >> (to.page_shift - entry_shift) == 0;
       ++i) {
    if (is_current_by(access, to, page + (i << entry_shift))) return true;
  }
  return false;
}

bool TranslationRules::is_current_by(const Access& access, const Translation& to, VirtAddr va) {
  for (const bool again : {false, true}) {
    const auto* found = std::get_if<Translation>(&walk(access.request.asid, va));
    if (found != nullptr && agrees(to, *found)) return true;
    if (!again) known_[va.value() / 4096 % kKnownPages] = {};  // A or D is new
  }
  const Walk root(*control_.format, va, root_of(access.request.asid));
  return was_valid(access, to, root, kNoStale, kNoStale);
}

std::vector<TranslationRules::Old> TranslationRules::values_of(PhysAddr entry) const {
  std::vector<Old> values{{memory_.load(entry, control_.format->pte_bytes), kNoStale}};
  const auto found = old_.find(entry.value());
  if (found != old_.end()) {
    values.insert(values.end(), found->second.begin(), found->second.end());
  }
  return values;
}

// Searches what entries have held: `tables`, `leaf`: when the first entry on the way that is not
// current any more was replaced.
bool TranslationRules::was_valid(const Access& access, const Translation& to, Walk walk,
                                 std::uint64_t tables, std::uint64_t leaf) const {
  for (const Old& old : values_of(walk.entry_address())) {
    Walk next = walk;
    const WalkStep step = next.consume(old.value);
    if (std::holds_alternative<Descend>(step)) {
      if (was_valid(access, to, next, std::min(tables, old.until), leaf)) return true;
    } else if (const auto* held = std::get_if<Translation>(&step)) {
      if (agrees(to, *held) && !is_fenced(access, to, tables, true) &&
          !is_fenced(access, to, std::min(leaf, old.until), false)) {
        return true;
      }
    }
  }
  return false;
}

// A fence after `after`, and before the access asked, has removed it.
bool TranslationRules::is_fenced(const Access& access, const Translation& to, std::uint64_t after,
                                 bool tables) const {
  return std::any_of(fences_.rbegin(), fences_.rend(), [&](const Fence& fence) {
    return fence.when > after && fence.when <= access.when && !(tables && fence.scope.leaf_only) &&
           fence.scope.covers(access.request.asid, access.request.va, to.page_shift,
                              !tables && to.global);
  });
}

void TranslationRules::check_fault(Cycle now, const Access& access, const TranslateResult& result) {
  const TranslateRequest& request = access.request;
  const std::string who = text_of(request) + ": " + std::string(name_of(result.fault.kind));
  if (result.fault.va != request.va) {
    broken(now, "faults are those of the page table", who + ", of another address");
  }
  if (!is_canonical(*control_.format, request.va)) {
    if (result.fault.kind == FaultKind::kNonCanonical) return;
    broken(now, "faults are those of the page table", who);
  }
  if (result.has_translation) {
    if (judge(result.to, request.kind, control_.ad_update, request.may_set_dirty,
              request.context) == Verdict::kFault &&
        fault_of(result.to, request.kind, request.context) == result.fault.kind &&
        is_current(access, result)) {
      return;
    }
  } else {
    const auto* fault = std::get_if<Fault>(&walk(request.asid, request.va));
    if (fault != nullptr && fault->kind == result.fault.kind) return;
  }
  broken(now, "faults are those of the page table", who);
}

void TranslationRules::used(Cycle now, std::uint32_t id, PhysAddr address) {
  if (id >= accesses_.size() || accesses_[id].state != State::kTranslated) {
    broken(now, "data is asked for by a translated address", "id " + std::to_string(id));
  }
  if (accesses_[id].pa != address) {
    broken(now, "data is asked for by a translated address", text_of(accesses_[id].request));
  }
}

void TranslationRules::read(Cycle now, std::uint32_t walker, PhysAddr entry, bool prefetch) {
  update_.reset();
  const unsigned bytes = control_.format->pte_bytes;
  if (entry.value() % bytes != 0 || (!prefetch && !is_on_a_path(entry))) {
    std::ostringstream what;
    what << "walker " << walker << " reads 0x" << std::hex << entry.value()
         << ", which is on the way of no access under way";
    broken(now, "walkers read what a walk needs", what.str());
  }
  reads_[walker] = {entry, memory_.load(entry, bytes)};
}

void TranslationRules::update(Cycle now, std::uint32_t walker, PhysAddr entry) {
  update_ = reads_[walker];
  update_at_ = now;
  if (update_->entry != entry) {
    broken(now, "A and D are set in the entry as it was read", "another entry than was read");
  }
}

void TranslationRules::stored(PhysAddr entry, unsigned bytes, std::uint64_t value) {
  const std::uint64_t before = memory_.load(entry, bytes);
  if (update_) {
    check_update(entry, before, value);
    update_.reset();
    return;
  }
  ++count_;
  ++stores_;
  if (control_.format->valid.holds(before)) old_[entry.value()].push_back({before, count_});
}

void TranslationRules::check_update(PhysAddr entry, std::uint64_t before,
                                    std::uint64_t value) const {
  const PageTableFormat& format = *control_.format;
  const std::uint64_t added = value & ~before;
  const char* const rule = "A and D are set in the entry as it was read";
  if (entry != update_->entry || before != update_->value) {
    broken(update_at_, rule, "the entry has changed since");
  }
  if ((before & ~value) != 0 || (added & ~(format.accessed.mask | format.dirty.mask)) != 0) {
    broken(update_at_, rule, "other bits change too");
  }
  if (!may_set(entry, (added & format.dirty.mask) != 0)) {
    broken(update_at_, rule, "no access under way may have it set");
  }
}

// The entries that a walk for some access under way reads in memory as it is.
bool TranslationRules::is_on_a_path(PhysAddr entry) const {
  return std::any_of(accesses_.begin(), accesses_.end(), [&](const Access& access) {
    if (access.state != State::kAsked) return false;
    Walk walk(*control_.format, access.request.va, control_.root);
    while (walk.entry_address() != entry) {
      const WalkStep step =
          walk.consume(memory_.load(walk.entry_address(), control_.format->pte_bytes));
      if (!std::holds_alternative<Descend>(step)) return false;
    }
    return true;
  });
}

bool TranslationRules::may_set(PhysAddr entry, bool dirty) const {
  return std::any_of(accesses_.begin(), accesses_.end(), [&](const Access& access) {
    const TranslateRequest& request = access.request;
    if (access.state != State::kAsked) return false;
    if (dirty && !(writes(request.kind) && request.may_set_dirty)) return false;
    Walk walk(*control_.format, request.va, control_.root);
    while (true) {
      const bool here = walk.entry_address() == entry;
      const WalkStep step =
          walk.consume(memory_.load(walk.entry_address(), control_.format->pte_bytes));
      const auto* to = std::get_if<Translation>(&step);
      if (here) return to != nullptr ? to->rights.allow(request.kind, request.context) : !dirty;
      if (!std::holds_alternative<Descend>(step)) return false;
    }
  });
}

void TranslationRules::trapped(Cycle now, const PageFault& fault) {
  update_.reset();
  const bool issued = std::any_of(accesses_.begin(), accesses_.end(), [&](const Access& access) {
    return access.state == State::kFaulted && access.request.va == fault.cause.va &&
           access.request.kind == fault.access && access.fault == fault.cause.kind;
  });
  if (!issued || open_ != 0) {
    broken(now, "the system sees the faults that the MMU has issued",
           "access " + std::to_string(fault.access_number) +
               (issued ? ": a request is still under way" : ": no such fault was answered"));
  }
  if (fault.access_number < last_trap_) {
    broken(
        now, "faults come in program order",
        "access " + std::to_string(fault.access_number) + " after " + std::to_string(last_trap_));
  }
  last_trap_ = fault.access_number;
}

void TranslationRules::called(Cycle now) {
  update_.reset();
  if (open_ != 0) {
    broken(now, "software changes tables while no access is under way", "in a system call");
  }
}

void TranslationRules::ended(Cycle now, bool mmu_idle) const {
  if (open_ != 0) {
    broken(now, "one response for each request", std::to_string(open_) + " were never answered");
  }
  if (!mmu_idle) broken(now, "slots and queue places are given back", "at the end of the run");
}

std::string TranslationRules::text_of(const TranslateRequest& request) {
  std::ostringstream text;
  text << name_of(request.kind) << " of VA 0x" << std::hex << request.va.value() << " in ASID "
       << std::dec << request.asid << ", asked in cycle " << request.at;
  return text.str();
}

void TranslationRules::broken(Cycle now, const char* rule, const std::string& what) const {
  throw ModelError("check: \"" + std::string(rule) + "\" is broken in cycle " +
                   std::to_string(now) + ": " + what);
}

}  // namespace mmu
