// mmusim-bench: how fast the simulator is. docs/benchmarks.md.
#include <fmt/format.h>
#include <getopt.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
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
  // A second of CPU time, of all threads: what else the computer does counts less.
  const double per_cpu = figure("wall_seconds") / figure("cpu_seconds");
  const double accesses = figure("accesses_per_second") * per_cpu;
  const Json& timeline = json.at("timeline");
  return fmt::format("{:<8} {:>9.2f} {:>9.2f} {:>9.2f} {:>9} {:>9.3f} {:>9.3f} {:>9.0f} {:>8.2f}",
                     name, figure("records_per_second") * per_cpu / 1e6, accesses / 1e6,
                     figure("instructions_per_second") * per_cpu / 1e6,
                     accesses > 0 ? fmt::format("{:.1f}", 1e9 / accesses) : "-",
                     timeline.at("notifications_per_access").get<double>(),
                     timeline.at("wakes_per_access").get<double>(),
                     figure("peak_memory_bytes") / 1e6, figure("cpu_seconds"));
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

std::string usage() {
  std::string text =
      "usage: mmusim-bench [-c CASE]... [-m MACHINE] [--set KEY=VALUE]... [--scale F] [--json] "
      "[TRACE]\nscale 1: about two seconds a case; TRACE is for decode and trace\n";
  for (const Case& one : cases()) text += fmt::format("  {:<8} {}\n", one.name, one.what);
  return text;
}

bool is_case(const std::string& name) {
  const auto same = [&](const Case& one) { return one.name == name; };
  return std::any_of(cases().begin(), cases().end(), same);
}

struct Wishes {
  Settings settings;
  std::vector<std::string> cases;
  bool json = false;
  bool understood = true;
};

Wishes parse(int argc, char* argv[]) {
  static const option kOptions[] = {
      {"case", required_argument, nullptr, 'c'}, {"machine", required_argument, nullptr, 'm'},
      {"set", required_argument, nullptr, 's'},  {"scale", required_argument, nullptr, 'f'},
      {"json", no_argument, nullptr, 'j'},       {nullptr, 0, nullptr, 0}};
  Wishes wishes;
  Settings& settings = wishes.settings;
  settings.machine = std::string(kDefaultPreset);
  settings.trace = MMU_SOURCE_DIR "/traces/samples/sort.mmt";
  for (int o = 0; (o = getopt_long(argc, argv, "c:m:", kOptions, nullptr)) != -1;) {
    if (o == 'c') wishes.cases.emplace_back(optarg);
    if (o == 'm') settings.machine = optarg;
    if (o == 's') settings.overrides.emplace_back(optarg);
    if (o == 'f') settings.scale = std::strtod(optarg, nullptr);
    if (o == 'j') wishes.json = true;
    if (o == '?') wishes.understood = false;
  }
  if (optind < argc) settings.trace = argv[optind++];
  wishes.understood = wishes.understood && optind == argc && settings.scale > 0 &&
                      std::all_of(wishes.cases.begin(), wishes.cases.end(), is_case);
  return wishes;
}

}  // namespace
}  // namespace mmu::bench

int main(int argc, char* argv[]) {
  using namespace mmu::bench;
  const Wishes wishes = parse(argc, argv);
  if (!wishes.understood) {
    std::cerr << usage();
    return 2;
  }
  try {
    return run(wishes.cases, wishes.settings, wishes.json);
  } catch (const std::exception& error) {
    std::cerr << "mmusim-bench: " << error.what() << '\n';
    return 1;
  }
}
