#include "testbench/fuzz/history.hpp"

#include <algorithm>

namespace mmu::fuzz {
namespace {

/// Entries of a group that sequences use: pages 0, 1 and 7 of a table, regions 0 and 1 of theirs.
constexpr std::uint64_t kUsed[2][3] = {{0, 1, 7}, {0, 1, 1}};

void end_last(std::vector<Version>& versions, Time at, std::uint64_t value) {
  if (versions.empty()) versions.push_back({0, ~Time{0}, 0});  // untouched memory is zero
  versions.back().to = at;
  versions.push_back({at, ~Time{0}, value});
}

Rights both(const Rights& a, const Rights& b) {
  return {a.read && b.read,
          a.write && b.write,
          a.execute && b.execute,
          a.user && b.user,
          a.privileged_execute && b.privileged_execute,
          a.split_execute || b.split_execute};
}

}  // namespace

void History::stored(PhysAddr entry, std::uint64_t value) {
  end_last(entries_[entry.value()], tick(), value);
}

void History::bound(Asid asid, PhysAddr root) { end_last(roots_[asid], tick(), root.value()); }

bool History::any_page(Asid asid, VirtAddr va, Time asked,
                       const std::function<bool(const Candidate&)>& is_it) const {
  for (const Asid of : asids_) {
    Path path;
    if (descend({of, va, asked, false, of != asid, 0, is_it}, path, {}, paging_.depth)) return true;
  }
  return false;
}

bool History::any_fault(Asid asid, VirtAddr va, Time asked, Time since,
                        const std::function<bool(const Candidate&)>& is_it) const {
  Path path;
  return descend({asid, va, asked, true, false, since, is_it}, path, {}, paging_.depth);
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
    const PhysAddr entry = table + paging_.index_of(q.va, level) * paging_.pte_bytes;
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
      entry = read_entry(paging_, level, version->value, q.va);
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
  return !at_root && !q.faults && paging_.has_groups(level) && ends_beside(q, path, table, level);
}

// A page of several entries may have come from any of them, also where software has since changed
// some and not the others.
bool History::ends_beside(const Question& q, const Path& path, PhysAddr table,
                          unsigned level) const {
  const unsigned shift = paging_.shift_of(level);
  const std::uint64_t own = paging_.index_of(q.va, level);
  for (const std::uint64_t used : kUsed[level]) {
    if (used == own || (used ^ own) >> paging_.groups[level] != 0) continue;
    const auto found = entries_.find((table + used * paging_.pte_bytes).value());
    if (found == entries_.end()) continue;
    const VirtAddr va(q.va.value() ^ (used ^ own) << shift);
    for (const Version& version : found->second) {
      Entry entry = read_entry(paging_, level, version.value, va);
      if (entry.is != Entry::Is::kLeaf || entry.page_shift == shift) continue;
      entry.rights = both(path.rights, entry.rights);
      if (ends(q, path, version, entry, level)) return true;
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
  const Time first = q.faults ? std::max(q.since, last_leaf_fence(q, paging_.page_shift, false))
                              : last_leaf_fence(q, entry.page_shift, entry.global);
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
  const unsigned root_level = paging_.depth - 1U;
  Time since = start;
  for (std::size_t i = path.pointers.size(); i-- != 0;) {
    // The root register lies above the root's entries.
    const unsigned level = i == 0 ? root_level : root_level + 1 - static_cast<unsigned>(i);
    since = last_table_fence(q, paging_.shift_of(level), since);
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
