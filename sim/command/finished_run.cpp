#include "sim/command/finished_run.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "hw/arch/errors.hpp"
#include "sim/presets/resolve_machine.hpp"
#include "sim/result/result_file.hpp"
#include "traces/interleaver.hpp"
#include "traces/open_trace.hpp"
#include "traces/with_executable.hpp"

namespace mmu {
namespace {

/// Not result.json alone: what lies beside it is needed too.
Json result_of(const std::string& directory) {
  if (std::filesystem::is_directory(directory)) return read_result(directory);
  throw InputError(directory + ": not the directory of a finished run");
}

/// What host.json says; an empty object if it cannot be read.
Json host_of(const std::string& directory) {
  std::ifstream in(directory + "/host.json", std::ios::binary);
  Json host = Json::parse(in, nullptr, false);
  return in && host.is_object() ? host : Json::object();
}

/// Nothing if it says no such thing.
std::optional<TraceFile> trace_of(const Json& place) {
  if (!place.is_object() || !place.value("trace", Json()).is_string()) return std::nullopt;
  const Json format = place.value("trace_format", Json(""));
  const auto known = traces::format_of_name(format.is_string() ? format.get<std::string>() : "");
  return TraceFile{place["trace"].get<std::string>(), known.value_or(traces::TraceFormat::kAuto)};
}

/// Where the run has found its traces, on the machine on which it ran.
std::vector<TraceFile> traces_of(const std::string& directory, const Json& result,
                                 const MovedTraces& moved) {
  std::vector<TraceFile> all;
  for (const std::string& path : moved.paths) all.push_back({path, moved.format});
  const std::size_t expected = result.contains("processes") ? result["processes"].size() : 1;
  if (all.size() == expected) return all;
  if (!all.empty()) {
    throw ConfigError(
        fmt::format("--trace: {} of {} traces; give all, in their order", all.size(), expected));
  }
  const Json host = host_of(directory);
  for (const Json& place : host.value("traces", Json::array({host}))) {
    if (const auto trace = trace_of(place)) all.push_back(*trace);
  }
  if (all.size() == expected) return all;
  throw InputError(directory + "/host.json does not say where the trace lies; give --trace FILE");
}

/// With the initial image that the run had.
std::unique_ptr<TraceSource> open_as_run(const std::string& directory, const Json& result,
                                         const TraceFile& from) {
  auto source = traces::open_trace(from.path, {true, from.format});
  if (!result.at("trace").contains("executable")) return source;
  const Json host = host_of(directory);
  const Json file = host.value("executable", Json()), base = host.value("executable_base", Json());
  if (!file.is_string() || !(base.is_null() || base.is_number_unsigned())) {
    throw InputError(directory + "/host.json does not say where the program of --exe lies");
  }
  const auto program = traces::read_executable(
      file.get<std::string>(),
      base.is_null() ? std::nullopt : std::optional(base.get<std::uint64_t>()));
  return traces::with_executable(std::move(source), program);
}

std::unique_ptr<TraceSource> open_all(const std::string& directory, const Json& result,
                                      const std::vector<TraceFile>& from,
                                      const MachineParams& machine) {
  if (from.size() == 1) return open_as_run(directory, result, from[0]);
  std::vector<traces::Interleaver::Trace> all;
  all.reserve(from.size());
  for (const TraceFile& trace : from) {
    all.push_back({open_as_run(directory, result, trace), trace.path});
  }
  return std::make_unique<traces::Interleaver>(std::move(all), machine.os.quantum_instructions);
}

Replay::Options options_of(const Json& result) {
  Replay::Options options;
  options.map_on_touch = result.at("options").at("map_on_touch").get<bool>();
  if (const std::uint64_t limit = number_at(result, "options.instructions"); limit != 0) {
    options.instructions = limit + number_at(result, "before.skipped_instructions") +
                           number_at(result, "before.warmed_instructions");
  }
  if (result.at("outcome") == "interrupted") {
    if (result.contains("sharing")) {
      options.blocks = number_at(result, "sharing.blocks");
    } else {
      options.records =
          number_at(result, "before.records") + number_at(result, "counters.cpu.records");
    }
  }
  return options;
}

}  // namespace

FinishedRun::FinishedRun(std::string directory, const MovedTraces& moved)
    : directory_(std::move(directory)),
      result_(result_of(directory_)),
      from_(traces_of(directory_, result_, moved)),
      machine_(resolve_machine(directory_ + "/machine.toml", {})),
      source_(open_all(directory_, result_, from_, machine_)),
      replay_(std::make_unique<Replay>(machine_, *source_, options_of(result_))) {}

std::string FinishedRun::name_of(std::size_t process) const {
  return fmt::format("process {}: {}", process + 1, file_name(from_[process].path));
}

std::size_t FinishedRun::only(std::uint64_t process) const {
  if (process > processes()) {
    throw ConfigError(fmt::format("--process {}: {} has {}", process, directory_, processes()));
  }
  if (process != 0) return process - 1;
  if (processes() == 1) return 0;
  throw ConfigError(fmt::format("{} has {} processes: say which with --process, from 1", directory_,
                                processes()));
}

std::string FinishedRun::play() {
  std::string ended = replay_->run();
  check_hashes();
  if (result_.at("map_hash") != hash_text(replay_->software().map_hash())) {
    throw ModelError("the replay of " + from_[0].path +
                     (processes() == 1 ? "" : " and the traces with it") +
                     " ends in another VA->PA map than " + directory_ + ", which mmusim " +
                     result_.at("mmusim").get<std::string>() + " made");
  }
  return ended;
}

void FinishedRun::check_hashes() const {
  const std::vector<const TraceHeader*> headers = source_->processes();
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const Json& trace =
        processes() == 1 ? result_.at("trace") : result_.at("processes").at(i).at("trace");
    if (trace.at("hash") == hash_text(headers[i]->hash)) continue;
    throw InputError(from_[i].path + " is not the trace of " + directory_ + " (another hash)");
  }
}

}  // namespace mmu
