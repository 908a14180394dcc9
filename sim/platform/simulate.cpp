#include "sim/platform/simulate.hpp"

#include <optional>

#include "hw/arch/errors.hpp"
#include "sim/platform/fresh_kernel.hpp"
#include "sim/platform/platform.hpp"

namespace mmu {
namespace {

/// Runs `action`; how it ended, and why.
template <class Action>
Outcome outcome_of(Action action, std::string& message) {
  try {
    action();
    return Outcome::kDone;
  } catch (const SimulatedError& error) {
    message = error.what();
    return Outcome::kSimulatedError;
  } catch (const InputError& error) {
    message = error.what();
    return Outcome::kInputError;
  } catch (const ModelError& error) {
    message = error.what();
    return Outcome::kInternalError;
  }
}

}  // namespace

RunResult simulate(const MachineParams& machine, TraceSource& trace, const RunOptions& options) {
  FreshKernel kernel;
  bool interrupted = false;
  RunOptions watched = options;
  if (options.progress) {
    watched.progress = [&](std::uint64_t records, std::uint64_t instructions,
                           std::uint64_t cycles) {
      interrupted = interrupted || !options.progress(records, instructions, cycles);
      return !interrupted;
    };
  }

  std::string message;
  std::optional<Platform> platform;
  RunResult result;
  Outcome outcome = outcome_of([&] { platform.emplace(machine, trace, watched); }, message);
  if (platform) {
    outcome = outcome_of([&] { platform->run(); }, message);
    result = platform->result();
    if (options.inspect) options.inspect(platform->memory(), platform->control());
  }
  // One who is stopped before the first cycle finds nothing left to measure.
  if (interrupted && (outcome == Outcome::kDone || outcome == Outcome::kInputError)) {
    outcome = Outcome::kInterrupted;
    message = "interrupted";
  }
  result.outcome = outcome;
  result.message = message;
  return result;
}

}  // namespace mmu
