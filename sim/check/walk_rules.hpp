// What must hold of each walk, followed read by read (docs/checking.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hw/link/walker_watch.hpp"
#include "sim/check/translation_rules.hpp"

namespace mmu {

class WalkRules final : public WalkerWatch {
 public:
  /// `entries_cached`: a cache of entries may serve reads in between. `next`: who follows the
  /// walkers besides; nullptr: nobody. Every call throws ModelError if a rule is broken.
  WalkRules(const TranslationRules& rules, const TranslationControl& control, std::uint32_t walkers,
            bool entries_cached, WalkerWatch* next = nullptr)
      : rules_(rules),
        control_(control),
        entries_cached_(entries_cached),
        next_(next),
        walkers_(walkers) {}

  void begun(std::uint32_t walker, const WalkBegun& walk) override;
  void offered(std::uint32_t walker, Cycle at, const EntryOffered& entry) override;
  void accepted(std::uint32_t walker, Cycle at, const EntryTaken& taken) override;
  void answered(std::uint32_t walker, Cycle at) override;
  void filled(std::uint32_t walker, Cycle at, const Walk& next) override;
  void ended(std::uint32_t walker, Cycle at, const TranslateResult& result) override;
  void fenced(Cycle at, const FenceScope& scope) override;
  void finish(Cycle at) override;

 private:
  struct Walker {
    bool goes_on = false;  // there is an entry to read next, at `walk`
    Walk walk;
    unsigned reads = 0;        // of entries that were not read before
    std::optional<Walk> at;    // where the last read was
    WalkStep step;             // what that entry came to
    EntryOffered offered;      // and not taken yet
    bool reads_again = false;  // an update has found another value
    bool error = false;        // memory has answered with one
    bool waits = false;        // for the answer to what was taken
    Cycle there = 0;           // ... which is there in this cycle
  };
  bool leads_to(const Walk& from, PhysAddr entry, Walk& there) const;
  void take(Walker& walker, std::uint64_t pte);

  const TranslationRules& rules_;
  const TranslationControl& control_;
  const bool entries_cached_;
  WalkerWatch* const next_;
  std::vector<Walker> walkers_;
};

}  // namespace mmu
