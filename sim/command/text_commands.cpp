// mmusim completion, complete, man: what the program says of itself.
#include <iostream>

#include "sim/command/command_line.hpp"
#include "sim/command/commands.hpp"
#include "sim/command/completion.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/command/manual_page.hpp"
#include "sim/result/result_json.hpp"

namespace mmu {

int execute(const CompletionCommand& command) {
  std::cout << completion_script(command.shell);
  return kExitDone;
}

int execute(const CompleteCommand& command) {
  std::cout << completion_text(complete(command_description(), command.words));
  return kExitDone;
}

int execute(const ManualCommand& /*command*/) {
  std::cout << manual_page(command_description(), std::string("mmusim ") + mmusim_version());
  return kExitDone;
}

}  // namespace mmu
