// What differs between two results, in words: the first lines of a search for the reason.
#pragma once

#include <array>
#include <set>
#include <string>
#include <string_view>

#include "hw/common/fields.hpp"
#include "hw/link/story.hpp"

namespace mmu::test {

/// Appends "name: left against right" for each counter that differs and is not in `except`.
template <class Stats>
void add_differences(std::string& text, std::string_view name, const Stats& left,
                     const Stats& right, const std::set<std::string_view>& except = {}) {
  for_each_field(left, [&](const auto& field, std::uint64_t value) {
    const std::uint64_t other = right.*(field.member);
    if (value == other || except.count(field.name) != 0) return;
    text += "  " + std::string(name) + "." + std::string(field.name) + ": " +
            std::to_string(value) + " against " + std::to_string(other) + "\n";
  });
}

inline void add_difference(std::string& text, const std::string& name, std::uint64_t left,
                           std::uint64_t right) {
  if (left == right) return;
  text += "  " + name + ": " + std::to_string(left) + " against " + std::to_string(right) + "\n";
}

inline void add_differences(std::string& text, const std::string& name, const Stack& left,
                            const Stack& right) {
  for (unsigned part = 0; part < kParts; ++part) {
    add_difference(text, name + "." + name_of(static_cast<Part>(part)), left[part], right[part]);
  }
}

}  // namespace mmu::test
