// mmusim translate: files of test vectors through the timed model.
#include <iostream>

#include "hw/arch/errors.hpp"
#include "sim/command/commands.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/translate/run_vectors.hpp"

namespace mmu {

int execute(const TranslateCommand& command) {
  bool all_passed = true, all_read = true;
  for (const std::string& file : command.vectors) {
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

}  // namespace mmu
