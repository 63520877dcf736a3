#include "base/normal.h"

#include <array>
#include <cmath>

namespace foretoken {
namespace {

template <std::size_t N>
double polynomial(const std::array<double, N>& coefficients, double x) {
  double value = 0.0;
  for (const double c : coefficients) value = value * x + c;
  return value;
}

}  // namespace

double normal_quantile(double p) {
  // P. J. Acklam's rational approximation (relative error below 1.2e-9), then one step of Halley.
  constexpr double kTail = 0.02425;
  constexpr std::array<double, 6> kTop{-7.784894002430293e-03, -3.223964580411365e-01,
                                       -2.400758277161838e+00, -2.549732539343734e+00,
                                       4.374664141464968e+00,  2.938163982698783e+00};
  constexpr std::array<double, 5> kBottom{7.784695709041462e-03, 3.224671290700398e-01,
                                          2.445134137142996e+00, 3.754408661907416e+00, 1.0};
  constexpr std::array<double, 6> kMiddleTop{-3.969683028665376e+01, 2.209460984245205e+02,
                                             -2.759285104469687e+02, 1.383577518672690e+02,
                                             -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr std::array<double, 6> kMiddleBottom{-5.447609879822406e+01, 1.615858368580409e+02,
                                                -1.556989798598866e+02, 6.680131188771972e+01,
                                                -1.328068155288572e+01, 1.0};
  double x = 0.0;
  if (p < kTail || p > 1.0 - kTail) {
    const double q = std::sqrt(-2.0 * std::log(p < kTail ? p : 1.0 - p));
    x = polynomial(kTop, q) / polynomial(kBottom, q);
    if (p > 1.0 - kTail) x = -x;
  } else {
    const double q = p - 0.5;
    x = q * polynomial(kMiddleTop, q * q) / polynomial(kMiddleBottom, q * q);
  }
  const double error = 0.5 * std::erfc(-x / std::sqrt(2.0)) - p;
  const double step = error * std::sqrt(2.0 * M_PI) * std::exp(x * x / 2.0);
  return x - step / (1.0 + x * step / 2.0);
}

double student_cdf(double x, int even_dof) {
  // With s = x / sqrt(dof + x^2): 1/2 + s/2 * sum over k < dof/2 of binom(2k, k) / 4^k (1 - s^2)^k.
  const double dof = even_dof;
  const double sine = x / std::sqrt(dof + x * x);
  const double cosine_squared = dof / (dof + x * x);
  double term = 1.0;
  double sum = 1.0;
  for (int k = 1; k < even_dof / 2; ++k) {
    term *= cosine_squared * (2.0 * k - 1.0) / (2.0 * k);
    sum += term;
  }
  return 0.5 + 0.5 * sine * sum;
}

}  // namespace foretoken
