// What a workload may be told: values with unit, range and default.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mmu::traces {

struct Parameter {
  enum class Kind : std::uint8_t { kCount, kBytes, kReal, kChoice };

  std::string_view name;
  Kind kind = Kind::kCount;
  std::string_view unit;        ///< of a count
  std::string_view by_default;  ///< as a user would write it
  double least = 0, most = 0;   ///< both included
  std::uint64_t multiple = 1;   ///< of which a count or bytes must be one
  std::string_view choices;     ///< "this|that"
  std::string_view meaning;
};

/// "4KiB to 64TiB, in steps of 4KiB"; of a choice "this|that".
std::string range_text(const Parameter& parameter);

/// One for each parameter of a workload.
class Values {
 public:
  /// `settings` as the user gave them, the rest by default. Throws ConfigError that names
  /// `workload`, the parameter, and what is allowed; a misspelt one gets the nearest.
  Values(std::string_view workload, const std::vector<Parameter>& parameters,
         const std::vector<std::pair<std::string, std::string>>& settings);

  /// These require that the workload has this parameter, of this kind.
  std::uint64_t number(std::string_view name) const { return find(name).number; }
  double real(std::string_view name) const { return find(name).real; }
  bool is(std::string_view name, std::string_view choice) const {
    return find(name).text == choice;
  }

  /// "bytes=64MiB,seed=1": all of them, in the order of the table, always spelled the same.
  std::string text() const;

 private:
  struct Value {
    std::uint64_t number = 0;
    double real = 0;
    std::string text;
  };
  const Value& find(std::string_view name) const;
  static Value read(const std::string& what, const Parameter& parameter, const std::string& text);

  std::vector<std::pair<std::string, Value>> values_;
};

/// A whole number from `least` to `most`, with K, M, G or T for powers of 1000. Throws ConfigError.
std::uint64_t read_count(const std::string& what, const std::string& text, std::uint64_t least,
                         std::uint64_t most);

}  // namespace mmu::traces
