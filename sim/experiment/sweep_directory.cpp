#include "sim/experiment/sweep_directory.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "hw/arch/errors.hpp"
#include "sim/experiment/plan_json.hpp"
#include "sim/presets/resolve_machine.hpp"
#include "sim/result/result_file.hpp"
#include "sim/result/text_file.hpp"

namespace mmu {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPlanFile = "sweep.json";

/// By the name of the point: what ResultDirectory writes to the side, ".NAME.partial-PID".
using Debris = std::multimap<std::string, fs::path>;

Debris debris_in(const std::string& path) {
  const std::string mark = ".partial-";
  Debris debris;
  for (const auto& entry : fs::directory_iterator(path)) {
    const std::string file = entry.path().filename().string();
    const std::size_t end = file.rfind(mark);
    if (file[0] != '.' || end == std::string::npos || end == 0) continue;
    debris.emplace(file.substr(1, end - 1), entry.path());
  }
  return debris;
}

}  // namespace

bool is_sweep_directory(const std::string& path) { return fs::exists(path + "/" + kPlanFile); }

std::vector<Json> resolve_machines(const SweepPlan& plan) {
  std::vector<Json> machines;
  for (const SweepPoint& point : plan.points) {
    try {
      machines.push_back(machine_json(resolve_machine(point.machine, point.overrides)));
    } catch (const ConfigError& error) {
      if (plan.points.size() == 1) throw;
      throw ConfigError("point " + point.name + ":\n" + error.what());
    }
  }
  return machines;
}

SweepDirectory::SweepDirectory(std::string path, SweepPlan plan, RunSettings options,
                               std::vector<Json> machines)
    : path_(std::move(path)),
      plan_(std::move(plan)),
      options_(std::move(options)),
      machines_(std::move(machines)) {}

SweepDirectory::SweepDirectory(std::string path) : path_(std::move(path)) {
  const std::string file = path_ + "/" + kPlanFile;
  std::ifstream in(file, std::ios::binary);
  if (!in) throw InputError(path_ + ": no sweep here (" + file + " cannot be read)");
  try {
    const Json json = Json::parse(in);
    plan_ = plan_of(json);
    options_ = options_of(json);
  } catch (const Json::exception& error) {
    throw InputError(file + ": damaged: " + error.what());
  }
  machines_ = resolve_machines(plan_);
}

void SweepDirectory::write_plan() const {
  const fs::path out(path_);
  std::error_code error;
  if (fs::exists(out) && !fs::is_directory(out)) {
    throw ConfigError(path_ + ": is a file, not a directory");
  }
  if (fs::exists(out) && !fs::is_empty(out) && !is_sweep_directory(path_)) {
    throw ConfigError(path_ + ": exists, is not empty and holds no sweep; choose another -o");
  }
  fs::create_directories(out, error);
  if (error) throw ConfigError(path_ + ": cannot be made: " + error.message());
  replace_text(path_ + "/" + kPlanFile, plan_json(plan_, options_).dump(1) + "\n");
}

std::vector<std::string> SweepDirectory::command(std::size_t i) const {
  const SweepPoint& point = plan_.points[i];
  std::vector<std::string> words{"run", "-m", point.machine, "-o", result(i)};
  for (const std::string& text : point.overrides) words.insert(words.end(), {"--set", text});
  for (const NumberOption& number : kNumberOptions) {
    words.insert(words.end(),
                 {std::string("--") + number.name, std::to_string(options_.*number.member)});
  }
  words.insert(words.end(), {"--format", std::string(traces::name_of(options_.format))});
  for (const FlagOption& flag : kFlagOptions) {
    if (options_.*flag.member) words.emplace_back(flag.flag);
  }
  words.insert(words.end(), {"--", point.trace});
  return words;
}

/// True if the point's result is whole and of the same machine, trace and options.
bool SweepDirectory::is_complete(std::size_t i) const {
  if (!is_result_directory(result(i))) return false;
  const Json json = read_result(result(i));
  const Json& options = json.at("options");
  return !json.at("partial").get<bool>() && json.at("mmusim") == mmusim_version() &&
         json.at("trace").at("name") == file_name(plan_.points[i].trace) &&
         (plan_.points[i].trace_hash.empty() ||
          json.at("trace").at("hash") == plan_.points[i].trace_hash) &&
         json.at("machine") == machines_[i] &&
         json.contains("miss_classes") == options_.miss_classes &&
         options.at("map_on_touch") == options_.map_on_touch &&
         std::all_of(
             std::begin(kNumberOptions), std::end(kNumberOptions), [&](const NumberOption& number) {
               return options.value(number.key, std::uint64_t{0}) == options_.*number.member;
             });
}

void SweepDirectory::clear_debris(const std::vector<std::size_t>& points) const {
  const Debris debris = debris_in(path_);
  for (const std::size_t point : points) {
    const auto [first, last] = debris.equal_range(plan_.points[point].name);
    for (auto i = first; i != last; ++i) fs::remove_all(i->second);
  }
}

PointState SweepDirectory::state(std::size_t point, bool has_debris) const {
  if (is_complete(point)) return PointState::kDone;
  if (has_debris) return PointState::kBegun;
  return fs::exists(failure_file(point)) ? PointState::kFailed : PointState::kMissing;
}

std::vector<PointState> SweepDirectory::states() const {
  std::vector<PointState> states(plan_.points.size(), PointState::kMissing);
  if (!fs::exists(path_)) return states;
  const Debris debris = debris_in(path_);
  for (std::size_t i = 0; i < states.size(); ++i) {
    states[i] = state(i, debris.count(plan_.points[i].name) != 0);
  }
  return states;
}

Json SweepDirectory::read(std::size_t point) const { return read_result(result(point)); }

void SweepDirectory::record(std::size_t point, const PointFailure& failure) const {
  const Json json = {{"status", failure.status},
                     {"attempts", failure.attempts},
                     {"timed_out", failure.timed_out},
                     {"message", failure.message}};
  replace_text(failure_file(point),
               json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

void SweepDirectory::forget_failure(std::size_t point) const {
  std::error_code ignored;
  fs::remove(failure_file(point), ignored);
}

PointFailure SweepDirectory::failure(std::size_t point) const {
  std::ifstream in(failure_file(point), std::ios::binary);
  const Json json = Json::parse(in, nullptr, false);
  if (!json.is_object()) throw InputError(failure_file(point) + ": damaged");
  return {json.value("status", 0), json.value("attempts", 0u), json.value("timed_out", false),
          json.value("message", "")};
}

}  // namespace mmu
