#include "sim/presets/resolve_machine.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "hw/arch/errors.hpp"
#include "hw/arch/page_table_format.hpp"
#include "hw/arch/spelling.hpp"
#include "sim/presets/check_machine.hpp"
#include "sim/presets/dram_knobs.hpp"
#include "sim/presets/knob_table.hpp"
#include "sim/presets/machine_file.hpp"
#include "sim/presets/presets.hpp"

namespace mmu {
namespace {

/// A machine in the making, and where each of the user's settings stands.
class Draft {
 public:
  void start_from(const Preset& preset);
  void apply_file(std::string_view text, const std::string& source);
  void apply_override(const std::string& text);
  MachineParams finish();

 private:
  void set(const Knob& knob, const KnobValue& value, const std::string& origin) {
    knob.set(machine_, value);
    origins_[knob.path] = origin;
  }
  void drop_unused_walk_caches();
  void drop_unused_l2_itlb();
  void read_controller();
  void problem(const std::string& path, const std::string& text);

  MachineParams machine_;
  std::map<std::string, std::string> origins_;
  std::string problems_;
};

std::string list_of_presets() {
  std::string list;
  for (const std::string& name : preset_names()) list += (list.empty() ? "" : ", ") + name;
  return list;
}

[[noreturn]] void unknown_preset(const std::string& where, const std::string& name) {
  throw ConfigError(where + "no preset \"" + name + "\"; did you mean \"" +
                    nearest_word(name, preset_names()) + "\"? Presets: " + list_of_presets());
}

void Draft::start_from(const Preset& preset) {
  apply_file(preset.toml, std::string(preset.name) + ".toml");
  machine_.name = std::string(preset.name);
  origins_.clear();  // what a preset says is nobody's explicit wish
}

void Draft::apply_file(std::string_view text, const std::string& source) {
  const MachineFile file = parse_machine_file(text, source);
  if (!file.base.empty()) {
    const Preset* base = find_preset(file.base);
    if (base == nullptr) unknown_preset(file.base_origin + ": ", file.base);
    start_from(*base);
    machine_.source = machine_.trust = "";  // the base's hold for the base
  }
  machine_.name = std::filesystem::path(source).stem().string();
  for (const MachineSetting& setting : file.settings) {
    set(*setting.knob, setting.value, setting.origin);
  }
}

void Draft::apply_override(const std::string& text) {
  const auto [key, value] = split_override(text);
  const Knob& knob = *find_knob(key);
  const auto earlier = origins_.find(key);
  if (earlier != origins_.end() && earlier->second == "--set") {
    throw ConfigError("--set " + key + " is given twice");
  }
  try {
    set(knob, parse_value(knob, value), "--set");
  } catch (const ConfigError& error) {
    throw ConfigError("--set " + std::string(error.what()));
  }
}

void Draft::problem(const std::string& path, const std::string& text) {
  const auto origin = origins_.find(path);
  problems_ += problems_.empty() ? "" : "\n";
  if (origin != origins_.end()) problems_ += origin->second + ": ";
  problems_ += text;
}

/// A walk cache of a level that the format's tables do not have, or of another organisation, is
/// never used. Inherited ones are dropped; one that the user asked for is a mistake.
void Draft::drop_unused_walk_caches() {
  const PageTableFormat* format = find_format(machine_.mmu.format);
  if (format == nullptr) return;
  auto& cache = machine_.mmu.walk_cache;
  WalkCacheParams::LevelParams* levels[] = {nullptr, &cache.level1, &cache.level2, &cache.level3,
                                            &cache.level4};
  const auto drop = [&](const std::string& array, WalkCacheParams::LevelParams& shape,
                        const std::string& reason) {
    const std::string path = "mmu.walk_cache." + array + ".entries";
    if (shape.entries != 0 && origins_.count(path) != 0) {
      problem(path,
              path + " = " + std::to_string(shape.entries) + ": nobody would use it; " + reason);
    }
    shape = {};
  };
  const std::string organisation =
      "mmu.walk_cache.organisation = " +
      std::string(WalkCacheParams::kOrganisationNames[static_cast<unsigned>(cache.organisation)]);
  const bool is_split = cache.organisation == WalkCacheParams::Organisation::kSplit;
  if (is_split) drop("shared", cache.shared, organisation + " has an array for each level");
  for (unsigned level = 1; level < kMaxLevels; ++level) {
    const std::string array = "level" + std::to_string(level);
    if (!is_split) {
      drop(array, *levels[level], organisation + " has one array, mmu.walk_cache.shared");
    } else if (level >= format->depth) {
      drop(array, *levels[level],
           "the tables of mmu.format = " + machine_.mmu.format + " have levels 0.." +
               std::to_string(format->root_level()));
    }
  }
}

/// Likewise an L2 ITLB where the second level is not split.
void Draft::drop_unused_l2_itlb() {
  if (machine_.mmu.splits_second_level()) return;
  const MachineParams none;
  for (const Knob& knob : knobs()) {
    if (knob.path.rfind("mmu.l2_itlb.", 0) != 0) continue;
    const KnobValue value = knob.get(machine_);
    if (value == knob.get(none)) continue;
    if (origins_.count(knob.path) != 0) {
      problem(knob.path, knob.path + " = " + value_as_text(value) +
                             ": nobody would use it; mmu.second_level = unified has one TLB for "
                             "fetches and data");
    }
    knob.set(machine_, knob.get(none));
  }
}

void Draft::read_controller() {
  try {
    machine_.dram.commands = dram_controller(machine_.dram.controller);
  } catch (const ConfigError& error) {
    problem("dram.controller",
            "dram.controller = " + machine_.dram.controller + ": " + error.what());
  }
}

MachineParams Draft::finish() {
  drop_unused_walk_caches();
  drop_unused_l2_itlb();
  read_controller();
  for (const MachineProblem& found : machine_problems(machine_)) problem(found.path, found.text);
  if (!problems_.empty()) throw ConfigError(problems_);
  return machine_;
}

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path)) {
    throw ConfigError(path + ": cannot read this machine file");
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

bool looks_like_a_file(const std::string& name) {
  const std::string ending = ".toml";
  return name.find('/') != std::string::npos ||
         (name.size() > ending.size() &&
          name.compare(name.size() - ending.size(), ending.size(), ending) == 0);
}

MachineParams finish_with(Draft& draft, const std::vector<std::string>& overrides) {
  for (const std::string& text : overrides) draft.apply_override(text);
  return draft.finish();
}

}  // namespace

std::pair<std::string, std::string> split_override(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw ConfigError("--set " + text + ": must be key=value, e.g. mmu.stlb.entries=1024");
  }
  const std::string key = text.substr(0, equals);
  if (find_knob(key) == nullptr) {
    throw ConfigError("--set " + text + ": unknown key \"" + key + "\"; did you mean \"" +
                      nearest_knob_path(key) + "\"?");
  }
  return {key, text.substr(equals + 1)};
}

MachineParams resolve_machine(const std::string& machine,
                              const std::vector<std::string>& overrides) {
  Draft draft;
  if (const Preset* preset = find_preset(machine)) {
    draft.start_from(*preset);
    return finish_with(draft, overrides);
  }
  if (!looks_like_a_file(machine)) {
    unknown_preset(std::filesystem::exists(machine) ? "a machine file's name ends in .toml; " : "",
                   machine);
  }
  return resolve_machine_text(read_text(machine), machine, overrides);
}

MachineParams resolve_machine_text(std::string_view text, const std::string& source,
                                   const std::vector<std::string>& overrides) {
  Draft draft;
  draft.apply_file(text, source);
  return finish_with(draft, overrides);
}

}  // namespace mmu
