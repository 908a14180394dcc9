// mmusim compare: results side by side.
#include <iostream>

#include "sim/command/commands.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/result/comparison.hpp"
#include "sim/result/result_file.hpp"

namespace mmu {

int execute(const CompareCommand& command) {
  std::vector<NamedResult> results;
  for (const std::string& path : command.results) results.push_back({path, read_result(path)});
  std::cout << comparison_text(results);
  return kExitDone;
}

}  // namespace mmu
