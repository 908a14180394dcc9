// mmusim-bench: how fast the simulator is. docs/benchmarks.md.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <systemc>

#include "sim/presets/presets.hpp"
#include "testbench/bench/cases.hpp"

// The kernel's library refers to it.
int sc_main(int /*argc*/, char* /*argv*/[]) { return 0; }

namespace mmu::bench {
namespace {

/// Measures in a process of its own, so that its peak memory is its own.
Json measure_apart(const Case& one, const Settings& settings) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("pipe: no more files");
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork: no more processes");
  if (child == 0) {
    close(ends[0]);
    int status = 0;
    try {
      const std::string text = one.measure(settings).dump();
      status =
          write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1;
    } catch (const std::exception& error) {
      std::cerr << "mmusim-bench: " << one.name << ": " << error.what() << '\n';
      status = 1;
    }
    _exit(status);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(n));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) throw std::runtime_error(one.name + " failed");
  return Json::parse(text);
}

std::string row(const std::string& name, const Json& json) {
  const auto figure = [&](const char* key) { return json.at(key).get<double>(); };
  const double accesses = figure("accesses_per_second");
  const Json& timeline = json.at("timeline");
  return fmt::format("{:<8} {:>9.2f} {:>9.2f} {:>9.2f} {:>9} {:>9.3f} {:>9.3f} {:>9.0f} {:>8.2f}",
                     name, figure("records_per_second") / 1e6, accesses / 1e6,
                     figure("instructions_per_second") / 1e6,
                     accesses > 0 ? fmt::format("{:.1f}", 1e9 / accesses) : "-",
                     timeline.at("notifications_per_access").get<double>(),
                     timeline.at("wakes_per_access").get<double>(),
                     figure("peak_memory_bytes") / 1e6, figure("wall_seconds"));
}

int run(const std::vector<std::string>& wanted, const Settings& settings, bool as_json) {
  Json all = Json::object();
  if (!as_json) {
    std::cout << fmt::format("{:<8} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8}\n", "case",
                             "Mrec/s", "Macc/s", "Minst/s", "ns/acc", "notif/acc", "wakes/acc",
                             "peak MB", "seconds");
  }
  for (const Case& one : cases()) {
    const bool is_wanted = std::find(wanted.begin(), wanted.end(), one.name) != wanted.end();
    if (!wanted.empty() && !is_wanted) continue;
    const Json json = measure_apart(one, settings);
    if (as_json) {
      all[one.name] = json;
    } else {
      std::cout << row(one.name, json) << std::endl;
    }
  }
  if (as_json) std::cout << all.dump(1) << '\n';
  return 0;
}

}  // namespace
}  // namespace mmu::bench

int main(int argc, char* argv[]) {
  using namespace mmu::bench;
  Settings settings;
  settings.machine = std::string(mmu::kDefaultPreset);
  settings.trace = MMU_SOURCE_DIR "/traces/samples/sort.mmt";
  std::vector<std::string> wanted;
  bool as_json = false;

  std::string help = "Measures the speed of the simulator.\nCases:";
  std::vector<std::string> names;
  for (const Case& one : cases()) {
    names.push_back(one.name);
    help += fmt::format("\n  {:<8} {}", one.name, one.what);
  }
  CLI::App app(help, "mmusim-bench");
  app.add_option("trace", settings.trace, "for the cases decode and trace; default: the sample");
  app.add_option("-c,--case", wanted, "only this one; may be repeated")
      ->check(CLI::IsMember(names))
      ->allow_extra_args(false);
  app.add_option("-m,--machine", settings.machine, "preset or machine file");
  app.add_option("--set", settings.overrides, "key=value of the machine")->allow_extra_args(false);
  app.add_option("--scale", settings.scale, "of the work; 1: about two seconds a case")
      ->check(CLI::Range(1e-6, 1e6));
  app.add_flag("--json", as_json, "figures as in host.json, by case");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(wanted, settings, as_json);
  } catch (const std::exception& error) {
    std::cerr << "mmusim-bench: " << error.what() << '\n';
    return 1;
  }
}
