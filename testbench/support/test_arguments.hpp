// What a test executable with a SystemC kernel was called with, googletest's own options apart.
#pragma once

#include <string>
#include <vector>

namespace mmu::test {

const std::vector<std::string>& arguments();

}  // namespace mmu::test
