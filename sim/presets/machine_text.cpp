#include "sim/presets/machine_text.hpp"

#include "sim/presets/knob_table.hpp"

namespace mmu {
namespace {

std::string explanation(const Knob& knob) {
  return knob.kind == KnobKind::kText ? knob.doc : allowed_values(knob) + ": " + knob.doc;
}

}  // namespace

std::string machine_as_toml(const MachineParams& machine, bool explain) {
  constexpr std::size_t kCommentColumn = 32;
  std::string text;
  for (const KnobGroup& group : knob_groups()) {
    std::string members;
    for (const Knob& knob : knobs()) {
      if (knob.group() != group.path) continue;
      std::string line = std::string(knob.name()) + " = " + value_as_toml(knob.get(machine));
      if (explain && knob.kind == KnobKind::kText) {
        line = "# " + explanation(knob) + "\n" + line;  // the value is long: comment above
      } else if (explain) {
        line.resize(std::max(line.size() + 2, kCommentColumn), ' ');
        line += "# " + explanation(knob);
      }
      members += line + '\n';
    }
    if (members.empty()) continue;  // holds only further groups
    if (!group.path.empty()) {
      text += '\n';
      if (explain) text += "# " + group.doc + '\n';
      text += '[' + group.path + "]\n";
    }
    text += members;
  }
  return text;
}

}  // namespace mmu
