#include "sim/check/walk_rules.hpp"

#include <sstream>

namespace mmu {
namespace {

std::string text_of(std::uint32_t walker, PhysAddr entry) {
  std::ostringstream text;
  text << "walker " << walker << ", entry at 0x" << std::hex << entry.value();
  return text.str();
}

}  // namespace

void WalkRules::begun(std::uint32_t walker, const WalkBegun& walk) {
  const Walk& first = walk.first;
  const bool at_root = first.level() == control_.format->root_level();
  const bool known = at_root
                         ? first.table() == walk.root && walk.root == control_.root
                         : rules_.has_led_to({walk.request.asid, walk.request.va, first.level() + 1,
                                              first.table(), first.inherited()});
  if (!known || first.va() != walk.request.va) {
    rules_.broken(walk.at, "walks begin at the root, or where a pointer that is fresh leads",
                  text_of(walker, first.entry_address()));
  }
  walkers_[walker] = {};
  walkers_[walker].goes_on = true;
  walkers_[walker].walk = first;
  if (next_ != nullptr) next_->begun(walker, walk);
}

// Reads that a cache of entries has served are passed over.
bool WalkRules::leads_to(const Walk& from, PhysAddr entry, Walk& there) const {
  if (from.entry_address() == entry) {
    there = from;
    return true;
  }
  if (!entries_cached_ || from.level() == 0) return false;
  for (const TranslationRules::Old& old : rules_.values_of(from.entry_address())) {
    Walk next = from;
    const bool descends = std::holds_alternative<Descend>(next.consume(old.value));
    if (descends && leads_to(next, entry, there)) return true;
  }
  return false;
}

void WalkRules::offered(std::uint32_t walker, Cycle at, const EntryOffered& entry) {
  Walker& w = walkers_[walker];
  if (w.waits || at < w.there) {
    rules_.broken(at, "a walker waits for its answer", text_of(walker, entry.entry));
  }
  const bool at_last = w.at && w.at->entry_address() == entry.entry;
  if (entry.update) {
    if (!at_last || w.error || w.reads_again) {
      rules_.broken(at, "A and D are set in the entry as it was read",
                    text_of(walker, entry.entry) + ", is not the one read last");
    }
  } else if (w.reads_again) {
    if (!at_last) {
      rules_.broken(at, "reads follow the pointers", text_of(walker, entry.entry));
    }
    w.walk = *w.at;
  } else {
    const bool follows = w.goes_on && leads_to(w.walk, entry.entry, w.walk);
    if (!follows || ++w.reads > control_.format->depth) {
      rules_.broken(at, "reads follow the pointers",
                    text_of(walker, entry.entry) +
                        (follows ? ", more reads than levels" : ", is not where the last leads"));
    }
  }
  w.offered = entry;
  if (next_ != nullptr) next_->offered(walker, at, entry);
}

void WalkRules::take(Walker& w, std::uint64_t pte) {
  w.walk = *w.at;
  w.step = w.walk.consume(pte);
  w.goes_on = std::holds_alternative<Descend>(w.step);
}

void WalkRules::accepted(std::uint32_t walker, Cycle at, const EntryTaken& taken) {
  Walker& w = walkers_[walker];
  w.waits = true;
  w.error = taken.error;
  w.reads_again = w.offered.update && taken.changed;
  if (!w.offered.update) {
    w.at = w.walk;
    if (!taken.error) take(w, taken.value);
  } else if (!taken.error && !taken.changed) {
    take(w, w.offered.value);
  }
  if (next_ != nullptr) next_->accepted(walker, at, taken);
}

void WalkRules::answered(std::uint32_t walker, Cycle at) {
  Walker& w = walkers_[walker];
  if (!w.waits) rules_.broken(at, "a walker waits for its answer", "one comes to nobody");
  w.waits = false;
  w.there = at;
  if (next_ != nullptr) next_->answered(walker, at);
}

void WalkRules::filled(std::uint32_t walker, Cycle at, const Walk& next) {
  if (next_ != nullptr) next_->filled(walker, at, next);
}

// Of several reasons to fault, the first on the way is found: it is what the last entry read says.
void WalkRules::ended(std::uint32_t walker, Cycle at, const TranslateResult& result) {
  Walker& w = walkers_[walker];
  bool right = false;
  if (w.error) {
    right = result.verdict == Verdict::kFault && result.fault.kind == FaultKind::kAccessFault;
  } else if (const auto* fault = std::get_if<Fault>(&w.step)) {
    right = result.verdict == Verdict::kFault && !result.has_translation &&
            result.fault.kind == fault->kind && result.fault.level == fault->level;
  } else if (const auto* to = std::get_if<Translation>(&w.step)) {
    right = result.has_translation && result.to.base == to->base &&
            result.to.page_shift == to->page_shift && result.to.rights == to->rights &&
            result.to.accessed == to->accessed && result.to.dirty == to->dirty;
  }
  if (w.waits || at < w.there || !right) {
    const PhysAddr last = w.at ? w.at->entry_address() : PhysAddr(0);
    rules_.broken(at, "a walk ends with what it has read last", text_of(walker, last));
  }
  w = {};
  if (next_ != nullptr) next_->ended(walker, at, result);
}

void WalkRules::fenced(Cycle at, const FenceScope& scope) {
  if (next_ != nullptr) next_->fenced(at, scope);
}

void WalkRules::finish(Cycle at) {
  if (next_ != nullptr) next_->finish(at);
}

}  // namespace mmu
