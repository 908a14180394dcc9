#include "sim/command/cli_reuse.hpp"

#include <CLI/CLI.hpp>
#include <string>

#include "sim/command/reuse_report.hpp"

namespace mmu {

void reuse_options(CLI::App& info, TraceInfoCommand& command) {
  std::string sizes;
  for (const std::string& size : reuse_page_sizes()) sizes += (sizes.empty() ? "" : ", ") + size;
  CLI::Option* const reuse = info.add_flag(
      "--reuse", command.reuse,
      "Also print footprint, working set, reuse distances, and the misses of fully associative LRU "
      "TLBs of all sizes");
  info.add_option("--page-size", command.page_size, "Of these: " + sizes)
      ->type_name("SIZE")
      ->check(CLI::IsMember(reuse_page_sizes()))
      ->capture_default_str()
      ->needs(reuse);
  info.add_option("--window", command.window_instructions, "Instructions of a window, working set")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->needs(reuse);
  info.add_option("--sample", command.sample_rate,
                  "Follow only so large a part of the pages, from 0.00001 to 1; curves are then "
                  "estimates with a stated error")
      ->type_name("RATE")
      ->check(CLI::Range(0.00001, 1.0))
      ->capture_default_str()
      ->needs(reuse);
  info.add_option("--curve", command.curve, "Write misses by number of entries to this file")
      ->type_name("FILE.csv")
      ->needs(reuse);
  info.add_option("--json", command.json, "Write all of it to this file")
      ->type_name("FILE")
      ->needs(reuse);
}

}  // namespace mmu
