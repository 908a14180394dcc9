// Writes the start of a trace in another format, for traces/samples.
// Usage: write_sample TRACE INSTRUCTIONS capture|champsim|cloudsuite|drmemtrace|lackey > FILE
#include <cstdlib>
#include <iostream>

#include "testbench/support/trace_writers.hpp"
#include "testbench/unit/traces/trace_test_support.hpp"
#include "traces/open_trace.hpp"

int main(int argc, char** argv) {
  using namespace mmu;
  if (argc != 4) return EXIT_FAILURE;
  const TraceBlock start =
      traces::first_instructions(*traces::open_trace(argv[1]), std::stoull(argv[2]));
  const std::string format = argv[3];
  if (format == "capture") std::cout << capture_of(start);
  if (format == "champsim") std::cout << champsim_of(start);
  if (format == "cloudsuite") std::cout << cloudsuite_of(start);
  if (format == "drmemtrace") std::cout << drmemtrace_of(start);
  if (format == "lackey") std::cout << lackey_of(start);
  return EXIT_SUCCESS;
}
