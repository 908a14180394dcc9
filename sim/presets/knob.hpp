// A knob of any struct that describes itself: what it may be set to, and how it is read and written
// by name.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "hw/common/fields.hpp"

namespace mmu {

enum class KnobKind : std::uint8_t { kNumber, kSwitch, kText, kChoice };

/// A number, a switch, or the name of a choice or free text.
using KnobValue = std::variant<std::uint64_t, bool, std::string>;

/// What is known of a knob whatever it belongs to.
struct KnobForm {
  std::string path;  ///< "mmu.stlb.entries"
  std::string unit;  ///< of a number; may be empty
  std::string doc;
  KnobKind kind = KnobKind::kNumber;
  std::uint64_t min = 0, max = 0;    ///< of a number
  bool powers_of_two = false;        ///< it is one
  std::vector<std::string> choices;  ///< names, of a choice

  std::string_view name() const;   ///< last part of the path
  std::string_view group() const;  ///< the path without it; empty at the top
};

/// A knob of an `Owner`.
template <class Owner>
struct KnobOf : KnobForm {
  std::function<KnobValue(const Owner&)> get;
  /// Requires a value that accept_value() or parse_value() returned for this knob.
  std::function<void(Owner&, const KnobValue&)> set;
};

struct KnobGroup {
  std::string path;
  std::string doc;
};

/// What the knob may be set to: "1..64 instructions", "one of lru, tree-plru, random".
std::string allowed_values(const KnobForm& knob);

/// Checks type, range and name; sizes in bytes may be text ("64KiB"). Throws ConfigError that
/// names the knob, the value and what is allowed.
KnobValue accept_value(const KnobForm& knob, const KnobValue& value);
/// The same for a value typed in a command line.
KnobValue parse_value(const KnobForm& knob, const std::string& text);

/// As it stands in a machine file: 64, true, "lru".
std::string value_as_toml(const KnobValue& value);
/// As people read it: without quotes.
std::string value_as_text(const KnobValue& value);

/// Every knob of an Owner, and the groups that they are in; in the order of the structs.
template <class Owner>
class KnobList {
 public:
  std::vector<KnobOf<Owner>> knobs;
  std::vector<KnobGroup> groups;

  /// With paths that begin with `prefix`, if it is not empty.
  explicit KnobList(const std::string& prefix) {
    list_members<Owner>(
        prefix, [](auto& owner) -> auto& { return owner; });
  }

 private:
  /// Lists the members of the struct that `reach(owner)` leads to.
  template <class Struct, class Reach>
  void list_members(const std::string& path, const Reach& reach) {
    const auto list = [&](const auto& f) {
      const std::string member_path = (path.empty() ? "" : path + ".") + std::string(f.name);
      const auto inner = [ reach, member = f.member ](auto& owner) -> auto& {
        return reach(owner).*member;
      };
      using T = std::remove_reference_t<decltype(std::declval<Struct&>().*(f.member))>;
      if constexpr (has_fields<T>) {
        groups.push_back({member_path, std::string(f.doc)});
        list_members<T>(member_path, inner);
      } else {
        knobs.push_back(make_knob<T>(member_path, f, inner));
      }
    };
    std::apply([&](const auto&... f) { (list(f), ...); }, Struct::fields());
  }

  /// `reach(owner)` is a reference to the member in question.
  template <class T, class Field, class Reach>
  static KnobOf<Owner> make_knob(const std::string& path, const Field& f, const Reach& reach) {
    KnobOf<Owner> knob;
    knob.path = path;
    knob.unit = std::string(f.unit);
    knob.doc = std::string(f.doc);
    knob.min = f.min;
    knob.max = f.max;
    knob.powers_of_two = f.powers_of_two;
    if constexpr (std::is_same_v<T, bool>) {
      knob.kind = KnobKind::kSwitch;
      knob.get = [reach](const Owner& o) { return KnobValue(reach(o)); };
      knob.set = [reach](Owner& o, const KnobValue& v) { reach(o) = std::get<bool>(v); };
    } else if constexpr (std::is_same_v<T, std::string>) {
      knob.kind = KnobKind::kText;
      knob.get = [reach](const Owner& o) { return KnobValue(reach(o)); };
      knob.set = [reach](Owner& o, const KnobValue& v) { reach(o) = std::get<std::string>(v); };
    } else if constexpr (std::is_enum_v<T>) {
      knob.kind = KnobKind::kChoice;
      knob.choices.assign(f.names, f.names + f.name_count);
      knob.get = [reach, names = knob.choices](const Owner& o) {
        const auto index = static_cast<std::size_t>(reach(o));
        return KnobValue(index < names.size() ? names[index] : "#" + std::to_string(index));
      };
      knob.set = [reach, names = knob.choices](Owner& o, const KnobValue& v) {
        const auto at = std::find(names.begin(), names.end(), std::get<std::string>(v));
        reach(o) = static_cast<T>(at - names.begin());
      };
    } else {
      static_assert(std::is_unsigned_v<T>);
      knob.get = [reach](const Owner& o) { return KnobValue(std::uint64_t{reach(o)}); };
      knob.set = [reach](Owner& o, const KnobValue& v) {
        reach(o) = static_cast<T>(std::get<std::uint64_t>(v));
      };
    }
    return knob;
  }
};

}  // namespace mmu
