// Writes small files whole.
#pragma once

#include <string>
#include <string_view>

namespace mmu {

/// Throws ConfigError if the file cannot be written to its end.
void write_text(const std::string& path, std::string_view text);

/// The same, whole or not at all: whoever reads meanwhile, or after a kill, sees the old or the new
/// text.
void replace_text(const std::string& path, std::string_view text);

}  // namespace mmu
