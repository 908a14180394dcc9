#include "sim/command/cli_regress.hpp"

#include <CLI/CLI.hpp>

namespace mmu {

void pool_options(CLI::App& app, PoolSettings& settings) {
  app.add_option("-j,--jobs", settings.jobs, "Runs at the same time; 0: as many as there are cores")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--timeout", settings.timeout_seconds,
                 "End a point that takes longer, and count it as failed; 0: never")
      ->type_name("SECONDS")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

void retry_option(CLI::App& app, PoolSettings& settings) {
  app.add_option("--retry", settings.retries,
                 "Further attempts at a point that was killed or timed out")
      ->type_name("N")
      ->capture_default_str();
}

CLI::App& regress_options(CLI::App& app, RegressCommand& command) {
  CLI::App& regress =
      *app.add_subcommand("regress", "Run a suite and say which figures are not what they were");
  pool_options(regress, command.pool);
  regress
      .add_option("--only", command.only,
                  "Only cases whose name this fits, as in a shell, anywhere in it, e.g. cva6 or "
                  "'sort*count=2'; may be repeated")
      ->type_name("PATTERN")
      ->allow_extra_args(false)
      ->take_all();
  regress.add_flag("--accept", command.accept,
                   "Write what moved, and what is new, to the expected files");
  regress.add_option("--json", command.json, "Also write all verdicts and moves to this file")
      ->type_name("FILE");
  regress
      .add_option("-o,--out", command.out,
                  "Keep the result directories here; must be new or empty. Default: they are "
                  "removed")
      ->type_name("DIR");
  regress.add_option("SUITE", command.suite, "The suite's file (.toml)")->required();
  regress.footer(
      "Exit status: 0 every case gave what it gave before, or that was accepted; 1 figures moved, "
      "a case\nhas no expected file, the simulated system ended in an error, a time-out, or "
      "interrupted; 2 a bad suite;\n3 a bad trace or expected file; 4 an internal check failed. "
      "The highest counts.");
  return regress;
}

}  // namespace mmu
