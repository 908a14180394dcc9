#include "sim/command/cli_texts.hpp"

#include <CLI/CLI.hpp>

#include "sim/command/completion.hpp"

namespace mmu {

CLI::App& completion_options(CLI::App& app, CompletionCommand& command) {
  CLI::App& completion =
      *app.add_subcommand("completion", "Print the script that completes command lines in a shell");
  completion.add_option("SHELL", command.shell, "The shell")
      ->required()
      ->check(CLI::IsMember(kCompletionShells));
  completion.footer(
      "In bash: source <(mmusim completion bash). In zsh: mmusim completion zsh > _mmusim in a "
      "folder\nof $fpath. What is installed has both already.");
  return completion;
}

CLI::App& complete_options(CLI::App& app, CompleteCommand& command) {
  CLI::App& complete = *app.add_subcommand("complete", "Print what may stand for the last word");
  complete.group("");
  complete.add_option("WORDS", command.words, "The line so far")->required()->expected(1, 100'000);
  return complete;
}

CLI::App& manual_options(CLI::App& app) {
  CLI::App& manual = *app.add_subcommand("man", "Print the manual page, as roff");
  manual.footer("To read it: mmusim man | man -l -");
  return manual;
}

}  // namespace mmu
