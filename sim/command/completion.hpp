// Completion of command lines in shells: the shells ask the program, "mmusim complete -- WORDS".
#pragma once

#include <string>
#include <vector>

#include "sim/command/cli_description.hpp"

namespace mmu {

struct Completion {
  struct Candidate {
    std::string word;
    std::string help;  ///< may be empty
  };
  std::vector<Candidate> candidates;
  bool files = false;  ///< names of files fit too
};

/// What may stand in place of the last word; the others come before it. A candidate that ends in
/// '=' goes on: a knob's path is followed by its value.
Completion complete(const CommandDescription& program, const std::vector<std::string>& words);

/// A candidate a line, with a tab before its help; ":files" where names of files fit.
std::string completion_text(const Completion& completion);

/// The scripts that ask. Shells: "bash", "zsh".
inline const std::vector<std::string> kCompletionShells{"bash", "zsh"};
std::string completion_script(const std::string& shell);

}  // namespace mmu
