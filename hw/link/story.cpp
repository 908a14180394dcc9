#include "hw/link/story.hpp"

namespace mmu {

std::string name_of(Part part) {
  constexpr std::string_view kNames[] = {"issue",        "dependence", "l1_tlb",     "l2_itlb",
                                         "stlb",         "level3",     "level4",     "merge_wait",
                                         "walker_queue", "walk_cache", "ad_update",  "fence",
                                         "fault_drain",  "fault_os",   "system_call"};
  const auto index = static_cast<unsigned>(part);
  if (part < Part::kData) return std::string(kNames[index]);
  if (part < Part::kPteRead) {
    return "data_" + std::string(kServedNames[index - static_cast<unsigned>(Part::kData)]);
  }
  const unsigned pte = index - static_cast<unsigned>(Part::kPteRead);
  return "pte_level" + std::to_string(pte / kServedPlaces) + "_" +
         std::string(kServedNames[pte % kServedPlaces]);
}

}  // namespace mmu
