#include "sim/command/finished_run.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "hw/arch/errors.hpp"
#include "sim/presets/resolve_machine.hpp"
#include "sim/result/result_file.hpp"
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

/// Where the run has found its trace, on the machine on which it ran.
TraceFile trace_of(const std::string& directory) {
  const Json host = host_of(directory);
  if (host.contains("trace")) {
    const auto format = traces::format_of_name(host.value("trace_format", ""));
    return {host["trace"].get<std::string>(), format.value_or(traces::TraceFormat::kAuto)};
  }
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

Replay::Options options_of(const Json& result) {
  Replay::Options options;
  options.map_on_touch = result.at("options").at("map_on_touch").get<bool>();
  if (const std::uint64_t limit = number_at(result, "options.instructions"); limit != 0) {
    options.instructions = limit + number_at(result, "before.skipped_instructions") +
                           number_at(result, "before.warmed_instructions");
  }
  if (result.at("outcome") == "interrupted") {
    options.records =
        number_at(result, "before.records") + number_at(result, "counters.cpu.records");
  }
  return options;
}

}  // namespace

FinishedRun::FinishedRun(std::string directory, const TraceFile& trace)
    : directory_(std::move(directory)),
      result_(result_of(directory_)),
      from_(trace.path.empty() ? trace_of(directory_) : trace),
      machine_(resolve_machine(directory_ + "/machine.toml", {})),
      source_(open_as_run(directory_, result_, from_)),
      replay_(std::make_unique<Replay>(machine_, *source_, options_of(result_))) {}

std::string FinishedRun::play() {
  std::string ended = replay_->run();
  if (result_.at("trace").at("hash") != hash_text(source_->header().hash)) {
    throw InputError(from_.path + " is not the trace of " + directory_ + " (another hash)");
  }
  if (result_.at("map_hash") != hash_text(replay_->software().map_hash())) {
    throw ModelError("the replay of " + from_.path + " ends in another VA->PA map than " +
                     directory_ + ", which mmusim " + result_.at("mmusim").get<std::string>() +
                     " made");
  }
  return ended;
}

}  // namespace mmu
