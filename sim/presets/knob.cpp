#include "sim/presets/knob.hpp"

#include <charconv>
#include <limits>

#include "hw/arch/errors.hpp"
#include "hw/arch/spelling.hpp"

namespace mmu {
namespace {

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

[[noreturn]] void refuse(const KnobForm& knob, const std::string& found) {
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

std::string_view KnobForm::name() const {
  return std::string_view(path).substr(path.rfind('.') + 1);  // npos + 1 is 0
}
std::string_view KnobForm::group() const {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? std::string_view() : std::string_view(path).substr(0, dot);
}

std::string allowed_values(const KnobForm& knob) {
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
  std::string numbers = std::to_string(knob.min) + ".." + std::to_string(knob.max);
  if (knob.powers_of_two) {
    numbers = std::to_string(knob.min);
    for (std::uint64_t n = knob.min * 2; n < knob.max; n *= 2) numbers += ", " + std::to_string(n);
    numbers += " or " + std::to_string(knob.max);
  }
  return numbers + (knob.unit.empty() ? "" : " " + knob.unit);
}

KnobValue accept_value(const KnobForm& knob, const KnobValue& value) {
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
      if (number != nullptr && !as_text && *number >= knob.min && *number <= knob.max &&
          !(knob.powers_of_two && (*number & (*number - 1)) != 0)) {
        return *number;
      }
      break;
    }
  }
  refuse(knob, value_as_toml(value));
}

KnobValue parse_value(const KnobForm& knob, const std::string& text) {
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
