#include "sim/interval.h"

#include <algorithm>
#include <cmath>

#include "base/normal.h"

namespace foretoken::sim {

namespace {

/// Rows stray from their source's noise further than a normal would let them, which is why the fit
/// has a robust loss: tails of Student's distribution with this many degrees of freedom.
constexpr int kTailDof = 4;

}  // namespace

double probability_below(const Doubt& doubt, double ln_ratio) {
  const double x = ln_ratio / doubt.misfit.scale;
  double sum = 0.0;
  for (std::size_t d = 0; d < doubt.offsets.size(); ++d) {
    sum += student_cdf((x - doubt.offsets[d]) / doubt.noise[d], kTailDof);
  }
  return sum / static_cast<double>(doubt.offsets.size());
}

double ln_quantile(const Doubt& doubt, double p) {
  const auto excess = [&](double x) { return probability_below(doubt, x) - p; };
  // A bracket: outwards from the point, on the side where the quantile lies.
  const double start = excess(0.0);
  if (start == 0.0) return 0.0;
  const double away = start > 0.0 ? -1.0 : 1.0;
  double step = doubt.misfit.scale * *std::max_element(doubt.noise.begin(), doubt.noise.end());
  double near = 0.0;
  double far = away * step;
  double at_near = start;
  double at_far = excess(far);
  while (at_far * start > 0.0) {
    near = far;
    at_near = at_far;
    far += away * (step *= 2.0);
    at_far = excess(far);
  }
  // Regula falsi, the end that stays halved in weight (Illinois): a handful of steps.
  constexpr double kTolerance = 1e-7;
  constexpr int kMostSteps = 60;
  for (int i = 0; i < kMostSteps && std::abs(far - near) > kTolerance; ++i) {
    const double x = (near * at_far - far * at_near) / (at_far - at_near);
    const double at_x = excess(x);
    if (std::abs(at_x) < kTolerance) return x;
    if (at_x * at_far < 0.0) {
      near = far;
      at_near = at_far;
    } else {
      at_near /= 2.0;
    }
    far = x;
    at_far = at_x;
  }
  return far;
}

LogInterval log_interval(const Doubt& doubt, double level) {
  const double tail = (1.0 - level) / 2.0;
  return {std::min(0.0, ln_quantile(doubt, tail)), std::max(0.0, ln_quantile(doubt, 1.0 - tail))};
}

}  // namespace foretoken::sim
