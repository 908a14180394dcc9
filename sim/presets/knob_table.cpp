#include "sim/presets/knob_table.hpp"

#include <algorithm>

#include "hw/arch/page_table_format.hpp"
#include "hw/arch/spelling.hpp"

namespace mmu {
namespace {

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end = std::min(list.find(", ", begin), list.size());
    words.push_back(list.substr(begin, end - begin));
    begin = end + 2;
  }
  return words;
}

const KnobList<MachineParams>& table() {
  static const KnobList<MachineParams> kTable = [] {
    KnobList<MachineParams> t("");
    t.groups.insert(t.groups.begin(), {"", "a machine"});
    // A page-table format is kept by name: the table of formats is in hw/arch.
    const auto format = std::find_if(t.knobs.begin(), t.knobs.end(),
                                     [](const Knob& knob) { return knob.path == "mmu.format"; });
    format->kind = KnobKind::kChoice;
    format->choices = split(format_names());
    return t;
  }();
  return kTable;
}

}  // namespace

const std::vector<Knob>& knobs() { return table().knobs; }
const std::vector<KnobGroup>& knob_groups() { return table().groups; }

const Knob* find_knob(std::string_view path) {
  for (const Knob& knob : knobs()) {
    if (knob.path == path) return &knob;
  }
  return nullptr;
}

std::string nearest_knob_path(std::string_view path) {
  std::vector<std::string> paths;
  for (const Knob& knob : knobs()) paths.push_back(knob.path);
  for (const KnobGroup& group : knob_groups()) {
    if (!group.path.empty()) paths.push_back(group.path);
  }
  return nearest_word(path, paths);
}

}  // namespace mmu
