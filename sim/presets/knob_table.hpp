// All knobs of a machine in one flat table, by path: made from the structs' own fields().
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/platform/platform_params.hpp"

namespace mmu {

enum class KnobKind : std::uint8_t { kNumber, kSwitch, kText, kChoice };

/// A number, a switch, or the name of a choice or free text.
using KnobValue = std::variant<std::uint64_t, bool, std::string>;

struct Knob {
  std::string path;  ///< "mmu.stlb.entries"
  std::string unit;  ///< of a number; may be empty
  std::string doc;
  KnobKind kind = KnobKind::kNumber;
  std::uint64_t min = 0, max = 0;    ///< of a number
  std::vector<std::string> choices;  ///< names, of a choice
  std::function<KnobValue(const MachineParams&)> get;
  /// Requires a value that accept_value() or parse_value() returned for this knob.
  std::function<void(MachineParams&, const KnobValue&)> set;

  std::string_view name() const;   ///< last part of the path
  std::string_view group() const;  ///< the path without it; empty at the top
};

struct KnobGroup {
  std::string path;
  std::string doc;
};

/// In the order of the structs.
const std::vector<Knob>& knobs();
/// The top first (empty path), then in the order of the structs.
const std::vector<KnobGroup>& knob_groups();

/// nullptr if there is none of this path.
const Knob* find_knob(std::string_view path);
/// The knob or group whose path is spelled most like `path`.
std::string nearest_knob_path(std::string_view path);

/// What the knob may be set to: "1..64 instructions", "one of lru, tree-plru, random".
std::string allowed_values(const Knob& knob);

/// Checks type, range and name; sizes in bytes may be text ("64KiB"). Throws ConfigError that
/// names the knob, the value and what is allowed.
KnobValue accept_value(const Knob& knob, const KnobValue& value);
/// The same for a value typed in a command line.
KnobValue parse_value(const Knob& knob, const std::string& text);

/// As it stands in a machine file: 64, true, "lru".
std::string value_as_toml(const KnobValue& value);
/// As people read it: without quotes.
std::string value_as_text(const KnobValue& value);

}  // namespace mmu
