// mmusim regress: the cases of a suite against what they gave before.
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <set>

#include "hw/arch/errors.hpp"
#include "sim/command/commands.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/command/sweep_run.hpp"
#include "sim/command/sweep_subject.hpp"
#include "sim/experiment/regression.hpp"
#include "sim/experiment/suite.hpp"
#include "sim/result/text_file.hpp"

namespace mmu {
namespace {

namespace fs = std::filesystem;

/// Where the cases run: what the user names and keeps, or a folder that goes with this object.
class Workspace {
 public:
  explicit Workspace(const std::string& kept) : path_(kept), temporary_(kept.empty()) {
    if (!temporary_ && fs::exists(kept) && (!fs::is_directory(kept) || !fs::is_empty(kept))) {
      throw ConfigError(kept + ": a suite runs anew; -o must be a new or empty directory");
    }
    if (temporary_) {
      path_ = (fs::temp_directory_path() / "mmusim-regress-XXXXXX").string();
      if (mkdtemp(path_.data()) == nullptr) throw ConfigError(path_ + ": cannot be made");
    }
  }
  ~Workspace() {
    std::error_code ignored;
    if (temporary_) fs::remove_all(path_, ignored);
  }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool temporary_;
};

/// Nothing for a case that has no file yet. Throws InputError for one that cannot be understood.
std::optional<Json> read_expected(const std::string& path) {
  if (!fs::exists(path)) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  try {
    Json json = Json::parse(in);
    if (json.is_object()) return json;
    throw InputError(path + ": must be an object of figures");
  } catch (const Json::exception& error) {
    throw InputError(path + ": damaged: " + error.what());
  }
}

/// Files that belong to no case any more. Only of a whole suite.
void warn_of_leftovers(const Suite& suite) {
  if (!fs::is_directory(suite.expected_folder())) return;
  std::set<std::string> known, left;
  for (std::size_t i = 0; i < suite.plan.points.size(); ++i) {
    known.insert(fs::path(suite.expected_file(i)).filename().string());
  }
  for (const auto& entry : fs::directory_iterator(suite.expected_folder())) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() == ".json" && known.count(name) == 0) left.insert(name);
  }
  for (const std::string& name : left) {
    std::cerr << "mmusim: warning: " << suite.expected_folder() << "/" << name
              << " is of no case of the suite\n";
  }
}

CaseReport report_of(const Suite& suite, const SweepDirectory& sweep, std::size_t i,
                     PointState state, const std::optional<Json>& before) {
  CaseReport report;
  report.name = suite.plan.points[i].name;
  if (state == PointState::kFailed) {
    const PointFailure failure = sweep.failure(i);
    report.verdict = CaseVerdict::kFailed;
    report.status = failure.timed_out ? kExitSimulated : failure.status;
    report.message = failure.message;
  } else if (state == PointState::kDone) {
    Json now = expected_of(sweep.read(i), suite.figures);
    if (before) return compare_case(report.name, *before, std::move(now), suite.tolerances);
    report.verdict = CaseVerdict::kNew;
    report.figures = all_figures(now).size();
    report.now = std::move(now);
  }
  return report;
}

/// Writes what is new or moved, each file whole or not at all, and says so.
void accept(const Suite& suite, const std::vector<CaseReport>& cases) {
  std::error_code error;
  fs::create_directories(suite.expected_folder(), error);
  if (error) throw ConfigError(suite.expected_folder() + ": cannot be made: " + error.message());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const CaseReport& report = cases[i];
    if (report.verdict != CaseVerdict::kMoved && report.verdict != CaseVerdict::kNew) continue;
    replace_text(suite.expected_file(i), report.now.dump(1) + "\n");
    const bool moved = report.verdict == CaseVerdict::kMoved;
    std::cout << "accepted " << suite.expected_file(i) << ": "
              << (moved ? report.moves.size() : report.figures)
              << (moved ? " figures moved\n" : " figures, new\n");
  }
}

bool any_is(const std::vector<CaseReport>& cases, CaseVerdict verdict) {
  return std::any_of(cases.begin(), cases.end(),
                     [&](const CaseReport& report) { return report.verdict == verdict; });
}

int status_of(const SweepRun& run, const std::vector<CaseReport>& cases, bool accepted) {
  const bool differs = any_is(cases, CaseVerdict::kMoved) || any_is(cases, CaseVerdict::kNew);
  return std::max(run.status(), differs && !accepted ? kExitSimulated : kExitDone);
}

}  // namespace

int execute(const RegressCommand& command) {
  Suite suite = read_suite(command.suite);
  if (command.only.empty()) warn_of_leftovers(suite);
  keep_only(suite, command.only);
  std::vector<std::optional<Json>> before;
  for (std::size_t i = 0; i < suite.plan.points.size(); ++i) {
    before.push_back(read_expected(suite.expected_file(i)));
  }
  const RunSettings& options = suite.experiment.options;
  SweepPlan plan = suite.plan;
  make_absolute(plan, options.format);

  const Workspace workspace(command.out);
  SweepDirectory sweep(workspace.path(), std::move(plan), options, suite.machines);
  sweep.write_plan();
  SweepRun run(command.pool, sweep);
  run.run();

  const std::vector<PointState> states = sweep.states();
  std::vector<CaseReport> cases;
  for (std::size_t i = 0; i < states.size(); ++i) {
    cases.push_back(report_of(suite, sweep, i, states[i], before[i]));
  }
  if (!command.json.empty()) {
    write_text(command.json, regression_json(command.suite, cases).dump(1) + "\n");
  }
  std::cout << regression_text(cases);
  const bool accepted = command.accept && !run.interrupted();
  if (accepted) accept(suite, cases);
  std::cout.flush();
  if (run.interrupted()) {
    run.say(command.accept ? "interrupted; nothing is accepted" : "interrupted");
  }
  return status_of(run, cases, accepted);
}

}  // namespace mmu
