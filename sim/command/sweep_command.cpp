// mmusim sweep: every combination of some settings, each in a process and a directory of its own.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include "hw/arch/errors.hpp"
#include "sim/command/commands.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/command/process_pool.hpp"
#include "sim/command/stop_signal.hpp"
#include "sim/command/sweep_plan.hpp"
#include "sim/presets/resolve_machine.hpp"
#include "sim/result/figures.hpp"
#include "sim/result/result_file.hpp"
#include "sim/result/text_table.hpp"
#include "traces/open_trace.hpp"

namespace mmu {
namespace {

namespace fs = std::filesystem;

/// Marks a directory as a sweep's, and names its points in order.
constexpr const char* kSweepFile = "sweep.json";

enum class PointState { kWaits, kKept, kDone, kFailed };

class Sweep {
 public:
  explicit Sweep(const SweepCommand& command);
  int run();

 private:
  void check_machines();
  void open_directory() const;
  std::string directory(std::size_t i) const { return settings_.out + "/" + plan_.points[i].name; }
  std::string output(std::size_t i) const { return directory(i) + ".txt"; }
  bool is_complete(std::size_t i) const;
  Job job(std::size_t i) const;
  void ended(std::size_t i, int status);
  std::string table() const;
  int status() const;

  const RunSettings settings_;
  unsigned at_once_;
  SweepPlan plan_;
  std::vector<Json> machines_;
  std::string trace_name_, trace_hash_;
  std::vector<PointState> states_;
  int worst_ = kExitDone;
  std::size_t finished_ = 0;
};

Sweep::Sweep(const SweepCommand& command)
    : settings_(command.settings),
      at_once_(command.jobs != 0 ? command.jobs
                                 : std::max(1u, std::thread::hardware_concurrency())),
      plan_(plan_sweep(settings_.overrides)),
      trace_name_(file_name(settings_.trace)),
      states_(plan_.points.size(), PointState::kWaits) {
  check_machines();
  const auto trace = traces::open_trace(settings_.trace);
  if (trace->header().hash != 0) trace_hash_ = hash_text(trace->header().hash);
  open_directory();
}

/// A mistake in any point is found before the first one runs.
void Sweep::check_machines() {
  for (const SweepPoint& point : plan_.points) {
    try {
      machines_.push_back(machine_json(resolve_machine(settings_.machine, point.overrides)));
    } catch (const ConfigError& error) {
      if (plan_.points.size() == 1) throw;
      throw ConfigError("point " + point.name + ":\n" + error.what());
    }
  }
}

void Sweep::open_directory() const {
  const fs::path out(settings_.out);
  std::error_code error;
  if (fs::exists(out) && !fs::is_directory(out)) {
    throw ConfigError(settings_.out + ": is a file, not a directory");
  }
  if (fs::exists(out) && !fs::is_empty(out) && !fs::exists(out / kSweepFile)) {
    throw ConfigError(settings_.out +
                      ": exists, is not empty and holds no sweep; choose another -o");
  }
  fs::create_directories(out, error);
  if (error) throw ConfigError(settings_.out + ": cannot be made: " + error.message());
  Json json = {{"schema", kResultSchema},
               {"mmusim", mmusim_version()},
               {"trace", trace_name_},
               {"keys", plan_.keys},
               {"points", Json::array()}};
  for (const SweepPoint& point : plan_.points) json["points"].push_back(point.name);
  std::ofstream file(out / kSweepFile, std::ios::binary);
  file << json.dump(1) << '\n';
  if (!file) throw ConfigError(settings_.out + ": cannot be written");
}

/// True if the point's result is whole and of the same machine, trace and options.
bool Sweep::is_complete(std::size_t i) const {
  if (!is_result_directory(directory(i))) return false;
  const Json json = read_result(directory(i));
  const Json& options = json.at("options");
  const bool same_trace = json.at("trace").at("name") == trace_name_ &&
                          (trace_hash_.empty() || json.at("trace").at("hash") == trace_hash_);
  return !json.at("partial").get<bool>() && same_trace && json.at("mmusim") == mmusim_version() &&
         json.at("machine") == machines_[i] &&
         json.contains("miss_classes") == settings_.miss_classes &&
         options.at("instructions") == settings_.instructions &&
         options.at("map_on_touch") == settings_.map_on_touch &&
         options.at("watchdog_cycles") == settings_.watchdog_cycles &&
         options.at("interval_instructions") == settings_.interval_instructions;
}

Job Sweep::job(std::size_t i) const {
  std::vector<std::string> words{"run", "-m", settings_.machine, "-o", directory(i)};
  for (const std::string& text : plan_.points[i].overrides) {
    words.insert(words.end(), {"--set", text});
  }
  words.insert(words.end(), {"--instructions", std::to_string(settings_.instructions), "--watchdog",
                             std::to_string(settings_.watchdog_cycles), "--interval",
                             std::to_string(settings_.interval_instructions)});
  if (settings_.map_on_touch) words.emplace_back("--map-on-touch");
  if (settings_.miss_classes) words.emplace_back("--miss-classes");
  if (settings_.check) words.emplace_back("--check");
  if (settings_.no_run_ahead) words.emplace_back("--no-run-ahead");
  words.insert(words.end(), {"--", settings_.trace});
  return {words, output(i)};
}

void Sweep::ended(std::size_t i, int status) {
  states_[i] = status == kExitDone ? PointState::kDone : PointState::kFailed;
  worst_ = std::max(worst_, status);
  ++finished_;
  std::cerr << "mmusim: " << finished_ << " of " << plan_.points.size()
            << " points: " << plan_.points[i].name;
  if (status != kExitDone) std::cerr << " ended with status " << status << "; see " << output(i);
  std::cerr << '\n';
}

std::string Sweep::table() const {
  std::vector<std::string> head = plan_.keys;
  for (const char* name :
       {"cycles", "IPC", "ITLB MPKI", "DTLB MPKI", "STLB MPKI", "walks", "translation", "state"}) {
    head.emplace_back(name);
  }
  TextTable table(head);
  constexpr const char* kStates[] = {"not run", "kept", "done", "failed"};
  for (std::size_t i = 0; i < plan_.points.size(); ++i) {
    std::vector<std::string> row = plan_.points[i].values;
    const bool has_result = is_result_directory(directory(i)) && states_[i] != PointState::kWaits;
    if (has_result) {
      const Json json = read_result(directory(i));
      const auto count = [&](const char* path) { return grouped(number_at(json, path)); };
      row.insert(row.end(), {count("counters.cpu.cycles"), fixed(ipc(json), 4),
                             fixed(tlb_mpki(json, "itlb"), 3), fixed(tlb_mpki(json, "dtlb"), 3),
                             fixed(tlb_mpki(json, "stlb"), 3), count("counters.mmu.walker.walks"),
                             percent(translation_share(json), 2)});
    } else {
      row.resize(row.size() + 7, "-");
    }
    row.emplace_back(kStates[static_cast<unsigned>(states_[i])]);
    table.add(row);
  }
  return table.text(0, 0);
}

int Sweep::status() const {
  if (StopSignal::asked()) return kExitSimulated;
  return worst_ > kExitInternal ? kExitInternal : worst_;  // killed: nobody checked anything
}

int Sweep::run() {
  const StopSignal stop;
  std::vector<Job> jobs;
  std::vector<std::size_t> points;
  for (std::size_t i = 0; i < plan_.points.size(); ++i) {
    if (is_complete(i)) {
      states_[i] = PointState::kKept;
      ++finished_;
    } else {
      points.push_back(i);
      jobs.push_back(job(i));
    }
  }
  run_jobs(jobs, at_once_, [&](std::size_t index, int status) { ended(points[index], status); });
  std::cout << table();
  if (StopSignal::asked()) {
    std::cout.flush();
    std::cerr << "mmusim: interrupted; the same command goes on with what is missing\n";
  }
  return status();
}

}  // namespace

int execute(const SweepCommand& command) { return Sweep(command).run(); }

}  // namespace mmu
