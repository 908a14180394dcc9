// Text for tables of other programs.
#pragma once

#include <string>

namespace mmu {

/// RFC 4180: quoted where it holds a comma, a quote or a line end.
std::string csv_cell(const std::string& text);

}  // namespace mmu
