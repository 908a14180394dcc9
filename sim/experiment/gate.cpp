#include "sim/experiment/gate.hpp"

#include <fmt/format.h>

#include <charconv>

#include "hw/arch/errors.hpp"
#include "sim/experiment/metrics.hpp"

namespace mmu {

Gate read_gate(const std::string& text) {
  const std::size_t equals = text.find('=');
  Gate gate;
  if (equals != std::string::npos && equals != 0) {
    gate.metric = text.substr(0, equals);
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + equals + 1, end, gate.percent);
    if (error == std::errc() && stop == end && gate.percent >= 0) return gate;
  }
  throw ConfigError("--fail-above " + text + ": must be METRIC=PERCENT, e.g. cycles=1.5");
}

std::vector<std::string> above(const ComparisonSet& set, const Gate& gate) {
  std::vector<std::string> sentences;
  for (const ComparisonSet::Entry& entry : set.entries) {
    if (!entry.baseline) continue;
    const NamedResult& base = set.entries[*entry.baseline].result;
    const double before = metric_of(base.json, gate.metric);
    const double after = metric_of(entry.result.json, gate.metric);
    if (100 * (after - before) <= gate.percent * before) continue;
    const std::string change =
        before == 0 ? "from 0" : fmt::format("{:+.2f} %", 100 * (after / before - 1));
    sentences.push_back(fmt::format("{}: {} is {:.10g} against {:.10g} of {}: {}, above {} %",
                                    entry.result.label, gate.metric, after, before, base.label,
                                    change, gate.percent));
  }
  return sentences;
}

}  // namespace mmu
