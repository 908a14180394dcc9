#include "sim/experiment/metrics.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"
#include "hw/arch/spelling.hpp"
#include "sim/result/figures.hpp"
#include "sim/result/result_file.hpp"

namespace mmu {
namespace {

double count(const Json& result, const char* path) {
  return static_cast<double>(number_at(result, path));
}

}  // namespace

const std::vector<Metric>& metrics() {
  static const std::vector<Metric> kAll = {
      {"instructions", [](const Json& r) { return count(r, "counters.cpu.instructions"); }},
      {"cycles", [](const Json& r) { return count(r, "counters.cpu.cycles"); }},
      {"cpi", cpi},
      {"itlb_mpki", [](const Json& r) { return tlb_mpki(r, "itlb"); }},
      {"dtlb_mpki", [](const Json& r) { return tlb_mpki(r, "dtlb"); }},
      {"stlb_mpki", [](const Json& r) { return tlb_mpki(r, "stlb"); }},
      {"walks", [](const Json& r) { return count(r, "counters.mmu.walker.walks"); }},
      {"walk_latency",
       [](const Json& r) {
         return ratio(number_at(r, "counters.mmu.walker.latency.sum"),
                      number_at(r, "counters.mmu.walker.latency.count"));
       }},
      {"translation_share", translation_share},
      {"page_faults", [](const Json& r) { return count(r, "counters.os.page_faults"); }},
  };
  return kAll;
}

double metric_of(const Json& result, const std::string& name) {
  std::vector<std::string> names;
  for (const Metric& metric : metrics()) {
    if (metric.name == name) return metric.of(result);
    names.emplace_back(metric.name);
  }
  for (const NamedNumber& counter : all_numbers(result.at("counters"))) {
    if (counter.path == name) return static_cast<double>(counter.value);
    names.push_back(counter.path);
  }
  throw ConfigError("no metric \"" + name + "\"; did you mean \"" + nearest_word(name, names) +
                    "\"?");
}

}  // namespace mmu
