// One test vector explained.
#pragma once

#include <string>
#include <vector>

namespace mmu {

/// The vector called `which`, or the one of that number (from 1, over all files): its walk, and
/// what it expects. Throws ConfigError if there is none, InputError for a bad file.
std::string explain_vector(const std::vector<std::string>& files, const std::string& which);

}  // namespace mmu
