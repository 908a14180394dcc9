// The program. It has a main() of its own, so that the kernel's banner never appears; simulate()
// uses the kernel without sc_elab_and_sim().
#include <iostream>
#include <systemc>

#include "hw/arch/errors.hpp"
#include "sim/command/command_line.hpp"
#include "sim/command/exit_status.hpp"

// The kernel's library refers to it.
int sc_main(int /*argc*/, char* /*argv*/[]) { return 0; }

namespace {

int fail(const std::exception& error, int status) {
  std::cout.flush();
  std::cerr << "mmusim: " << error.what() << '\n';
  return status;
}

}  // namespace

int main(int argc, char* argv[]) {
  using namespace mmu;
  try {
    const ParsedCommandLine parsed = parse_command_line(argc, argv);
    if (!parsed.command) return parsed.exit_status;
    return std::visit([](const auto& command) { return execute(command); }, *parsed.command);
  } catch (const ConfigError& error) {
    return fail(error, kExitUsage);
  } catch (const InputError& error) {
    return fail(error, kExitInput);
  } catch (const SimulatedError& error) {
    return fail(error, kExitSimulated);
  } catch (const std::exception& error) {  // ModelError, or what nobody foresaw
    return fail(error, kExitInternal);
  }
}
