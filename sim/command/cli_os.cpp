#include "sim/command/cli_os.hpp"

#include <CLI/CLI.hpp>
#include <iterator>
#include <string>

namespace mmu {
namespace {

CLI::App& add_view(CLI::App& os, OsCommand& command, OsView view, const char* name,
                   const char* help) {
  CLI::App& app = *os.add_subcommand(name, help);
  app.callback([&command, view] { command.view = view; });
  app.add_option("RESULT", command.result, "The directory of a finished run (run -o)")->required();
  finished_trace_options(app, command.traces, command.process);
  const auto& names = traces::kTraceFormatNames;
  app.add_option_function<std::string>(
         "--format",
         [&command](const std::string& text) { command.format = *traces::format_of_name(text); },
         "Of --trace: its format (default auto: by its content)")
      ->type_name("NAME")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(names), std::end(names))))
      ->needs("--trace");
  return app;
}

}  // namespace

void finished_trace_options(CLI::App& app, std::vector<std::string>& traces,
                            std::uint64_t& process) {
  app.add_option("--trace", traces,
                 "Of a result: where its trace lies now; of a run of several once for each, in "
                 "their order")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->take_all();
  app.add_option("--process", process,
                 "Of the result of several traces: only the process of the N-th, from 1")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1000}));
}

CLI::App& os_options(CLI::App& app, OsCommand& command) {
  CLI::App& os = *app.add_subcommand(
      "os", "Show the memory of a finished run's process: areas, pages, frames");
  os.require_subcommand(1);
  os.footer(
      "Exit status: 0 shown; 2 usage; 3 no result, or not its trace; 4 the replay of the trace "
      "came "
      "to another map.");
  add_view(os, command, OsView::kMaps, "maps", "List the areas as /proc/PID/maps does");
  add_view(os, command, OsView::kSmaps, "smaps",
           "List the areas with what of them is in memory, as /proc/PID/smaps does");

  CLI::App& pagemap = add_view(os, command, OsView::kPagemap, "pagemap",
                               "List the pages: frame, size, A and D bits, rights, area");
  pagemap
      .add_option("--range", command.range,
                  "Only pages that have a part of these addresses, e.g. 0x400000:0x403000")
      ->type_name("START:END");
  CLI::Option* const json = pagemap.add_flag("--json", command.json, "As JSON");
  pagemap
      .add_option("--binary", command.binary,
                  "Write 64-bit entries as in /proc/PID/pagemap to this file, instead of a list; "
                  "without --range a sparse file, each entry at its place there")
      ->type_name("FILE")
      ->excludes(json);

  CLI::App& layout =
      add_view(os, command, OsView::kLayout, "layout",
               "Draw the address space beside physical memory: who owns which frames");
  CLI::Option* const text = layout.add_flag("--text", "As text (the default)");
  layout
      .add_option("--html", command.html, "Write a page to this file instead; it needs no network")
      ->type_name("FILE")
      ->excludes(text);
  return os;
}

}  // namespace mmu
