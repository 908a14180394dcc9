// mmusim translate: files of test vectors through the timed model, and one translation explained.
#include <fmt/format.h>

#include <iostream>

#include "hw/arch/errors.hpp"
#include "sim/command/commands.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/command/explain_run.hpp"
#include "sim/result/result_file.hpp"
#include "sim/translate/explain_vector.hpp"
#include "sim/translate/run_vectors.hpp"

namespace mmu {
namespace {

std::uint64_t address_of(const std::string& text) {
  std::size_t used = 0;
  std::uint64_t value = 0;
  try {
    value = std::stoull(text, &used, 0);
  } catch (const std::exception&) {
    used = 0;
  }
  const bool digits = !text.empty() && text[0] >= '0' && text[0] <= '9';
  if (digits && used == text.size()) return value;
  throw ConfigError("ADDRESS " + text + ": must be a number of 64 bits, hexadecimal with 0x");
}

AccessKind access_of(const std::string& name) {
  for (const AccessKind kind :
       {AccessKind::kFetch, AccessKind::kLoad, AccessKind::kStore, AccessKind::kModify}) {
    if (name == name_of(kind)) return kind;
  }
  throw ConfigError("--access " + name + ": must be fetch, load, store or modify");
}

int run_files(const std::vector<std::string>& files) {
  bool all_passed = true, all_read = true;
  for (const std::string& file : files) {
    try {
      const VectorTally tally = run_vectors_timed(file);
      std::cout << file << ": " << tally.passed << " passed, " << tally.failed << " failed\n";
      for (const std::string& difference : tally.first_differences) {
        std::cout << "  " << difference << '\n';
      }
      all_passed = all_passed && tally.failed == 0;
    } catch (const InputError& error) {
      std::cerr << "mmusim: " << error.what() << '\n';
      all_read = false;
    }
  }
  if (!all_passed) return kExitInternal;
  return all_read ? kExitDone : kExitInput;
}

}  // namespace

int execute(const TranslateCommand& command) {
  if (!command.vectors.empty()) {
    if (!command.subject.empty()) {
      throw ConfigError("translate: --vectors and a trace or result exclude each other");
    }
    if (!command.state.empty()) throw ConfigError("--state: a vector has a state of its own");
    if (command.explain.empty()) return run_files(command.vectors);
    std::cout << explain_vector(command.vectors, command.explain);
    return kExitDone;
  }
  if (!command.explain.empty()) throw ConfigError("--explain: give the file with --vectors");
  if (command.subject.empty() || command.address.empty()) {
    throw ConfigError(
        "translate: give a trace or result directory and an address, or --vectors FILE; see "
        "\"mmusim translate --help\"");
  }
  const ExplainedAccess access{VirtAddr(address_of(command.address)), access_of(command.access),
                               command.state};
  if (is_result_directory(command.subject)) {
    if (!command.machine.empty() || !command.overrides.empty() || command.map_on_touch ||
        command.instructions != 0) {
      throw ConfigError(command.subject +
                        " is a result: it has a machine and options of its own; -m, --set, "
                        "--map-on-touch and --instructions are for traces");
    }
    if (command.traces.empty() && command.format != traces::TraceFormat::kAuto) {
      throw ConfigError("--format is for a trace; a result knows that of its own");
    }
    std::cout << explain_result(command.subject, {command.traces, command.format}, command.process,
                                access);
  } else {
    if (!command.traces.empty()) throw ConfigError("--trace is for a result directory");
    if (command.process != 0) throw ConfigError("--process is for a result directory");
    std::cout << explain_trace(
        {command.machine, command.overrides, command.map_on_touch, command.instructions},
        {command.subject, command.format}, access);
  }
  return kExitDone;
}

}  // namespace mmu
