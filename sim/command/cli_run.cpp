#include "sim/command/cli_run.hpp"

#include <CLI/CLI.hpp>
#include <string>

#include "sim/waves/wave_file.hpp"

namespace mmu {
namespace {

/// Throws for CLI11 if `text` is no "FROM:TO" with FROM < TO.
CycleWindow read_window(const std::string& option, const std::string& text) {
  CycleWindow window;
  const std::size_t colon = text.find(':');
  const bool is_pair = colon != std::string::npos &&
                       CLI::detail::lexical_cast(text.substr(0, colon), window.from) &&
                       CLI::detail::lexical_cast(text.substr(colon + 1), window.to);
  if (is_pair && !window.is_empty()) return window;
  throw CLI::ValidationError(option,
                             "'" + text + "' is no FROM:TO, two cycles of which FROM is the lower");
}

CLI::Option* window_option(CLI::App& app, const std::string& name, CycleWindow& window,
                           const std::string& help) {
  return app
      .add_option_function<std::string>(
          name, [&window, name](const std::string& text) { window = read_window(name, text); },
          help)
      ->type_name("FROM:TO");
}

void wave_options(CLI::App& app, RunCommand& command) {
  CLI::Option* file =
      app.add_option("--waves", command.waves,
                     "Write the signals of all links and walkers, cycle by cycle, to this file, a "
                     ".vcd, or a .fst (needs GTKWave's vcd2fst); implies --no-run-ahead")
          ->type_name("FILE")
          ->check(CLI::Validator(
              [](const std::string& path) {
                return is_wave_path(path) ? "" : path + " ends neither with .vcd nor with .fst";
              },
              ""));
  window_option(app, "--waves-cycles", command.wave_window,
                "In cycles FROM up to, not including, TO (default 0:1000000)")
      ->needs(file);
  app.parse_complete_callback([&app, file] {
    const CLI::Option& ahead = *app.get_option("--no-run-ahead");
    if (file->count() != 0 && ahead.count() != 0 && !ahead.as<bool>()) {
      throw CLI::ValidationError("--waves",
                                 "every cycle is needed, and --no-run-ahead=false leaves some out");
    }
  });
}

void executable_options(CLI::App& app, RunCommand& command) {
  CLI::Option* file =
      app.add_option("--exe", command.executable,
                     "The program's ELF file (x86-64, RISC-V, AArch64): its segments, interpreter, "
                     "stack and break are what is there before the first record, as Linux maps "
                     "them; what else the trace finds at first stays")
          ->type_name("FILE");
  app.add_option("--exe-base", command.executable_base,
                 "Where a program lies that may lie anywhere (PIE), e.g. 0x108000; default: as "
                 "Linux places it without randomization")
      ->type_name("ADDRESS")
      ->needs(file);
}

void story_options(CLI::App& app, RunCommand& command) {
  app.add_option("--why", command.why,
                 "Explain the N slowest accesses: each with all its cycles (with -o also in "
                 "slowest.json)")
      ->type_name("N")
      ->capture_default_str();
  CLI::Option* file = app.add_option("--timeline", command.timeline,
                                     "Write walks, traps and fences as trace events to this file, "
                                     "for Perfetto or speedscope; 1 us stands for 1 cycle")
                          ->type_name("FILE");
  window_option(app, "--timeline-cycles", command.window,
                "Of what begins in cycles FROM up to, not including, TO (default 0:1000000)")
      ->needs(file);
  wave_options(app, command);
}

}  // namespace

void trace_arguments(CLI::App& app, RunSettings& settings) {
  app.add_option_function<std::vector<std::string>>(
         "TRACE",
         [&settings](const std::vector<std::string>& traces) {
           settings.trace = traces.front();
           settings.with.assign(traces.begin() + 1, traces.end());
         },
         "The trace to replay: mmusim's own format, a capture stream, a lackey log, ChampSim's "
         "or DynamoRIO's (a file, or the folder of its threads); plain or packed with gzip, xz, "
         "bzip2, zstd or zip. Or a workload, "
         "e.g. gups:bytes=1GiB,accesses=10M,seed=3 (see mmusim trace workloads). Several: "
         "processes that take turns on the core (os.quantum_instructions), each in an address "
         "space of its own")
      ->required()
      ->expected(1, 1000);
}

void region_options(CLI::App& app, RunSettings& settings) {
  app.add_option("--skip", settings.skip_instructions,
                 "First pass over so many instructions, for the operating system only: page "
                 "tables, faults, system calls; no time passes and nothing is counted")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--warmup", settings.warmup_instructions,
                 "Then fill TLBs, walk caches, caches and DRAM rows by so many instructions, "
                 "likewise")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--instructions", settings.instructions,
                 "Then stop after so many instructions; 0: run to the end")
      ->type_name("N")
      ->capture_default_str();
}

void run_only_options(CLI::App& app, RunCommand& command) {
  executable_options(app, command);
  story_options(app, command);
}

}  // namespace mmu
