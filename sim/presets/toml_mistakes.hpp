// Mistakes in a TOML file, each with its place: all are told at once.
#pragma once

#include <toml++/toml.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "hw/arch/errors.hpp"

namespace mmu {

/// "file.toml:3:7"
inline std::string place_text(std::string_view source, const toml::source_position& at) {
  return std::string(source) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

/// True if `a` stands before `b`. The parser's tables are sorted by key; people read from top to
/// bottom.
inline bool stands_before(const toml::source_position& a, const toml::source_position& b) {
  return std::tie(a.line, a.column) < std::tie(b.line, b.column);
}

class TomlMistakes {
 public:
  explicit TomlMistakes(std::string_view source) : source_(source) {}

  void add(const toml::source_region& region, const std::string& text) {
    mistakes_.push_back({region.begin, text});
  }
  /// Throws ConfigError with all of them, one on a line, from top to bottom; not if there is none.
  void throw_if_any() {
    if (mistakes_.empty()) return;
    std::stable_sort(mistakes_.begin(), mistakes_.end(),
                     [](const Mistake& a, const Mistake& b) { return stands_before(a.at, b.at); });
    std::string message;
    for (const Mistake& m : mistakes_) {
      message += (message.empty() ? "" : "\n") + place_text(source_, m.at) + ": " + m.text;
    }
    throw ConfigError(message);
  }

 private:
  struct Mistake {
    toml::source_position at;
    std::string text;
  };
  std::string source_;
  std::vector<Mistake> mistakes_;
};

}  // namespace mmu
