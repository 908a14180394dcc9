// CLI11 is slow to compile: only this file and cli_*.cpp include it.
#include "sim/command/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <string>

#include "hw/common/log.hpp"
#include "sim/command/cli_memory.hpp"
#include "sim/command/cli_os.hpp"
#include "sim/command/cli_regress.hpp"
#include "sim/command/cli_reuse.hpp"
#include "sim/command/cli_run.hpp"
#include "sim/command/cli_texts.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/command/sweep_subject.hpp"
#include "sim/presets/presets.hpp"
#include "sim/result/result_json.hpp"

namespace mmu {
namespace {

constexpr const char* kExitStatuses =
    "Exit status: 0 done; 1 the simulated system ended in an error, or the run was interrupted;\n"
    "2 usage or configuration; 3 bad input file; 4 an internal check failed.";

template <class Values>
std::string joined(const Values& values) {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : ", ") + std::string(value);
  return text;
}

/// Each method describes one command; what it fills becomes `chosen` when the command is given.
class CommandLine {
 public:
  CommandLine();
  ParsedCommandLine parse(int argc, const char* const* argv, std::ostream& out, std::ostream& err);
  CommandDescription description() const { return describe(app_); }

 private:
  void run();
  void sweep();
  void sweep_modes(CLI::App& app);
  void compare();
  void machine();
  void translate();
  void trace();

  void machine_options(CLI::App& app, std::string& machine, std::vector<std::string>& overrides,
                       const std::string& set_help);
  void run_options(CLI::App& app, RunSettings& settings);
  static void format_option(CLI::App& app, traces::TraceFormat& format);
  template <class T>
  void choose(CLI::App& app, const T& command) {
    app.callback([this, &command] { chosen_ = command; });
  }

  CLI::App app_{"mmusim: a cycle-level model of a memory management unit that replays real traces.",
                "mmusim"};
  std::optional<Command> chosen_;
  RunCommand run_;
  SweepCommand sweep_;
  RegressCommand regress_;
  CompareCommand compare_;
  MachineListCommand list_;
  MachineShowCommand show_;
  MachineProbeCommand probe_;
  MachineCheckCommand check_;
  TranslateCommand translate_;
  TraceConvertCommand convert_;
  TraceInfoCommand info_;
  TraceHeadCommand head_;
  TraceCheckCommand check_trace_;
  TraceWorkloadsCommand workloads_;
  OsCommand os_;
  MemoryReplayCommand memory_;
  CompletionCommand completion_;
  CompleteCommand complete_;
  ManualCommand manual_;
};

CommandLine::CommandLine() {
  app_.set_version_flag("--version", std::string("mmusim ") + mmusim_version(),
                        "Print the version and exit");
  app_.set_help_flag("-h,--help", "Print this help and exit");
  app_.require_subcommand(1);
  app_.footer(std::string("\"mmusim COMMAND --help\" says more of a command.\n") + kExitStatuses);
  run();
  sweep();
  choose(regress_options(app_, regress_), regress_);
  compare();
  machine();
  translate();
  trace();
  choose(os_options(app_, os_), os_);
  choose(memory_options(app_, memory_), memory_);
  choose(completion_options(app_, completion_), completion_);
  choose(complete_options(app_, complete_), complete_);
  choose(manual_options(app_), manual_);
}

void CommandLine::machine_options(CLI::App& app, std::string& machine,
                                  std::vector<std::string>& overrides,
                                  const std::string& set_help) {
  machine = kDefaultPreset;
  app.add_option("-m,--machine", machine,
                 "A preset (" + joined(preset_names()) + ") or a machine file (.toml)")
      ->type_name("PRESET|FILE")
      ->capture_default_str();
  app.add_option("--set", overrides, set_help)
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false)
      ->take_all();
}

void CommandLine::format_option(CLI::App& app, traces::TraceFormat& format) {
  const auto& names = traces::kTraceFormatNames;
  app.add_option_function<std::string>(
         "--format", [&format](const std::string& name) { format = *traces::format_of_name(name); },
         "The trace's format (default auto: by its content)")
      ->type_name("NAME")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(names), std::end(names))));
}

