#include "sim/result/result_json.hpp"

#include <fmt/format.h>

#include <cmath>

#include "sim/presets/knob_table.hpp"
#include "sim/result/os_fields.hpp"
#include "sim/result/processes_report.hpp"

namespace mmu {
namespace {

/// The object that a dotted path leads to, made where missing.
Json& object_at(Json& root, std::string_view path) {
  Json* at = &root;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    at = &(*at)[std::string(path.substr(begin, end - begin))];
    begin = end + 1;
  }
  return *at;
}

template <class Stats>
Json counters_of(const Stats& stats) {
  Json out = Json::object();
  for_each_field(stats,
                 [&](const auto& f, std::uint64_t value) { out[std::string(f.name)] = value; });
  return out;
}

template <class Stats, class Fields>
Json counters_by(const Fields& fields, const Stats& stats) {
  Json out = Json::object();
  std::apply([&](const auto&... f) { ((out[std::string(f.name)] = stats.*(f.member)), ...); },
             fields);
  return out;
}

Json blocks_by_order(const std::vector<std::uint64_t>& blocks) {
  Json out = Json::object();
  for (std::size_t order = 0; order < blocks.size(); ++order) {
    out["order" + std::to_string(order)] = blocks[order];
  }
  return out;
}

Json pte_reads(const WalkerDetail& detail) {
  Json out = Json::object();
  for (unsigned level = 0; level < kMaxLevels; ++level) {
    Json& row = out["level" + std::to_string(level)];
    for (unsigned place = 0; place < kServedPlaces; ++place) {
      row[std::string(kServedNames[place])] = detail.reads[level][place];
    }
  }
  return out;
}

/// The mean is rounded to a thousandth of a cycle, so that its text is short.
Json latency_of_walks(const Histogram& latency) {
  const double count = static_cast<double>(latency.count());
  const double mean = latency.count() == 0 ? 0 : static_cast<double>(latency.sum()) / count;
  return {{"count", latency.count()},
          {"sum", latency.sum()},
          {"mean", std::round(mean * 1000) / 1000},
          {"p50", latency.percentile(50)},
          {"p90", latency.percentile(90)},
          {"p99", latency.percentile(99)},
          {"max", latency.max()}};
}

Json stack_json(const Stack& stack) {
  Json out = Json::object();
  for (unsigned i = 0; i < kParts; ++i) out[name_of(static_cast<Part>(i))] = stack[i];
  return out;
}

/// Folders differ from place to place; the message of a result does not.
std::string without_folders(std::string message, const std::string& path) {
  const std::string name = file_name(path);
  for (std::size_t at = 0; name.size() < path.size(); at += name.size()) {
    at = message.find(path, at);
    if (at == std::string::npos) break;
    message.replace(at, path.size(), name);
  }
  return message;
}

Json all_counters(const MmuParams& params, const RunResult& result) {
  Json out;
  out["cpu"] = counters_of(result.cpu);
  Json& mmu = out["mmu"];
  for (unsigned i = 0; i < kTlbs; ++i) {
    if (!has_tlb(params, static_cast<TlbName>(i))) continue;
    mmu[std::string(kTlbNames[i])] = counters_of(result.tlb(i));
  }
  mmu["walker"] = counters_of(result.walker);
  mmu["walker"]["pte_reads"] = pte_reads(result.walker_detail);
  mmu["walker"]["latency"] = latency_of_walks(result.walker_detail.latency);
  mmu["prefetch"] = counters_of(result.prefetch);
  Json& cache = out["cache"];
  cache["l1i"] = counters_of(result.l1i);
  cache["l1d"] = counters_of(result.l1d);
  cache["l2"] = counters_of(result.l2);
  cache["llc"] = counters_of(result.llc);
  out["dram"] = counters_of(result.dram);
  out["os"] = counters_by(os_fields(), result.os);
  out["os"]["free_blocks"] = blocks_by_order(result.free_blocks);
  out["heap"] = counters_by(heap_fields(), result.heap);
  out["memory"] = {{"blocks", result.memory_blocks}};
  return out;
}

}  // namespace

Json result_json(const RunSubject& subject, const RunResult& result) {
  Json out;
  out["schema"] = kResultSchema;
  out["mmusim"] = mmusim_version();
  out["outcome"] = kOutcomeNames[static_cast<unsigned>(result.outcome)];
  std::string message = without_folders(result.message, subject.trace_path);
  for (const auto& process : subject.processes) {
    message = without_folders(message, process.trace_path);
  }
  out["message"] = message;
  out["partial"] = result.partial();
  out["seed"] = subject.machine.seed;
  out["trace"] = trace_json(subject.trace_path, subject.trace);
  if (!subject.executable.empty()) out["trace"]["executable"] = subject.executable;
  add_processes(out, subject, result);
  out["options"] = {{"skip_instructions", subject.options.skip_instructions},
                    {"warmup_instructions", subject.options.warmup_instructions},
                    {"instructions", subject.options.instructions},
                    {"map_on_touch", subject.options.map_on_touch},
                    {"watchdog_cycles", subject.options.watchdog_cycles},
                    {"interval_instructions", subject.options.interval_instructions}};
  out["before"] = {{"skipped_instructions", result.skipped_instructions},
                   {"warmed_instructions", result.warmed_instructions},
                   {"records", result.records_before}};
  out["machine"] = machine_json(subject.machine);
  out["map_hash"] = hash_text(result.map_hash);
  out["counters"] = all_counters(subject.machine.mmu, result);
  if (result.miss_classes) {
    for (unsigned i = 0; i < kTlbs; ++i) {
      if (!has_tlb(subject.machine.mmu, static_cast<TlbName>(i))) continue;
      out["miss_classes"][std::string(kTlbNames[i])] = counters_of((*result.miss_classes)[i]);
    }
  }
  out["cycle_stack"] = stack_json(result.cycle_stack);
  out["latency_stack"] = stack_json(result.latency_stack);
  return out;
}

Json trace_json(const std::string& path, const TraceHeader& trace) {
  return {{"name", file_name(path)},  {"hash", hash_text(trace.hash)},
          {"command", trace.command}, {"architecture", trace.architecture},
          {"records", trace.records}, {"instructions", trace.instructions},
          {"events", trace.events},   {"carries_mappings", trace.carries_mappings}};
}

bool has_tlb(const MmuParams& mmu, TlbName tlb) {
  return (tlb != TlbName::kL2Itlb || mmu.splits_second_level()) &&
         (tlb != TlbName::kLevel3 || mmu.level3.entries != 0) &&
         (tlb != TlbName::kLevel4 || mmu.level4.entries != 0);
}

Json machine_json(const MachineParams& machine) {
  Json out;
  for (const Knob& knob : knobs()) {
    Json& at = object_at(out, knob.path);
    std::visit([&at](const auto& value) { at = value; }, knob.get(machine));
  }
  return out;
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string hash_text(std::uint64_t hash) { return fmt::format("{:#018x}", hash); }

const char* mmusim_version() { return MMU_VERSION; }

}  // namespace mmu
