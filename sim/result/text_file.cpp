#include "sim/result/text_file.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "hw/arch/errors.hpp"

namespace mmu {

void write_text(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw ConfigError(path + ": cannot be written");
}

void replace_text(const std::string& path, std::string_view text) {
  const std::string beside = path + ".new-" + std::to_string(getpid());
  write_text(beside, text);
  std::error_code error;
  std::filesystem::rename(beside, path, error);
  if (error) throw ConfigError(path + ": cannot be written");
}

}  // namespace mmu
