#include "sim/presets/knob_table.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <type_traits>

#include "hw/arch/errors.hpp"
#include "hw/arch/page_table_format.hpp"
#include "hw/arch/spelling.hpp"

namespace mmu {
namespace {

struct Table {
  std::vector<Knob> knobs;
  std::vector<KnobGroup> groups;
};

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end = std::min(list.find(", ", begin), list.size());
    words.push_back(list.substr(begin, end - begin));
    begin = end + 2;
  }
  return words;
}

/// `reach(machine)` is a reference to the member in question.
template <class T, class Field, class Reach>
Knob make_knob(const std::string& path, const Field& f, const Reach& reach) {
  Knob knob;
  knob.path = path;
  knob.unit = std::string(f.unit);
  knob.doc = std::string(f.doc);
  knob.min = f.min;
  knob.max = f.max;
  if constexpr (std::is_same_v<T, bool>) {
    knob.kind = KnobKind::kSwitch;
    knob.get = [reach](const MachineParams& m) { return KnobValue(reach(m)); };
    knob.set = [reach](MachineParams& m, const KnobValue& v) { reach(m) = std::get<bool>(v); };
  } else if constexpr (std::is_same_v<T, std::string>) {
    // A page-table format is kept by name: the table of formats is in hw/arch.
    const bool format = path == "mmu.format";
    knob.kind = format ? KnobKind::kChoice : KnobKind::kText;
    if (format) knob.choices = split(format_names());
    knob.get = [reach](const MachineParams& m) { return KnobValue(reach(m)); };
    knob.set = [reach](MachineParams& m, const KnobValue& v) {
      reach(m) = std::get<std::string>(v);
    };
  } else if constexpr (std::is_enum_v<T>) {
    knob.kind = KnobKind::kChoice;
    knob.choices.assign(f.names, f.names + f.name_count);
    knob.get = [reach, names = knob.choices](const MachineParams& m) {
      const auto index = static_cast<std::size_t>(reach(m));
      return KnobValue(index < names.size() ? names[index] : "#" + std::to_string(index));
    };
    knob.set = [reach, names = knob.choices](MachineParams& m, const KnobValue& v) {
      const auto at = std::find(names.begin(), names.end(), std::get<std::string>(v));
      reach(m) = static_cast<T>(at - names.begin());
    };
  } else {
    static_assert(std::is_unsigned_v<T>);
    knob.get = [reach](const MachineParams& m) { return KnobValue(std::uint64_t{reach(m)}); };
    knob.set = [reach](MachineParams& m, const KnobValue& v) {
      reach(m) = static_cast<T>(std::get<std::uint64_t>(v));
    };
  }
  return knob;
}

/// Lists the members of the struct that `reach(machine)` leads to.
template <class Struct, class Reach>
void list_members(Table& table, const std::string& path, const Reach& reach) {
  const auto list = [&](const auto& f) {
    const std::string member_path = (path.empty() ? "" : path + ".") + std::string(f.name);
    const auto inner = [ reach, member = f.member ](auto& machine) -> auto& {
      return reach(machine).*member;
    };
    using T = std::remove_reference_t<decltype(std::declval<Struct&>().*(f.member))>;
    if constexpr (has_fields<T>) {
      table.groups.push_back({member_path, std::string(f.doc)});
      list_members<T>(table, member_path, inner);
    } else {
      table.knobs.push_back(make_knob<T>(member_path, f, inner));
    }
  };
  std::apply([&](const auto&... f) { (list(f), ...); }, Struct::fields());
}

const Table& table() {
  static const Table kTable = [] {
    Table t;
    t.groups.push_back({"", "a machine"});
    list_members<MachineParams>(
        t, "", [](auto& machine) -> auto& { return machine; });
    return t;
  }();
  return kTable;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + '"';
}

[[noreturn]] void refuse(const Knob& knob, const std::string& found) {
  std::string message = knob.path + " = " + found + ": must be " + allowed_values(knob);
  if (knob.kind == KnobKind::kChoice && found.size() > 2 && found.front() == '"') {
    const std::string word = found.substr(1, found.size() - 2);
    const std::string near = nearest_word(word, knob.choices);
    if (edit_distance(word, near) <= 3) message += "; did you mean \"" + near + "\"?";
  }
  throw ConfigError(message);
}

