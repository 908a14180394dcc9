// How a workload is spelled, before anybody knows what its words mean:
//
//     workload = NAME ":" [ item { "," item } ]
//     item     = KEY "=" VALUE  |  [ WEIGHT "*" ] "[" workload "]"
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mmu::traces {

struct WorkloadPart;

struct WorkloadText {
  std::string name;
  std::vector<std::pair<std::string, std::string>> settings;  ///< as they stand
  std::vector<WorkloadPart> parts;
};

struct WorkloadPart {
  std::string weight;  ///< empty: none given
  WorkloadText workload;
};

/// Throws ConfigError that says what is missing, and at which character.
WorkloadText parse_workload(std::string_view text);

}  // namespace mmu::traces
