#include "testbench/support/project_file.hpp"

namespace mmu {

std::string project_file(const std::string& path) { return std::string(MMU_SOURCE_DIR "/") + path; }

}  // namespace mmu
