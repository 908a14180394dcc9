// Runs a trace through a preset, for DTLBs of several sizes, inside of a program of its own.
// usage: platform_run TRACE
#include <cstdint>
#include <exception>
#include <iostream>
#include <systemc>

#include "sim/platform/simulate.hpp"
#include "sim/presets/resolve_machine.hpp"
#include "traces/open_trace.hpp"

// SystemC's library refers to it; simulate() makes a kernel of its own for each run.
int sc_main(int /*argc*/, char* /*argv*/[]) { return 0; }

int main(int argc, char* argv[]) {
  if (argc != 2) {
    std::cerr << "usage: platform_run TRACE\n";
    return 2;
  }
  try {
    for (const char* entries : {"16", "32", "64"}) {
      const mmu::MachineParams machine =
          mmu::resolve_machine("research-baseline", {std::string("mmu.dtlb.entries=") + entries});
      const auto trace = mmu::traces::open_trace(argv[1]);
      mmu::RunOptions options;
      options.instructions = 100'000;
      const mmu::RunResult result = mmu::simulate(machine, *trace, options);
      std::cout << "DTLB of " << entries << " entries: " << result.dtlb.misses << " misses, "
                << result.cpu.cycles << " cycles\n";
    }
  } catch (const std::exception& error) {
    std::cerr << "platform_run: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
