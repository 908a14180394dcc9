// A sweep on disk: sweep.json with the plan, and for each point a result directory, what it
// printed, and a record of how it failed. Everything can be read back from the files alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/experiment/sweep_plan.hpp"
#include "sim/result/result_json.hpp"

namespace mmu {

enum class PointState : std::uint8_t {
  kMissing,  ///< nothing is there, or something of another trace, machine or option
  kBegun,    ///< under way, or killed
  kFailed,
  kDone,
};
inline constexpr const char* kPointStateNames[] = {"missing", "begun", "failed", "done"};

/// How a point's last attempt ended.
struct PointFailure {
  int status = 0;          ///< exit status; 128 + signal if it was killed
  unsigned attempts = 0;   ///< until then
  bool timed_out = false;  ///< it was ended because its time was over
  std::string message;     ///< the last line that it printed
};

/// Of each point, so that a mistake in any is found before the first one runs. Throws ConfigError,
/// which names the point.
std::vector<Json> resolve_machines(const SweepPlan& plan);

class SweepDirectory {
 public:
  /// A new sweep, or the same one again; `machines` as resolve_machines() has found them. Nothing
  /// is written.
  SweepDirectory(std::string path, SweepPlan plan, RunSettings options, std::vector<Json> machines);
  /// One that write_plan() has written. Throws InputError if there is none, or it is damaged, and
  /// as resolve_machines().
  explicit SweepDirectory(std::string path);

  const std::string& path() const { return path_; }
  const SweepPlan& plan() const { return plan_; }
  const RunSettings& options() const { return options_; }

  /// Makes the directory and writes sweep.json. Throws ConfigError if the path is a file, or a
  /// directory that holds something other than a sweep.
  void write_plan() const;

  std::string result(std::size_t point) const { return path_ + "/" + plan_.points[point].name; }
  /// File for what the point prints.
  std::string output(std::size_t point) const { return result(point) + ".txt"; }
  /// Words of the command that runs the point.
  std::vector<std::string> command(std::size_t point) const;

  /// Of each point. A result counts only if it is of the point's machine.
  std::vector<PointState> states() const;
  /// Requires kDone.
  Json read(std::size_t point) const;

  void record(std::size_t point, const PointFailure& failure) const;
  void forget_failure(std::size_t point) const;
  PointFailure failure(std::size_t point) const;  ///< requires kFailed
  /// Removes what killed attempts at these points have left.
  void clear_debris(const std::vector<std::size_t>& points) const;

 private:
  std::string failure_file(std::size_t point) const { return result(point) + ".failed.json"; }
  bool is_complete(std::size_t point) const;
  PointState state(std::size_t point, bool has_debris) const;

  std::string path_;
  SweepPlan plan_;
  RunSettings options_;
  std::vector<Json> machines_;
};

/// True if `path` is a directory that holds a sweep.
bool is_sweep_directory(const std::string& path);

}  // namespace mmu
