#include "validate/energy_baselines.h"

#include <algorithm>

#include "ops/energy.h"

namespace foretoken::validate {
namespace {

double median(std::vector<double> values) {
  if (values.empty()) return 1.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Joules of all the row's devices at rated power.
double rated_joules(const calibrate::EnergyRow& row) {
  const double devices = std::max(row.row->row->n_devices, 1.0);
  return ops::rated_power(*row.row->request.device).base() * devices * row.seconds;
}

}  // namespace

std::string_view energy_baseline_name(int baseline) {
  constexpr std::array<std::string_view, kBaselines> kNames{"rated power", "share of rated",
                                                            "constant power"};
  return kNames[static_cast<std::size_t>(baseline)];
}

EnergyBaselines::EnergyBaselines(const std::vector<const calibrate::EnergyRow*>& training) {
  std::vector<double> shares;
  std::map<std::string, std::vector<double>> by_device;
  for (const calibrate::EnergyRow* const row : training) {
    const double share = row->joules / rated_joules(*row);
    shares.push_back(share);
    by_device[row->row->request.device->id].push_back(share);
  }
  share_ = median(std::move(shares));
  for (auto& [device, theirs] : by_device) share_of_device_[device] = median(std::move(theirs));
}

std::array<double, kBaselines> EnergyBaselines::predict(const calibrate::EnergyRow& row) const {
  const double rated = rated_joules(row);
  const auto found = share_of_device_.find(row.row->request.device->id);
  const double own = found == share_of_device_.end() ? share_ : found->second;
  return {rated, rated * share_, rated * own};
}

}  // namespace foretoken::validate
