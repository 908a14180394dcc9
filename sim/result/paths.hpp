// Paths as they are kept in files and given to other processes.
#pragma once

#include <filesystem>
#include <string>

namespace mmu {

/// From the root, without "." and "..".
inline std::string absolute_path(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

}  // namespace mmu
