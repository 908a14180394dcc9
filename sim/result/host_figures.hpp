// How the machine that simulates fared: time, speed, memory. Never part of result.json.
#pragma once

#include <chrono>

#include "sim/result/result_json.hpp"

namespace mmu {

/// Starts when made.
class HostMeter {
 public:
  HostMeter();
  double wall_seconds() const;
  /// The document of host.json: time from the making of this object to now; peak memory of the
  /// whole process.
  Json json(const RunResult& result) const;

 private:
  std::chrono::steady_clock::time_point wall_start_;
  double cpu_start_;
};

}  // namespace mmu
