#include "sim/result/intervals.hpp"

namespace mmu {

std::string intervals_csv(const std::vector<Interval>& intervals) {
  struct Column {
    const char* name;
    std::uint64_t Interval::*member;
  };
  constexpr Column kColumns[] = {{"instructions", &Interval::instructions},
                                 {"cycles", &Interval::cycles},
                                 {"accesses", &Interval::accesses},
                                 {"itlb_misses", &Interval::itlb_misses},
                                 {"dtlb_misses", &Interval::dtlb_misses},
                                 {"stlb_misses", &Interval::stlb_misses},
                                 {"walks", &Interval::walks},
                                 {"walk_cycles", &Interval::walk_cycles},
                                 {"page_faults", &Interval::page_faults}};
  std::string text = "end_instructions,end_cycles";
  for (const Column& column : kColumns) text += std::string(",") + column.name;
  text += '\n';
  Interval before;
  for (const Interval& now : intervals) {
    text += std::to_string(now.instructions) + ',' + std::to_string(now.cycles);
    for (const Column& column : kColumns) {
      // Below 0: what a process had begun when it was killed is taken back.
      const auto more = static_cast<std::int64_t>(now.*(column.member) - before.*(column.member));
      text += ',' + std::to_string(more);
    }
    text += '\n';
    before = now;
  }
  return text;
}

}  // namespace mmu
