#include "sim/result/processes_report.hpp"

#include <fmt/format.h>

#include "sim/result/figures.hpp"
#include "sim/result/result_file.hpp"
#include "sim/result/text_table.hpp"

namespace mmu {
namespace {

constexpr std::string_view kEndNames[] = {"alive", "exited", "killed"};

Json process_json(const RunSubject::Process& subject, const ProcessResult& process) {
  return {{"trace", trace_json(subject.trace_path, subject.trace)},
          {"end", kEndNames[static_cast<unsigned>(process.end)]},
          {"death", process.death},
          {"turns", process.share.turns},
          {"instructions_before", process.share.instructions_before},
          {"instructions", process.share.instructions},
          {"accesses", process.share.accesses},
          {"cycles", process.share.cycles},
          {"page_faults", process.os.page_faults},
          {"minor_faults", process.os.minor_faults},
          {"system_calls", process.os.system_calls},
          {"areas", process.os.areas},
          {"resident_bytes", process.resident_bytes}};
}

std::string instructions_of(const Json& process) {
  return grouped(number_at(process, "instructions_before") + number_at(process, "instructions"));
}

}  // namespace

void add_processes(Json& result, const RunSubject& subject, const RunResult& run) {
  if (subject.processes.empty()) return;
  Json& all = result["processes"] = Json::array();
  // A run that could not begin knows nothing of them.
  const std::vector<ProcessResult> nothing(subject.processes.size());
  const std::vector<ProcessResult>& results = run.processes.empty() ? nothing : run.processes;
  for (std::size_t i = 0; i < results.size(); ++i) {
    all.push_back(process_json(subject.processes[i], results[i]));
  }
  result["sharing"] = {{"switch_cycles", run.switch_cycles}, {"blocks", run.blocks}};
}

std::string processes_text(const Json& result) {
  if (!result.contains("processes")) return "";
  const std::uint64_t cycles = number_at(result, "counters.cpu.cycles");
  TextTable table(
      {"process", "turns", "instructions", "cycles", "%", "page faults", "resident KiB", "end"});
  std::size_t number = 0;
  for (const Json& process : result.at("processes")) {
    table.add({fmt::format("  {}: {}", ++number, process.at("trace").at("name").get<std::string>()),
               grouped(number_at(process, "turns")), grouped(number_at(process, "instructions")),
               grouped(number_at(process, "cycles")),
               fixed(100 * ratio(number_at(process, "cycles"), cycles), 1),
               grouped(number_at(process, "page_faults")),
               grouped(number_at(process, "resident_bytes") / 1024),
               process.at("end").get<std::string>()});
  }
  const std::uint64_t between = number_at(result, "sharing.switch_cycles");
  table.add({"  switches", grouped(number_at(result, "counters.os.switches")), "", grouped(between),
             fixed(100 * ratio(between, cycles), 1), "", "", ""});
  std::string text = table.text(0);
  text += fmt::format("ASIDs: {} generations begun anew, {} recycled; {} fences for switches\n",
                      grouped(number_at(result, "counters.os.asid_rollovers")),
                      grouped(number_at(result, "counters.os.asids_recycled")),
                      grouped(number_at(result, "counters.os.switch_fences")));
  for (const std::string& death : deaths(result)) text += death + "\n";
  return text;
}

std::vector<std::string> deaths(const Json& result) {
  std::vector<std::string> lines;
  if (!result.contains("processes")) return lines;
  std::size_t number = 0;
  for (const Json& process : result.at("processes")) {
    ++number;
    if (process.at("end") != "killed") continue;
    const auto death = process.at("death").get<std::string>();
    lines.push_back(fmt::format("process {} ({}) was killed after {} of its instructions: {}",
                                number, process.at("trace").at("name").get<std::string>(),
                                instructions_of(process), death.substr(0, death.find('\n'))));
  }
  return lines;
}

}  // namespace mmu
