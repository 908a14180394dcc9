#include "sim/command/cli_memory.hpp"

#include <CLI/CLI.hpp>
#include <string>

#include "hw/dram/dram_presets.hpp"

namespace mmu {

CLI::App& memory_options(CLI::App& app, MemoryReplayCommand& command) {
  CLI::App& memory = *app.add_subcommand("memory", "Play requests against DRAM alone");
  memory.require_subcommand(1);
  CLI::App& replay = *memory.add_subcommand(
      "replay", "Play a file of requests: latency, bandwidth, row hits of each channel");
  std::string names;
  for (const std::string_view name : dram_preset_names()) {
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  replay
      .add_option("FILE", command.file,
                  "Lines of DRAMsim3, ADDRESS READ|WRITE CYCLE, or Ramulator, ADDRESS R|W; plain "
                  "or compressed")
      ->required();
  replay.add_option("-m,--machine", command.machine, "Parameters of the DRAM: " + names)
      ->type_name("PRESET")
      ->capture_default_str();
  replay
      .add_option("--set", command.overrides,
                  "Override a knob, e.g. dram.row_policy=closed; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false)
      ->take_all();
  replay.add_flag("--json", command.json, "As JSON");
  replay.footer("Exit status: 0 played; 2 usage; 3 a bad file.");
  return replay;
}

}  // namespace mmu
