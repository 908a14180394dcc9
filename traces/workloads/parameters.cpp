#include "traces/workloads/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <map>

#include "hw/arch/errors.hpp"
#include "hw/arch/spelling.hpp"

namespace mmu::traces {
namespace {

using Kind = Parameter::Kind;

struct Suffix {
  std::string_view text;
  std::uint64_t factor;
};
constexpr Suffix kCounts[] = {
    {"", 1}, {"K", 1'000}, {"M", 1'000'000}, {"G", 1'000'000'000}, {"T", 1'000'000'000'000}};
constexpr Suffix kBytes[] = {{"", 1},
                             {"KiB", std::uint64_t{1} << 10},
                             {"MiB", std::uint64_t{1} << 20},
                             {"GiB", std::uint64_t{1} << 30},
                             {"TiB", std::uint64_t{1} << 40}};

/// With the largest suffix that leaves a whole number.
template <std::size_t count>
std::string shortest(std::uint64_t number, const Suffix (&suffixes)[count]) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < count; ++i) {
    if (number != 0 && number % suffixes[i].factor == 0) best = i;
  }
  return std::to_string(number / suffixes[best].factor) + std::string(suffixes[best].text);
}

std::string real_text(double value) {
  char text[32];
  return {text, std::to_chars(std::begin(text), std::end(text), value).ptr};
}

std::string number_text(const Parameter& parameter, double value) {
  if (parameter.kind == Kind::kReal) return real_text(value);
  const auto number = static_cast<std::uint64_t>(value);
  return parameter.kind == Kind::kBytes ? shortest(number, kBytes) : shortest(number, kCounts);
}

/// False if `text` is no number with one of the suffixes, or too large for 64 bits.
template <std::size_t count>
bool read_number(const std::string& text, const Suffix (&suffixes)[count], std::uint64_t& number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const std::string_view rest(stop, static_cast<std::size_t>(end - stop));
  const auto* const suffix =
      std::find_if(std::begin(suffixes), std::end(suffixes),
                   [rest](const Suffix& candidate) { return candidate.text == rest; });
  if (error != std::errc() || suffix == std::end(suffixes)) return false;
  if (number > ~std::uint64_t{0} / suffix->factor) return false;
  number *= suffix->factor;
  return true;
}

bool read_real(const std::string& text, double& real) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, real);
  return error == std::errc() && stop == end && std::isfinite(real);
}

std::vector<std::string> split(std::string_view choices) {
  std::vector<std::string> all;
  while (true) {
    const std::size_t bar = choices.find('|');
    all.emplace_back(choices.substr(0, bar));
    if (bar == std::string_view::npos) return all;
    choices.remove_prefix(bar + 1);
  }
}

void check_choice(const std::string& what, const Parameter& parameter, const std::string& text) {
  const std::vector<std::string> all = split(parameter.choices);
  if (std::find(all.begin(), all.end(), text) != all.end()) return;
  throw ConfigError(what + " = " + text + ": must be one of " + range_text(parameter) +
                    "; did you mean \"" + nearest_word(text, all) + "\"?");
}

}  // namespace

std::string range_text(const Parameter& parameter) {
  if (parameter.kind == Kind::kChoice) return std::string(parameter.choices);
  std::string text =
      number_text(parameter, parameter.least) + " to " + number_text(parameter, parameter.most);
  if (parameter.multiple != 1) {
    text += ", in steps of " + number_text(parameter, static_cast<double>(parameter.multiple));
  }
  return text;
}

Values::Value Values::read(const std::string& what, const Parameter& parameter,
                           const std::string& text) {
  if (parameter.kind == Kind::kChoice) {
    check_choice(what, parameter, text);
    return {0, 0, text};
  }
  Value value;
  const bool bytes = parameter.kind == Kind::kBytes;
  bool good = false;
  if (parameter.kind == Kind::kReal) {
    good = read_real(text, value.real);
  } else {
    good =
        bytes ? read_number(text, kBytes, value.number) : read_number(text, kCounts, value.number);
    value.real = static_cast<double>(value.number);
  }
  if (!good || value.real < parameter.least || value.real > parameter.most ||
      value.number % parameter.multiple != 0) {
    throw ConfigError(what + " = " + text + ": must be from " + range_text(parameter) +
                      (bytes ? " (KiB, MiB, GiB, TiB)" : ""));
  }
  value.text = number_text(parameter, value.real);
  return value;
}

Values::Values(std::string_view workload, const std::vector<Parameter>& parameters,
               const std::vector<std::pair<std::string, std::string>>& settings) {
  const std::string what = "workload " + std::string(workload) + ": ";
  std::vector<std::string> names;
  names.reserve(parameters.size());
  for (const Parameter& parameter : parameters) names.emplace_back(parameter.name);
  std::map<std::string, std::string> given;
  for (const auto& [key, text] : settings) {
    if (std::find(names.begin(), names.end(), key) == names.end()) {
      throw ConfigError(what + "unknown parameter \"" + key + "\"; did you mean \"" +
                        nearest_word(key, names) + "\"?");
    }
    if (!given.emplace(key, text).second) throw ConfigError(what + key + " is given twice");
  }
  for (const Parameter& parameter : parameters) {
    const std::string name(parameter.name);
    const auto found = given.find(name);
    values_.emplace_back(
        name, read(what + name, parameter,
                   found == given.end() ? std::string(parameter.by_default) : found->second));
  }
}

const Values::Value& Values::find(std::string_view name) const {
  const auto found = std::find_if(values_.begin(), values_.end(),
                                  [name](const auto& value) { return value.first == name; });
  if (found == values_.end()) {
    throw ModelError("traces: a workload has no parameter " + std::string(name));
  }
  return found->second;
}

std::string Values::text() const {
  std::string all;
  for (const auto& [name, value] : values_) {
    all += (all.empty() ? "" : ",") + name + "=" + value.text;
  }
  return all;
}

std::uint64_t read_count(const std::string& what, const std::string& text, std::uint64_t least,
                         std::uint64_t most) {
  std::uint64_t number = 0;
  if (read_number(text, kCounts, number) && number >= least && number <= most) return number;
  throw ConfigError(what + " = " + text + ": must be from " + shortest(least, kCounts) + " to " +
                    shortest(most, kCounts));
}

}  // namespace mmu::traces
