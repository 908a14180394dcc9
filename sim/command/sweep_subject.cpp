#include "sim/command/sweep_subject.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

#include "hw/arch/errors.hpp"
#include "sim/experiment/experiment_file.hpp"
#include "sim/presets/presets.hpp"
#include "sim/result/paths.hpp"
#include "sim/result/text_file.hpp"
#include "traces/open_trace.hpp"

namespace mmu {
namespace {

namespace fs = std::filesystem;

bool is_default(const RunSettings& settings) {
  const RunSettings by_default;
  const auto same = [&](const auto& option) {
    return settings.*option.member == by_default.*option.member;
  };
  return settings.overrides.empty() && settings.machine == kDefaultPreset &&
         std::all_of(std::begin(kNumberOptions), std::end(kNumberOptions), same) &&
         std::all_of(std::begin(kFlagOptions), std::end(kFlagOptions), same) &&
         settings.format == by_default.format;
}

Experiment on_command_line(const RunSettings& settings) {
  Experiment experiment;
  experiment.traces = {settings.trace};
  experiment.machines = {settings.machine};
  experiment.axes = axes_of(settings.overrides);
  experiment.options = settings;
  return experiment;
}

}  // namespace

void make_absolute(SweepPlan& plan, traces::TraceFormat format) {
  std::map<std::string, std::string> hashes;
  for (SweepPoint& point : plan.points) {
    const bool is_preset = find_preset(point.machine) != nullptr;  // no file
    if (!is_preset) point.machine = absolute_path(point.machine);
    if (!traces::is_workload(point.trace, format)) point.trace = absolute_path(point.trace);
    if (hashes.count(point.trace) == 0) {
      const std::uint64_t hash = traces::open_trace(point.trace, {true, format})->header().hash;
      hashes[point.trace] = hash == 0 ? "" : hash_text(hash);
    }
    point.trace_hash = hashes[point.trace];
  }
}

SweepDirectory sweep_subject(const SweepCommand& command) {
  const RunSettings& settings = command.settings;
  const bool is_directory =
      fs::is_directory(settings.trace) && !traces::is_trace_folder(settings.trace);
  const bool is_file = fs::path(settings.trace).extension() == ".toml";
  if ((is_directory || is_file) && !is_default(settings)) {
    throw ConfigError(settings.trace + ": says itself what is run; -m, --set and the options of " +
                      "runs do not go with it");
  }
  if (is_directory) {
    if (!settings.out.empty()) throw ConfigError("-o does not go with a sweep that has begun");
    return SweepDirectory(absolute_path(settings.trace));
  }
  if (command.mode == SweepMode::kStatus || command.mode == SweepMode::kCollect) {
    throw ConfigError(settings.trace + ": --status and --collect want the directory of a sweep");
  }
  const Experiment experiment =
      is_file ? read_experiment(settings.trace) : on_command_line(settings);
  SweepPlan plan = plan_sweep(experiment);
  std::string out = settings.out;
  if (out.empty()) {
    out = is_file ? fs::path(settings.trace).stem().string() + "-sweep" : "mmusim-sweep";
  }
  std::vector<Json> machines = resolve_machines(plan);  // before any trace is opened
  make_absolute(plan, experiment.options.format);
  return SweepDirectory(out, std::move(plan), experiment.options, std::move(machines));
}

void write_csv(const SweepDirectory& sweep, const std::vector<PointFigures>& figures,
               const std::vector<std::string>& words) {
  write_text(sweep.path() + "/sweep.csv", sweep_csv(sweep.plan(), figures, words));
}

unsigned at_once(const PoolSettings& settings) {
  return settings.jobs != 0 ? settings.jobs : std::max(1u, std::thread::hardware_concurrency());
}

std::string last_line_of(const std::string& path) {
  std::ifstream in(path);
  std::string line, last;
  while (std::getline(in, line)) {
    const bool is_message = line.rfind("mmusim: ", 0) == 0;
    const bool explains_one = last.rfind("mmusim: ", 0) == 0;
    if (!line.empty() && (is_message || !explains_one)) last = line;
  }
  return last;
}

SweepShard read_shard(const std::string& text) {
  SweepShard shard;
  const char* const end = text.data() + text.size();
  const auto [slash, error] = std::from_chars(text.data(), end, shard.index);
  if (error == std::errc() && slash != end && *slash == '/') {
    const auto [stop, second] = std::from_chars(slash + 1, end, shard.of);
    if (second == std::errc() && stop == end && shard.index < shard.of) return shard;
  }
  throw ConfigError("--shard " + text + ": must be I/N with I from 0 to N-1, e.g. 0/4");
}

}  // namespace mmu
