#include "traces/workloads/catalogue.hpp"

#include <algorithm>
#include <iterator>

#include "hw/arch/spelling.hpp"

namespace mmu::traces {
namespace {

/// Of all patterns.
constexpr Parameter kCommon[] = {
    {"accesses", Parameter::Kind::kCount, "data records", "1M", 1, kMostAccesses, 1, "",
     "how long it is; an instruction fetch is none"},
    {"compute", Parameter::Kind::kCount, "instructions", "0", 0, 1000, 1, "",
     "further ones in each operation"},
    {"map", Parameter::Kind::kChoice, "", "touch", 0, 0, 1, "touch|populate",
     "pages are mapped when they are touched, or before the first record (MAP_POPULATE)"}};

WorkloadKind phases_workload() {
  return {"phases",
          "its parts, [WORKLOAD], one after the other; each goes on where it was",
          "",
          {{"repeat", Parameter::Kind::kCount, "times", "1", 1, 1e9, 1, "", "all of it"}},
          nullptr};
}

WorkloadKind mix_workload() {
  return {"mix",
          "its parts, WEIGHT*[WORKLOAD], in turns chosen at random, until all have ended",
          "",
          {{"turn", Parameter::Kind::kCount, "operations", "1", 1, 1e9, 1, "",
            "of one part before the next is chosen"},
           kSeed},
          nullptr};
}

std::vector<WorkloadKind> make_kinds() {
  std::vector<WorkloadKind> kinds = {sequential_workload(), stride_workload(), uniform_workload(),
                                     gups_workload(),       zipf_workload(),   chase_workload(),
                                     hash_workload(),       btree_workload(),  graph_workload(),
                                     heap_workload(),       phases_workload(), mix_workload()};
  for (WorkloadKind& kind : kinds) {
    if (kind.make == nullptr) continue;
    kind.parameters.insert(kind.parameters.end(), std::begin(kCommon), std::end(kCommon));
  }
  return kinds;
}

}  // namespace

const std::vector<WorkloadKind>& workload_kinds() {
  static const std::vector<WorkloadKind> kKinds = make_kinds();
  return kKinds;
}

const WorkloadKind* find_workload(std::string_view name) {
  const std::vector<WorkloadKind>& kinds = workload_kinds();
  const auto found = std::find_if(kinds.begin(), kinds.end(),
                                  [name](const WorkloadKind& kind) { return kind.name == name; });
  return found == kinds.end() ? nullptr : &*found;
}

std::string nearest_workload(std::string_view name) {
  std::vector<std::string> names;
  names.reserve(workload_kinds().size());
  for (const WorkloadKind& kind : workload_kinds()) names.emplace_back(kind.name);
  return nearest_word(name, names);
}

}  // namespace mmu::traces