/// "64", "0x40", "1_000"; with a unit of size too if `sizes`. False if it is none of these.
bool read_number(std::string text, bool sizes, std::uint64_t& number) {
  text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
  unsigned shift = 0;
  if (sizes) {
    constexpr std::string_view kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
    for (unsigned i = 0; i < 4; ++i) {
      if (text.size() > 3 && text.substr(text.size() - 3) == kUnits[i]) shift = 10 * (i + 1);
    }
    if (shift != 0) text.resize(text.size() - 3);
    while (shift != 0 && !text.empty() && text.back() == ' ') text.pop_back();
  }
  const bool hex = text.rfind("0x", 0) == 0;
  const char* begin = text.data() + (hex ? 2 : 0);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(begin, end, number, hex ? 16 : 10);
  if (error != std::errc{} || stop != end || begin == end) return false;
  if (shift != 0 && number > (std::numeric_limits<std::uint64_t>::max() >> shift)) return false;
  number <<= shift;
  return true;
}

}  // namespace

std::string_view Knob::name() const {
  return std::string_view(path).substr(path.rfind('.') + 1);  // npos + 1 is 0
}
std::string_view Knob::group() const {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? std::string_view() : std::string_view(path).substr(0, dot);
}

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

std::string allowed_values(const Knob& knob) {
  switch (knob.kind) {
    case KnobKind::kSwitch:
      return "true or false";
    case KnobKind::kText:
      return "a text";
    case KnobKind::kChoice: {
      std::string list = "one of";
      for (const std::string& name : knob.choices) {
        list += (list.size() == 6 ? " \"" : ", \"") + name + '"';
      }
      return list;
    }
    case KnobKind::kNumber:
      break;
  }
  return std::to_string(knob.min) + ".." + std::to_string(knob.max) +
         (knob.unit.empty() ? "" : " " + knob.unit);
}

KnobValue accept_value(const Knob& knob, const KnobValue& value) {
  const auto* number = std::get_if<std::uint64_t>(&value);
  const auto* text = std::get_if<std::string>(&value);
  switch (knob.kind) {
    case KnobKind::kSwitch:
      if (std::holds_alternative<bool>(value)) return value;
      break;
    case KnobKind::kText:
      if (text != nullptr) return value;
      break;
    case KnobKind::kChoice:
      if (text != nullptr &&
          std::find(knob.choices.begin(), knob.choices.end(), *text) != knob.choices.end()) {
        return value;
      }
      break;
    case KnobKind::kNumber: {
      std::uint64_t read = 0;
      if (text != nullptr && read_number(*text, knob.unit == "bytes", read)) number = &read;
      // Numbers too large for TOML are written as text; others as text are a mistake.
      const bool as_text = text != nullptr && knob.unit != "bytes" && read <= INT64_MAX;
      if (number != nullptr && !as_text && *number >= knob.min && *number <= knob.max) {
        return *number;
      }
      break;
    }
  }
  refuse(knob, value_as_toml(value));
}

KnobValue parse_value(const Knob& knob, const std::string& text) {
  std::uint64_t number = 0;
  if (knob.kind == KnobKind::kNumber) {
    if (!read_number(text, knob.unit == "bytes", number)) refuse(knob, quoted(text));
    return accept_value(knob, number);
  }
  if (knob.kind == KnobKind::kSwitch) {
    if (text != "true" && text != "false") refuse(knob, quoted(text));
    return text == "true";
  }
  return accept_value(knob, text);
}

std::string value_as_toml(const KnobValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&value)) return quoted(*text);
  const std::uint64_t number = std::get<std::uint64_t>(value);
  const std::string digits = std::to_string(number);
  return number > INT64_MAX ? quoted(digits) : digits;
}

std::string value_as_text(const KnobValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text != nullptr) return *text;
  const auto* number = std::get_if<std::uint64_t>(&value);
  return number != nullptr ? std::to_string(*number) : value_as_toml(value);
}

}  // namespace mmu
