#include "validate/baselines.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace foretoken::validate {
namespace {

double median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Mean absolute ln error of bytes/e + layers*c, less what the best factor e for this ratio r = c*e
/// takes out: the fit is one-dimensional in r.
struct LineFit {
  double error = 0;
  double ln_inverse_efficiency = 0;
};

LineFit line_at(const std::vector<BaselineRow>& rows, double ratio) {
  std::vector<double> offsets;
  offsets.reserve(rows.size());
  for (const BaselineRow& row : rows) {
    offsets.push_back(std::log(row.seconds) - std::log(row.bytes_seconds + ratio * row.layers));
  }
  LineFit fit;
  fit.ln_inverse_efficiency = median(offsets);
  for (const double offset : offsets) fit.error += std::abs(offset - fit.ln_inverse_efficiency);
  return fit;
}

}  // namespace

std::string_view baseline_name(int baseline) {
  constexpr std::array<std::string_view, kBaselines> kNames{"roofline", "efficiency",
                                                            "bytes+layers"};
  return kNames[static_cast<std::size_t>(baseline)];
}

BaselineRow baseline_row(const calibrate::PoolRow& row) {
  BaselineRow result;
  const sim::StepLoads& loads = row.decode != nullptr ? row.decode->loads : row.kernel->loads;
  for (const sim::OpLoad& op : loads.ops) {
    if (op.family == ops::Family::Gather) continue;
    result.bytes_seconds += (op.load.memory + op.load.cache).base() * op.repeat;
  }
  if (row.decode != nullptr) {
    result.layers = static_cast<double>(row.decode->request.llm->layers.size());
    result.seconds = row.decode->seconds;
  } else {
    result.layers = 1;
    result.seconds = row.kernel->row->latency_seconds;
  }
  return result;
}

Baselines::Baselines(const std::vector<BaselineRow>& training) {
  std::vector<BaselineRow> rows;
  for (const BaselineRow& row : training) {
    if (row.bytes_seconds > 0.0) rows.push_back(row);
  }
  if (rows.empty()) return;
  efficiency_ = std::exp(-line_at(rows, 0.0).ln_inverse_efficiency);
  // Ratios from 0.1 us to 10 ms a layer, 8 a decade, and none.
  LineFit best = line_at(rows, 0.0);
  double best_ratio = 0.0;
  constexpr int kSteps = 40;
  constexpr double kPerDecade = 8.0;
  for (int i = 0; i <= kSteps; ++i) {
    const double ratio = 1e-7 * std::pow(10.0, i / kPerDecade);
    const LineFit fit = line_at(rows, ratio);
    if (fit.error < best.error) {
      best = fit;
      best_ratio = ratio;
    }
  }
  line_efficiency_ = std::exp(-best.ln_inverse_efficiency);
  layer_seconds_ = best_ratio / line_efficiency_;
}

std::array<double, kBaselines> Baselines::predict(const BaselineRow& row) const {
  return {row.bytes_seconds, row.bytes_seconds / efficiency_,
          row.bytes_seconds / line_efficiency_ + row.layers * layer_seconds_};
}

}  // namespace foretoken::validate
