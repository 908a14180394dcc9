#include "sim/result/slowest_report.hpp"

#include <fmt/format.h>

#include "sim/result/text_table.hpp"

namespace mmu {
namespace {

/// Calls fn(part, begin, end) for each piece of the story that takes time.
template <class Fn>
void for_each_part(const SlowAccess& access, Fn fn) {
  Cycle begin = access.issued;
  for (const Segment& segment : access.story) {
    if (segment.end > begin) fn(segment.part, begin, segment.end);
    begin = std::max(begin, segment.end);
  }
}

std::string head_of(const SlowAccess& access, std::size_t rank) {
  std::string text = fmt::format("{}. {} cycles: {} of VA {:#x} (PA {:#x}), access {}", rank,
                                 grouped(access.cycles()), name_of(access.kind), access.va.value(),
                                 access.pa.value(), grouped(access.number));
  if (access.pc != AccessStream::kNoPc) {
    text += fmt::format(" of the instruction at {:#x}", access.pc);
  }
  return text + fmt::format("; issued in cycle {}, data in {}, retired in {}\n",
                            grouped(access.issued), grouped(access.complete),
                            grouped(access.retired));
}

}  // namespace

std::string slowest_text(const std::vector<SlowAccess>& slowest) {
  if (slowest.empty()) return "";
  std::string text = "\nthe slowest accesses, and where their cycles went\n";
  for (std::size_t i = 0; i < slowest.size(); ++i) {
    text += head_of(slowest[i], i + 1);
    TextTable table({"part", "from", "to", "cycles"});
    for_each_part(slowest[i], [&](Part part, Cycle begin, Cycle end) {
      table.add({"  " + name_of(part), grouped(begin), grouped(end), grouped(end - begin)});
    });
    text += table.text();
  }
  return text;
}

Json slowest_json(const std::vector<SlowAccess>& slowest) {
  Json out;
  out["schema"] = kResultSchema;
  out["accesses"] = Json::array();
  for (const SlowAccess& access : slowest) {
    Json row = {{"number", access.number},
                {"access", name_of(access.kind)},
                {"va", fmt::format("{:#x}", access.va.value())},
                {"pa", fmt::format("{:#x}", access.pa.value())},
                {"issued", access.issued},
                {"complete", access.complete},
                {"retired", access.retired},
                {"cycles", access.cycles()},
                {"story", Json::array()}};
    if (access.pc != AccessStream::kNoPc) row["pc"] = fmt::format("{:#x}", access.pc);
    for_each_part(access, [&](Part part, Cycle begin, Cycle end) {
      row["story"].push_back({{"part", name_of(part)}, {"from", begin}, {"to", end}});
    });
    out["accesses"].push_back(std::move(row));
  }
  return out;
}

}  // namespace mmu
