// What `mmusim trace workloads` prints.
#pragma once

#include <string>

namespace mmu {

/// All kinds, a line each, and how they are spelled.
std::string workload_list();
/// One kind with its parameters. Throws ConfigError if there is none of this name.
std::string workload_text(const std::string& name);

}  // namespace mmu
