// What memory held and when, and what may be answered because of it. All times are numbers of one
// count of everything that happens: stores, fences, requests.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "testbench/fuzz/paging.hpp"

namespace mmu::fuzz {

using Time = std::uint64_t;

/// A value and while it was there: [from, to).
struct Version {
  Time from = 0;
  Time to = ~Time{0};
  std::uint64_t value = 0;
};

/// What one request may be answered: a page or a fault of the walk.
struct Candidate {
  Entry entry;         ///< rights: those of the path included
  unsigned level = 0;  ///< where the walk ended
};

class History {
 public:
  History(const Paging& paging, std::vector<Asid> asids)
      : paging_(paging), asids_(std::move(asids)) {}

  Time tick() { return ++now_; }
  Time now() const { return now_; }
  void stored(PhysAddr entry, std::uint64_t value);
  void bound(Asid asid, PhysAddr root);
  void fenced(const FenceScope& scope) { fences_.push_back({tick(), scope}); }
  bool was_fenced(Time after) const { return !fences_.empty() && fences_.back().at > after; }

  /// Calls `is_it` with each page that (asid, va) may be translated to for a request made at
  /// `asked`, until it says true; true then.
  bool any_page(Asid asid, VirtAddr va, Time asked,
                const std::function<bool(const Candidate&)>& is_it) const;
  /// The same with the faults that a walk begun at `since` or later may find.
  bool any_fault(Asid asid, VirtAddr va, Time asked, Time since,
                 const std::function<bool(const Candidate&)>& is_it) const;

 private:
  struct Fence {
    Time at;
    FenceScope scope;
  };
  struct Path {
    std::vector<const Version*> pointers;  ///< the root's binding first
    Rights rights;
  };
  struct Question {
    Asid asid;
    VirtAddr va;
    Time asked;
    bool faults;       ///< asks for faults, else for pages
    bool global_only;  ///< another ASID's entry may be used if it is global
    Time since = 0;    ///< of faults
    const std::function<bool(const Candidate&)>& is_it;
  };
  bool descend(const Question& q, Path& path, PhysAddr table, unsigned level) const;
  bool ends_beside(const Question& q, const Path& path, PhysAddr table, unsigned level) const;
  bool ends(const Question& q, const Path& path, const Version& last, const Entry& entry,
            unsigned level) const;
  bool could_be(const Question& q, const Path& path, const Version& last, Time start) const;
  Time last_leaf_fence(const Question& q, unsigned shift, bool global) const;
  Time last_table_fence(const Question& q, unsigned shift, Time until) const;

  const Paging& paging_;
  std::vector<Asid> asids_;
  Time now_ = 0;
  std::unordered_map<std::uint64_t, std::vector<Version>> entries_;
  std::map<Asid, std::vector<Version>> roots_;
  std::vector<Fence> fences_;
};

}  // namespace mmu::fuzz