void CommandLine::run_options(CLI::App& app, RunSettings& settings) {
  region_options(app, settings);
  app.add_flag("--map-on-touch", settings.map_on_touch,
               "An access outside of every mapped area makes one, instead of a segmentation "
               "fault; for traces that carry no mappings");
  app.add_flag("--no-run-ahead", settings.no_run_ahead,
               "Deliver every event when kernel time equals its cycle: slower, same results");
  app.add_flag("--check", settings.check,
               "Hold every answer against the page tables and the rules of docs/checking.md: "
               "slower, same results; a broken rule ends the run with status 4");
  app.add_flag("--miss-classes", settings.miss_classes,
               "Say of each TLB how many misses are cold, for want of capacity, conflicts, or due "
               "to fences: slower, same results");
  app.add_option("--watchdog", settings.watchdog_cycles,
                 "Give up after so many cycles in which nothing retires; 0: never")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--interval", settings.interval_instructions,
                 "Write a line of intervals.csv every N instructions (needs -o); 0: none")
      ->type_name("N")
      ->capture_default_str();
  format_option(app, settings.format);
}

void CommandLine::run() {
  CLI::App& app = *app_.add_subcommand("run", "Replay a trace through a machine");
  RunSettings& settings = run_.settings;
  machine_options(app, settings.machine, settings.overrides,
                  "Override a knob, e.g. mmu.stlb.entries=1024; may be repeated");
  app.add_option("-o,--out", settings.out,
                 "Write the results to this directory: machine.toml, result.json, "
                 "attribution.json, host.json, intervals.csv, walk_latency.csv, log.txt")
      ->type_name("DIR");
  run_options(app, settings);
  app.add_option("--log", settings.log,
                 "Show messages, e.g. mmu.walker=debug; may be repeated. Sources: " +
                     joined(kLogNames) + ", all. Levels: " + joined(kLogLevelNames))
      ->type_name("SOURCE=LEVEL")
      ->allow_extra_args(false)
      ->take_all();
  run_only_options(app, run_);
  app.footer(kExitStatuses);
  trace_arguments(app, settings);
  choose(app, run_);
}

void CommandLine::sweep() {
  CLI::App& app = *app_.add_subcommand(
      "sweep", "Run every combination of traces, machines and settings, in parallel");
  RunSettings& settings = sweep_.settings;
  machine_options(app, settings.machine, settings.overrides,
                  "With a trace: a knob and its values, e.g. mmu.stlb.entries=512,1024; may be "
                  "repeated");
  app.add_option("-o,--out", settings.out,
                 "One result directory for each combination goes here; complete ones are kept and "
                 "not run again. Default: mmusim-sweep, or of EXPERIMENT.toml EXPERIMENT-sweep")
      ->type_name("DIR");
  pool_options(app, sweep_.pool);
  retry_option(app, sweep_.pool);
  run_options(app, settings);
  sweep_modes(app);
  app.add_option(
         "SUBJECT", settings.trace,
         "A trace or workload; an experiment's file (.toml); or the directory of a sweep that has "
         "begun, to go on with it")
      ->required();
  app.footer(kExitStatuses);
  choose(app, sweep_);
}

