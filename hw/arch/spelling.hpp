// What a misspelt word was probably meant to be.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mmu {

/// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate with the smallest distance, the first of several. Requires candidates.
std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace mmu
