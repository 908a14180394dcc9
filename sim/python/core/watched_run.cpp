#include "sim/python/core/watched_run.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <optional>

#include "hw/arch/errors.hpp"

namespace mmu::python {
namespace {

namespace py = pybind11;
constexpr std::chrono::milliseconds kPeriod{100};

/// What the run's thread and the one that watches tell each other.
struct Shared {
  std::atomic<std::uint64_t> records{0}, instructions{0}, cycles{0};
  std::atomic<bool> stop{false};
};

/// The kernel and the log are one a process. Guarded by the GIL.
class OneAtATime {
 public:
  OneAtATime() {
    if (under_way) {
      throw ConfigError("a run is under way in this process; in_process=False starts another");
    }
    under_way = true;
  }
  ~OneAtATime() { under_way = false; }
  OneAtATime(const OneAtATime&) = delete;
  OneAtATime& operator=(const OneAtATime&) = delete;

 private:
  static inline bool under_way = false;
};

EndedRun run(const RunCommand& command, const traces::MemoryTrace* trace, Shared& shared) {
  const Note ignored = [](const std::string&) {};
  OpenedRun opened = open_run(command, ignored, trace != nullptr ? trace->open() : nullptr);
  return carry_out(
      command, std::move(opened), ignored,
      [&shared](std::uint64_t records, std::uint64_t instructions, std::uint64_t cycles) {
        shared.records = records;
        shared.instructions = instructions;
        shared.cycles = cycles;
        return !shared.stop;
      });
}

/// Lets Python handle its signals and see how far the run is; keeps what that raises first.
void look(Shared& shared, const py::object& progress,
          std::optional<py::error_already_set>& raised) {
  try {
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    if (progress.is_none() || raised) return;
    progress(shared.records.load(), shared.instructions.load(), shared.cycles.load());
  } catch (py::error_already_set& error) {
    if (!raised) raised.emplace(error);
    shared.stop = true;
  }
}

}  // namespace

WatchedRun run_watched(const RunCommand& command, const traces::MemoryTrace* trace,
                       const py::object& progress) {
  const OneAtATime guard;
  Shared shared;
  std::optional<py::error_already_set> raised;
  std::future<EndedRun> finished =
      std::async(std::launch::async, [&] { return run(command, trace, shared); });
  const auto has_ended = [&finished] {
    const py::gil_scoped_release others_may_run;
    return finished.wait_for(kPeriod) == std::future_status::ready;
  };
  while (!has_ended()) look(shared, progress, raised);

  WatchedRun done{finished.get(), false};
  shared.records = done.run.result.cpu.records;
  shared.instructions = done.run.result.cpu.instructions;
  shared.cycles = done.run.result.cpu.cycles;
  look(shared, progress, raised);
  done.interrupted = raised && raised->matches(PyExc_KeyboardInterrupt);
  if (raised && !done.interrupted) throw py::error_already_set(*raised);
  return done;
}

}  // namespace mmu::python
