#include "testbench/fuzz/history.hpp"

#include <algorithm>

namespace mmu::fuzz {
namespace {

constexpr std::uint64_t bit(std::uint64_t value, unsigned n) { return value >> n & 1; }
constexpr std::uint64_t bits(std::uint64_t value, unsigned high, unsigned low) {
  return value >> low & ((std::uint64_t{1} << (high - low + 1)) - 1);
}
constexpr unsigned shift_of(unsigned level) { return 12 + 9 * level; }

void end_last(std::vector<Version>& versions, Time at, std::uint64_t value) {
  if (versions.empty()) versions.push_back({0, ~Time{0}, 0});  // untouched memory is zero
  versions.back().to = at;
  versions.push_back({at, ~Time{0}, value});
}

Rights both(const Rights& a, const Rights& b) {
  return {a.read && b.read, a.write && b.write, a.execute && b.execute, a.user && b.user};
}

}  // namespace

// RISC-V privileged specification, "Sv39"; Intel SDM vol. 3A, "4-Level Paging".
Entry read_entry(bool x86, unsigned level, std::uint64_t pte) {
  using Is = Entry::Is;
  Entry e;
  if (bit(pte, 0) == 0) return e;
  if (x86) {
    e.frame = bits(pte, 51, 12) << 12;
    e.rights = {true, bit(pte, 1) != 0, bit(pte, 63) == 0, bit(pte, 2) != 0};
    e.accessed = bit(pte, 5) != 0;
    e.dirty = bit(pte, 6) != 0;
    e.global = bit(pte, 8) != 0;
    const bool large = level != 0 && bit(pte, 7) != 0;
    e.is = level == 0 || large ? Is::kLeaf : Is::kPointer;
  } else {
    e.frame = bits(pte, 53, 10) << 12;
    e.rights = {bit(pte, 1) != 0, bit(pte, 2) != 0, bit(pte, 3) != 0, bit(pte, 4) != 0};
    e.global = bit(pte, 5) != 0;
    e.accessed = bit(pte, 6) != 0;
    e.dirty = bit(pte, 7) != 0;
    e.is = bits(pte, 3, 1) == 0 ? Is::kPointer : Is::kLeaf;
    if (e.rights.write && !e.rights.read) e.is = Is::kMalformed;
    if (e.is == Is::kPointer) {
      e.rights = {};
      if (level == 0) e.is = Is::kMalformed;
    }
  }
  const std::uint64_t page = std::uint64_t{1} << shift_of(level);
  if (e.is == Is::kLeaf && e.frame % page != 0) e.is = Is::kMisaligned;
  return e;
}

void History::stored(PhysAddr entry, std::uint64_t value) {
  end_last(entries_[entry.value()], tick(), value);
}

void History::bound(Asid asid, PhysAddr root) { end_last(roots_[asid], tick(), root.value()); }

bool History::any_page(Asid asid, VirtAddr va, Time asked,
                       const std::function<bool(const Candidate&)>& is_it) const {
  for (const Asid of : asids_) {
    Path path;
    if (descend({of, va, asked, false, of != asid, 0, is_it}, path, {}, x86_ ? 4 : 3)) return true;
  }
  return false;
}

bool History::any_fault(Asid asid, VirtAddr va, Time asked, Time since,
                        const std::function<bool(const Candidate&)>& is_it) const {
  Path path;
  return descend({asid, va, asked, true, false, since, is_it}, path, {}, x86_ ? 4 : 3);
}

// `level`: of the table's entries, plus one; at first the root register stands for an entry.
bool History::descend(const Question& q, Path& path, PhysAddr table, unsigned level) const {
  static const std::vector<Version> kUntouched{{}};
  const bool at_root = path.pointers.empty();
  const std::vector<Version>* versions = &kUntouched;
  if (at_root) {
    const auto found = roots_.find(q.asid);
    if (found == roots_.end()) return false;
    versions = &found->second;
  } else {
    const PhysAddr entry = table + q.va.bits(shift_of(level), 9) * 8;
    const auto found = entries_.find(entry.value());
    if (found != entries_.end()) versions = &found->second;
  }
  const Rights rights = path.rights;
  for (auto version = versions->rbegin(); version != versions->rend(); ++version) {
    Entry entry;
    if (at_root) {
      if (version->value == 0) continue;  // not bound yet
      entry.is = Entry::Is::kPointer;
      entry.frame = version->value;
    } else {
      entry = read_entry(x86_, level, version->value);
      entry.rights = both(rights, entry.rights);
    }
    if (entry.is == Entry::Is::kPointer) {
      path.pointers.push_back(&*version);
      path.rights = entry.rights;
      const bool found = descend(q, path, PhysAddr(entry.frame), level - 1);
      path.pointers.pop_back();
      path.rights = rights;
      if (found) return true;
    } else if (ends(q, path, *version, entry, level)) {
      return true;
    }
  }
  return false;
}

bool History::ends(const Question& q, const Path& path, const Version& last, const Entry& entry,
                   unsigned level) const {
  const bool is_page = entry.is == Entry::Is::kLeaf;
  if (is_page == q.faults || (q.global_only && !entry.global)) return false;
  if (!q.is_it({entry, level})) return false;
  // A walk for it may have begun right after the last fence that removes what it found; a later
  // one leaves less time for the entry, but a fence of tables in between may be needed.
  const Time first = q.faults ? std::max(q.since, last_leaf_fence(q, 12, false))
                              : last_leaf_fence(q, shift_of(level), entry.global);
  if (could_be(q, path, last, first)) return true;
  return std::any_of(fences_.begin(), fences_.end(), [&](const Fence& f) {
    return !f.scope.leaf_only && f.at > first && f.at <= q.asked && could_be(q, path, last, f.at);
  });
}

// True if a walk begun at `start` could have read all of `path` and then `last`. What is known of a
// pointer was read after the last fence of tables before the walk that used it, by a walk that
// itself knew the pointers above from still earlier.
bool History::could_be(const Question& q, const Path& path, const Version& last, Time start) const {
  if (last.to <= start) return false;
  const unsigned root_level = x86_ ? 3 : 2;
  Time since = start;
  for (std::size_t i = path.pointers.size(); i-- != 0;) {
    // The root register lies above the root's entries.
    const unsigned level = i == 0 ? root_level : root_level + 1 - static_cast<unsigned>(i);
    since = last_table_fence(q, shift_of(level), since);
    const Version& pointer = *path.pointers[i];
    if (pointer.to <= since || pointer.from >= last.to) return false;
  }
  return true;
}

Time History::last_leaf_fence(const Question& q, unsigned shift, bool global) const {
  Time last = 0;
  for (const Fence& f : fences_) {
    if (f.at > q.asked) break;
    if (f.scope.asid && (global || *f.scope.asid != q.asid)) continue;
    if (f.scope.va && f.scope.va->value() >> shift != q.va.value() >> shift) continue;
    last = f.at;
  }
  return last;
}

Time History::last_table_fence(const Question& q, unsigned shift, Time until) const {
  Time last = 0;
  for (const Fence& f : fences_) {
    if (f.at > until) break;
    if (f.scope.leaf_only || (f.scope.asid && *f.scope.asid != q.asid)) continue;
    if (f.scope.va && f.scope.va->value() >> shift != q.va.value() >> shift) continue;
    last = f.at;
  }
  return last;
}

}  // namespace mmu::fuzz