void CommandLine::sweep_modes(CLI::App& app) {
  const auto mode = [this, &app](const char* name, SweepMode of, const char* help) {
    return app.add_flag_callback(
        name, [this, of] { sweep_.mode = of; }, help);
  };
  CLI::Option* const dry =
      mode("--dry-run", SweepMode::kDryRun, "Only list the points and estimate the time");
  CLI::Option* const status = mode("--status", SweepMode::kStatus,
                                   "Of the directory of a sweep: count the points by state");
  CLI::Option* const collect =
      mode("--collect", SweepMode::kCollect,
           "Of the directory of a sweep: print the tables, write sweep.csv; run nothing");
  CLI::Option* const slurm =
      mode("--slurm", SweepMode::kSlurm, "Submit the points to Slurm as an array job");
  CLI::Option* const shard =
      app.add_option_function<std::string>(
             "--shard", [this](const std::string& text) { sweep_.shard = read_shard(text); },
             "Run only every N-th point, from the I-th on (from 0); the others elsewhere, with the "
             "same DIR")
          ->type_name("I/N");
  const std::vector<CLI::Option*> all{dry, status, collect, slurm, shard};
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t k = i + 1; k < all.size(); ++k) all[i]->excludes(all[k]);
  }
  app.add_option("--slurm-tasks", sweep_.slurm_tasks,
                 "Tasks of the array job; 0: one for each point, at most 1000")
      ->type_name("N")
      ->needs(slurm);
  app.add_option("--slurm-option", sweep_.slurm_options,
                 "A further option of sbatch, e.g. --partition=long; may be repeated")
      ->type_name("OPTION")
      ->allow_extra_args(false)
      ->take_all()
      ->needs(slurm);
}

void CommandLine::compare() {
  CLI::App& app = *app_.add_subcommand(
      "compare", "Show what differs between results, and which part is responsible");
  app.add_option("RESULT", compare_.results,
                 "Result directories, result.json files, or directories of sweeps (every point "
                 "that is done)")
      ->required()
      ->expected(1, 100'000);
  app.add_option("--baseline", compare_.baseline,
                 "What the others are compared with: one of RESULT, or the name of a sweep's "
                 "point. Default: the first, or the baseline of the sweep")
      ->type_name("RESULT");
  app.add_option("--json", compare_.json, "Also write all figures and effects to this file")
      ->type_name("FILE");
  app.add_option("--csv", compare_.csv, "Also write a line for each result to this file")
      ->type_name("FILE");
  app.add_option("--html", compare_.html,
                 "Also write a page with charts to this file; it needs no network")
      ->type_name("FILE");
  app.add_option("--fail-above", compare_.gates,
                 "End with status 1 if a figure is more than so many percent above the "
                 "baseline's, e.g. cycles=1.5; cpi, stlb_mpki ... or any counter, "
                 "mmu.stlb.evictions; may be repeated")
      ->type_name("METRIC=PERCENT")
      ->allow_extra_args(false)
      ->take_all();
  app.footer("Exit status: 0 compared; 1 a figure is above a limit; 2 usage; 3 a bad result.");
  choose(app, compare_);
}

void CommandLine::machine() {
  CLI::App& app = *app_.add_subcommand("machine", "Presets and machine files");
  app.require_subcommand(1);
  choose(*app.add_subcommand("list", "List the presets"), list_);
  const auto subject = [](CLI::App& of, std::string& name, std::vector<std::string>& overrides) {
    name = kDefaultPreset;
    of.add_option("MACHINE", name, "A preset or a machine file")->capture_default_str();
    of.add_option("--set", overrides, "Override a knob; may be repeated")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false)
        ->take_all();
  };
  CLI::App& show = *app.add_subcommand(
      "show", "Print every knob with value, range, unit and meaning, as a machine file");
  subject(show, show_.machine, show_.overrides);
  choose(show, show_);
  CLI::App& probe = *app.add_subcommand("probe", "Measure the TLBs by pointer chases");
  subject(probe, probe_.machine, probe_.overrides);
  choose(probe, probe_);
  CLI::App& check = *app.add_subcommand("check", "Check machine files");
  check.add_option("FILE", check_.files, "Machine files")->required();
  choose(check, check_);
}

