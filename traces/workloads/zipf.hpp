// Items of which few are popular.
#pragma once

#include <cstdint>

#include "traces/workloads/random.hpp"

namespace mmu::traces {

/// x^y for x > 0, by basic operations only, whose results IEEE 754 fixes: the same bits on every
/// machine. Relative error below 1e-13 where the result lies between 1e-100 and 1e100.
double power(double x, double y);

/// Draws rank i of 0 .. n-1 with a probability proportional to (i + 1)^-theta, exactly so, in
/// constant time and memory: rejection-inversion (Hörmann, Derflinger: "Rejection-inversion to
/// generate variates from monotone discrete distributions", ACM TOMACS 6(3), 1996).
class Zipf {
 public:
  /// theta 0: all ranks alike. Requires n > 0, theta >= 0.
  Zipf(std::uint64_t n, double theta);
  std::uint64_t draw(Random& random) const;

 private:
  double integral(double x) const;
  double inverse_of_integral(double y) const;

  std::uint64_t n_;
  double theta_;
  double first_ = 0, last_ = 0, squeeze_ = 0;
};

}  // namespace mmu::traces
