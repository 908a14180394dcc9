#include "sim/command/explain_run.hpp"

#include <fmt/format.h>

#include "hw/arch/errors.hpp"
#include "sim/presets/presets.hpp"
#include "sim/presets/resolve_machine.hpp"
#include "sim/process/process_memory.hpp"
#include "sim/translate/explain.hpp"
#include "sim/translate/state_words.hpp"
#include "traces/open_trace.hpp"

namespace mmu {
namespace {

/// Before the replay, which may take long.
FaultContext check(const Replay& replay, const ExplainedAccess& access) {
  const PageTableFormat& format = *replay.control().format;
  const VirtAddr va = access.va;
  if (is_canonical(format, va)) return {access.kind, read_state(family_of(format), access.state)};
  const std::string fitting = formats_that_fit(va);
  throw ConfigError(fmt::format(
      "ADDRESS {:#x} is not canonical for {} ({} bits); formats that fit: {}", va.value(),
      format.name, unsigned{format.va_bits}, fitting.empty() ? "none" : fitting));
}

std::string area_text(const os::VmArea* area) {
  if (area == nullptr) return "none holds this address";
  return fmt::format("{:#x} to {:#x}, {} {}", area->range.start, area->range.end,
                     rights_text(area->rights), shown_name(*area));
}

std::string explain(const Replay& replay, std::size_t process, const std::string& ended,
                    VirtAddr va, const FaultContext& access) {
  std::string text;
  if (!ended.empty()) {
    text += "the program ended in an error: " + ended.substr(0, ended.find('\n')) + "\n";
  }
  text += "area: " + area_text(replay.software().areas(process).find(va.value())) + "\n";
  TranslationControl control = replay.control();
  control.root = replay.software().root_of(process);
  return text + explain_translation(control, replay.memory(), va, access);
}

}  // namespace

std::string explain_trace(const ReplayedMachine& machine, const TraceFile& trace,
                          const ExplainedAccess& access) {
  const std::string name(machine.machine.empty() ? kDefaultPreset
                                                 : std::string_view(machine.machine));
  const MachineParams params = resolve_machine(name, machine.overrides);
  const auto source = traces::open_trace(trace.path, {true, trace.format});
  Replay replay(params, *source, {machine.map_on_touch, machine.instructions, 0});
  const FaultContext context = check(replay, access);
  const std::string ended = replay.run();
  return explain(replay, 0, ended, access.va, context);
}

std::string explain_result(const std::string& directory, const MovedTraces& moved,
                           std::uint64_t process, const ExplainedAccess& access) {
  FinishedRun run(directory, moved);
  const std::size_t number = run.only(process);
  const FaultContext context = check(run.replay(), access);
  const std::string ended = run.play();
  return explain(run.replay(), number, ended, access.va, context);
}

}  // namespace mmu
