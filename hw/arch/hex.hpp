// Addresses as people read them.
#pragma once

#include <cstdint>
#include <sstream>
#include <string>

namespace mmu {

/// "0x1f000"; 0 is "0x0".
inline std::string hex(std::uint64_t value) {
  std::ostringstream out;
  out << "0x" << std::hex << value;
  return out.str();
}

}  // namespace mmu
