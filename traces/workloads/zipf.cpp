// Compiled without fused multiply-adds (CMakeLists.txt): they would round otherwise elsewhere.
#include "traces/workloads/zipf.hpp"

#include <algorithm>
#include <cmath>

namespace mmu::traces {
namespace {

double natural_log(double x) {
  constexpr double kLn2 = 0x1.62e42fefa39efp-1;
  constexpr double kRoot = 0x1.6a09e667f3bcdp-1;  // 1 / sqrt(2)
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < kRoot) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1), square = s * s;  // ln m = 2 artanh s
  double sum = 0;
  for (int k = 23; k >= 1; k -= 2) sum = sum * square + 1.0 / k;
  return exponent * kLn2 + 2 * s * sum;
}

double exponential(double x) {
  constexpr double kLn2High = 0x1.62e42fee00000p-1, kLn2Low = 0x1.a39ef35793c76p-33;
  const double times = std::floor(x / 0x1.62e42fefa39efp-1 + 0.5);
  const double rest = x - times * kLn2High - times * kLn2Low;
  double sum = 1;
  for (int k = 14; k >= 1; --k) sum = 1 + sum * rest / k;
  return std::ldexp(sum, static_cast<int>(times));
}

// Near 0 the closed forms of these two lose all digits.
constexpr double kSmall = 0.01;

/// ln(1 + x) / x
double log_ratio(double x) {
  if (std::fabs(x) > kSmall) return natural_log(1 + x) / x;
  double sum = 0;
  for (int k = 8; k >= 1; --k) sum = 1.0 / k - x * sum;
  return sum;
}

/// (e^x - 1) / x
double exp_ratio(double x) {
  if (std::fabs(x) > kSmall) return (exponential(x) - 1) / x;
  double sum = 1;
  for (int k = 8; k >= 2; --k) sum = 1 + x / k * sum;
  return sum;
}

}  // namespace

double power(double x, double y) { return exponential(y * natural_log(x)); }

// In the names of the paper: H(1.5) - 1, H(n + 0.5), s; h(x) = x^-theta, H its integral.
Zipf::Zipf(std::uint64_t n, double theta) : n_(n), theta_(theta) {
  if (theta == 0) return;
  first_ = integral(1.5) - 1;
  last_ = integral(static_cast<double>(n) + 0.5);
  squeeze_ = 2 - inverse_of_integral(integral(2.5) - power(2, -theta));
}

double Zipf::integral(double x) const {
  const double log_x = natural_log(x);
  return exp_ratio((1 - theta_) * log_x) * log_x;
}

double Zipf::inverse_of_integral(double y) const {
  const double t = std::max(-1.0 + 0x1p-52, (1 - theta_) * y);
  return exponential(log_ratio(t) * y);
}

std::uint64_t Zipf::draw(Random& random) const {
  if (theta_ == 0) return random.below(n_);
  while (true) {
    const double u = last_ + random.fraction() * (first_ - last_);
    const double x = inverse_of_integral(u);
    const double k = std::clamp(std::floor(x + 0.5), 1.0, static_cast<double>(n_));
    if (k - x <= squeeze_ || u >= integral(k + 0.5) - power(k, -theta_)) {
      return std::min(n_ - 1, static_cast<std::uint64_t>(k) - 1);
    }
  }
}

}  // namespace mmu::traces
