// What a kind of workload does, and how it is described.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "traces/workloads/parameters.hpp"
#include "traces/workloads/program.hpp"

namespace mmu::traces {

/// Never ends: the workload's `accesses` do.
class Pattern {
 public:
  virtual ~Pattern() = default;
  /// Writes one operation, with at least one data record.
  virtual void operate(Emitter& emit) = 0;
};

struct WorkloadKind {
  std::string_view name;
  std::string_view summary;
  std::string_view source;            ///< who has described this pattern
  std::vector<Parameter> parameters;  ///< in the catalogue the common ones too
  /// Nothing for those that are made of parts. Throws ConfigError if values contradict each other.
  std::unique_ptr<Pattern> (*make)(const Values& values, Program& program) = nullptr;
};

template <class Kind>
std::unique_ptr<Pattern> make_pattern(const Values& values, Program& program) {
  return std::make_unique<Kind>(values, program);
}

// Parameters that many have.
inline constexpr double kMostBytes = 0x1p46;  // 64 TiB
inline constexpr double kMostAccesses = 1e12;
inline constexpr Parameter kSeed{"seed", Parameter::Kind::kCount, "", "1", 0, 1e15, 1,
                                 "",     "of the random numbers"};
inline constexpr Parameter kWrites{"writes", Parameter::Kind::kCount,   "percent", "0", 0, 100, 1,
                                   "",       "accesses that are stores"};
constexpr Parameter bytes_parameter(std::string_view by_default, std::string_view meaning) {
  return {"bytes", Parameter::Kind::kBytes, "", by_default, 4096, kMostBytes, 4096, "", meaning};
}
constexpr Parameter theta_parameter(std::string_view by_default, std::string_view meaning) {
  return {"theta", Parameter::Kind::kReal, "", by_default, 0, 10, 1, "", meaning};
}

/// The area of `bytes`, as `map` says.
inline std::uint64_t area_of(const Values& values, Program& program, std::uint64_t bytes) {
  constexpr std::uint64_t kPage = 4096;
  return program.add_data((bytes + kPage - 1) / kPage * kPage, values.is("map", "populate"));
}

WorkloadKind sequential_workload();
WorkloadKind stride_workload();
WorkloadKind uniform_workload();
WorkloadKind gups_workload();
WorkloadKind zipf_workload();
WorkloadKind chase_workload();
WorkloadKind hash_workload();
WorkloadKind btree_workload();
WorkloadKind graph_workload();
WorkloadKind heap_workload();

}  // namespace mmu::traces
