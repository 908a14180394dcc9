#include "sim/command/workload_list.hpp"

#include "hw/arch/errors.hpp"
#include "sim/result/text_table.hpp"
#include "traces/workloads/catalogue.hpp"

namespace mmu {
namespace {

constexpr const char* kSpelling =
    "\nA workload is spelled NAME:KEY=VALUE,... (at least NAME:) and stands wherever a trace may, "
    "e.g.\n"
    "  mmusim run gups:bytes=1GiB,accesses=10M,seed=3\n"
    "  mmusim run 'mix:3*[zipf:bytes=256MiB],[chase:bytes=8MiB,accesses=500K]'\n"
    "Bytes take KiB, MiB, GiB, TiB; counts K, M, G, T (powers of 1000). A file of such a name is "
    "./NAME:...\n"
    "\"mmusim trace workloads NAME\" lists the parameters of one.\n";

}  // namespace

std::string workload_list() {
  TextTable table({"workload", "what it does"});
  for (const traces::WorkloadKind& kind : traces::workload_kinds()) {
    table.add({std::string(kind.name), std::string(kind.summary)});
  }
  return table.text(0, 2) + kSpelling;
}

std::string workload_text(const std::string& name) {
  const traces::WorkloadKind* const kind = traces::find_workload(name);
  if (kind == nullptr) {
    throw ConfigError("unknown workload \"" + name + "\"; did you mean \"" +
                      traces::nearest_workload(name) + "\"?");
  }
  std::string text = name + ": " + std::string(kind->summary) + "\n";
  if (!kind->source.empty()) text += "source: " + std::string(kind->source) + "\n";
  TextTable table({"parameter", "default", "unit", "range", "meaning"});
  for (const traces::Parameter& parameter : kind->parameters) {
    const bool bytes = parameter.kind == traces::Parameter::Kind::kBytes;
    table.add({std::string(parameter.name), std::string(parameter.by_default),
               bytes ? "bytes" : std::string(parameter.unit), range_text(parameter),
               std::string(parameter.meaning)});
  }
  return text + table.text(2, 5);
}

}  // namespace mmu
