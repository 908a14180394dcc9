// What mmusim-bench measures.
#pragma once

#include <string>
#include <vector>

#include "sim/result/result_json.hpp"

namespace mmu::bench {

struct Settings {
  std::string machine;
  std::vector<std::string> overrides;
  std::string trace;   ///< for the cases that read a file
  double scale = 1.0;  ///< of the number of accesses; a trace is read to its end or to this part
};

struct Case {
  std::string name;
  std::string what;
  Json (*measure)(const Settings& settings);
};

const std::vector<Case>& cases();

}  // namespace mmu::bench