void CommandLine::translate() {
  CLI::App& app = *app_.add_subcommand(
      "translate", "Explain one translation entry by entry, or run files of test vectors");
  TranslateCommand& to = translate_;
  app.add_option(
      "SUBJECT", to.subject,
      "A trace or workload, or the directory of a finished run: the page table is that of the "
      "program's end");
  app.add_option("ADDRESS", to.address, "The virtual address to explain, e.g. 0x7fffdead0000");
  app.add_option("--access", to.access, "fetch, load, store or modify")
      ->type_name("KIND")
      ->capture_default_str();
  app.add_option("--state", to.state,
                 "Of the core, words separated by commas; nothing: user mode. RISC-V: supervisor, "
                 "sum, mxr; x86: supervisor, wp, smep, smap, ac; AArch64: el1, pan")
      ->type_name("WORDS")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->take_all();
  app.add_option(
         "-m,--machine", to.machine,
         "For a trace: a preset or a machine file (default " + std::string(kDefaultPreset) + ")")
      ->type_name("PRESET|FILE");
  app.add_option("--set", to.overrides, "For a trace: override a knob; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false)
      ->take_all();
  app.add_flag("--map-on-touch", to.map_on_touch, "For a trace: as in a run");
  app.add_option("--instructions", to.instructions,
                 "For a trace: the page table after so many instructions; 0: at its end")
      ->type_name("N")
      ->capture_default_str();
  finished_trace_options(app, to.traces, to.process);
  format_option(app, to.format);
  app.add_option("--vectors", to.vectors,
                 "Files of vectors, one JSON object a line, plain or zstd, run through the timed "
                 "MMU; two-stage vectors are refused")
      ->type_name("FILE");
  app.add_option("--explain", to.explain,
                 "With --vectors: explain the vector of this name, or number from 1, instead")
      ->type_name("NAME|N");
  app.footer(
      "Exit status: 0 explained, whatever the verdict, or all vectors passed; 2 usage, also an "
      "address that the\nformat cannot express; 3 a bad trace, result or file of vectors; 4 a "
      "vector failed, or the replay of a\nresult's trace came to another map.");
  choose(app, translate_);
}

void CommandLine::trace() {
  CLI::App& app = *app_.add_subcommand("trace", "Convert, describe and check traces");
  app.require_subcommand(1);
  CLI::App& convert = *app.add_subcommand("convert", "Write a trace in mmusim's own format");
  convert.add_option("FROM", convert_.from, "A trace in any known format, or a workload")
      ->required();
  convert.add_option("TO", convert_.to, "The file to write")->required();
  convert.add_option("--records", convert_.records, "Stop behind so many records; 0: no limit")
      ->type_name("N")
      ->capture_default_str();
  convert
      .add_option("--instructions", convert_.instructions,
                  "Stop behind so many instructions; 0: no limit")
      ->type_name("N")
      ->capture_default_str();
  convert.add_flag("--keep-partial", convert_.keep_partial,
                   "If FROM turns out to be damaged, keep what came before the damage");
  format_option(convert, convert_.format);
  choose(convert, convert_);
  CLI::App& info = *app.add_subcommand("info", "Describe a trace");
  info.add_option("TRACE", info_.trace, "A trace or workload")->required();
  format_option(info, info_.format);
  reuse_options(info, info_);
  choose(info, info_);
  CLI::App& head = *app.add_subcommand("head", "Print the first records and events of a trace");
  head.add_option("TRACE", head_.trace, "A trace or workload")->required();
  head.add_option("-n,--records", head_.records, "How many")->type_name("N")->capture_default_str();
  format_option(head, head_.format);
  choose(head, head_);
  CLI::App& workloads = *app.add_subcommand(
      "workloads", "List the synthetic workloads that may stand in place of a trace");
  workloads.add_option("NAME", workloads_.name, "Describe the parameters of this one");
  choose(workloads, workloads_);
  CLI::App& check = *app.add_subcommand("check", "Read a trace to its end and check it");
  check.add_option("TRACE", check_trace_.trace, "A trace or workload")->required();
  format_option(check, check_trace_.format);
  choose(check, check_trace_);
}

ParsedCommandLine CommandLine::parse(int argc, const char* const* argv, std::ostream& out,
                                     std::ostream& err) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 has a number above 100 for each kind of mistake; help and version are 0.
    return {std::nullopt, app_.exit(error, out, err) == 0 ? kExitDone : kExitUsage};
  }
  return {chosen_, kExitDone};
}

}  // namespace

ParsedCommandLine parse_command_line(int argc, const char* const* argv, std::ostream& out,
                                     std::ostream& err) {
  return CommandLine().parse(argc, argv, out, err);
}

CommandDescription command_description() { return CommandLine().description(); }

}  // namespace mmu
