#include "sim/result/text_file.hpp"

#include <fstream>

#include "hw/arch/errors.hpp"

namespace mmu {

void write_text(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw ConfigError(path + ": cannot be written");
}

}  // namespace mmu
