#include "sim/experiment/comparison_set.hpp"

#include <algorithm>
#include <filesystem>

#include "hw/arch/errors.hpp"
#include "sim/experiment/sweep_directory.hpp"
#include "sim/result/result_file.hpp"

namespace mmu {
namespace {

/// Results by label, and the label of the one that a sweep compares with.
struct Found {
  std::vector<NamedResult> results;
  std::vector<std::string> directories;
  std::string baseline;
  bool has_sweep = false;
};

void add_sweep(const std::string& path, Found& found) {
  const SweepDirectory sweep(path);
  const std::vector<PointState> states = sweep.states();
  const std::vector<SweepPoint>& points = sweep.plan().points;
  if (found.results.empty()) found.baseline = points[points[0].baseline].name;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (states[i] != PointState::kDone) continue;
    found.results.push_back({points[i].name, sweep.read(i)});
    found.directories.push_back(sweep.result(i));
  }
  found.has_sweep = true;
}

Found find_results(const std::vector<std::string>& paths) {
  Found found;
  for (const std::string& path : paths) {
    if (is_sweep_directory(path)) {
      add_sweep(path, found);
    } else {
      found.results.push_back({path, read_result(path)});
      const std::filesystem::path at(path);
      found.directories.push_back(
          (std::filesystem::is_directory(at) ? at : at.parent_path()).string());
      if (found.results.size() == 1) found.baseline = path;
    }
  }
  return found;
}

/// What decides which cycles a machine takes; the seed belongs to the run.
Json knobs_of(const Json& result) {
  Json knobs = result.at("machine");
  for (const char* key : {"name", "note", "source", "trust", "seed"}) knobs.erase(key);
  return knobs;
}

std::string run_of(const Json& result) {
  const Json& trace = result.at("trace");
  std::string text = trace.at("name").get<std::string>();
  const std::pair<const char*, const char*> limits[] = {
      {"options.skip_instructions", " skipped"},
      {"options.warmup_instructions", " of warm-up"},
      {"options.instructions", " instructions"}};
  for (const auto& [path, what] : limits) {
    const auto limit = number_at(result, path);
    if (limit != 0) text += ", " + std::to_string(limit) + what;
  }
  const auto seed = number_at(result, "machine.seed");
  if (seed != 1) text += ", seed " + std::to_string(seed);
  return text;
}

std::size_t place_of(const std::string& name, std::vector<std::string>& names) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return names.push_back(name), names.size() - 1;
  return static_cast<std::size_t>(found - names.begin());
}

std::size_t place_of(const Json& result, std::vector<ComparisonSet::Machine>& machines) {
  Json knobs = knobs_of(result);
  const auto found =
      std::find_if(machines.begin(), machines.end(),
                   [&](const ComparisonSet::Machine& machine) { return machine.knobs == knobs; });
  const auto place = static_cast<std::size_t>(found - machines.begin());
  if (found == machines.end()) {
    machines.push_back({result.at("machine").at("name").get<std::string>(), std::move(knobs)});
  }
  return place;
}

/// Traces of one name are told apart by their hashes.
std::string key_of_run(const Json& result) {
  return run_of(result) + " " + result.at("trace").at("hash").get<std::string>();
}

void choose_baseline(ComparisonSet& set, const std::string& label) {
  const auto chosen =
      std::find_if(set.entries.begin(), set.entries.end(),
                   [&](const ComparisonSet::Entry& entry) { return entry.result.label == label; });
  if (chosen == set.entries.end()) {
    throw ConfigError("baseline " + label + " is not among the results that are complete");
  }
  set.baseline = chosen->machine;
  for (ComparisonSet::Entry& entry : set.entries) {
    for (std::size_t i = 0; i < set.entries.size() && !entry.baseline; ++i) {
      const ComparisonSet::Entry& other = set.entries[i];
      if (other.machine == set.baseline && other.run == entry.run) entry.baseline = i;
    }
  }
}

}  // namespace

ComparisonSet comparison_set(const std::vector<std::string>& paths, const std::string& baseline) {
  const Found found = find_results(paths);
  if (found.results.size() < 2) {
    throw ConfigError("compare wants at least two results that are complete; here are " +
                      std::to_string(found.results.size()));
  }
  ComparisonSet set;
  set.has_sweep = found.has_sweep;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < found.results.size(); ++i) {
    const NamedResult& result = found.results[i];
    ComparisonSet::Entry entry;
    entry.result = result;
    entry.directory = found.directories[i];
    entry.machine = place_of(result.json, set.machines);
    entry.run = place_of(key_of_run(result.json), keys);
    if (entry.run == set.runs.size()) set.runs.push_back(run_of(result.json));
    set.entries.push_back(std::move(entry));
  }
  choose_baseline(set, baseline.empty() ? found.baseline : baseline);
  return set;
}

}  // namespace mmu
