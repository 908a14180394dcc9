// Files of the project that tests read.
#pragma once

#include <string>

namespace mmu {

/// Where `path`, given from the project's root, lies on this machine.
std::string project_file(const std::string& path);

}  // namespace mmu
