#include "sim/translate/state_words.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

std::vector<std::string> known_words(Family family) {
  switch (family) {
    case Family::kX86:
      return {"supervisor", "wp", "smep", "smap", "ac"};
    case Family::kArm:
      return {"el1", "pan"};
    case Family::kRiscv:
      break;
  }
  return {"supervisor", "sum", "mxr"};
}

}  // namespace

AccessContext read_state(Family family, const std::vector<std::string>& words) {
  const std::vector<std::string> known = known_words(family);
  for (const std::string& word : words) {
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    std::string all;
    for (const std::string& name : known) all += (all.empty() ? "" : ", ") + name;
    throw ConfigError("--state " + word + ": this format's manual has " + all);
  }
  if (words.empty()) return {};
  const auto has = [&](const char* word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  switch (family) {
    case Family::kX86:
      return x86_context(has("supervisor"), has("wp"), has("smep"), has("smap"), has("ac"));
    case Family::kArm:
      return arm_context(has("el1"), has("pan"));
    case Family::kRiscv:
      break;
  }
  return riscv_context(has("supervisor"), has("sum"), has("mxr"));
}

}  // namespace mmu
