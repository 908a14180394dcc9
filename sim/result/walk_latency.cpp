#include "sim/result/walk_latency.hpp"

namespace mmu {

std::string walk_latency_csv(const Histogram& latency) {
  std::string text = "percent,cycles\n";
  for (unsigned percent = 1; latency.count() != 0 && percent <= 100; ++percent) {
    text += std::to_string(percent) + "," + std::to_string(latency.percentile(percent)) + "\n";
  }
  return text;
}

}  // namespace mmu
