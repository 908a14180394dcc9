// Keys that are looked for in an index.
#pragma once

#include "traces/workloads/parameters.hpp"
#include "traces/workloads/permutation.hpp"
#include "traces/workloads/random.hpp"
#include "traces/workloads/zipf.hpp"

namespace mmu::traces {

/// Numbers from 0 to count - 1 by Zipf's law with `theta`, the popular ones anywhere among them.
class Keys {
 public:
  Keys(const Values& values, std::uint64_t count)
      : random_(values.number("seed")),
        zipf_(count, values.real("theta")),
        places_(count, values.number("seed")) {}
  std::uint64_t next() { return places_.at(zipf_.draw(random_)); }

 private:
  Random random_;
  Zipf zipf_;
  Permutation places_;
};

}  // namespace mmu::traces
