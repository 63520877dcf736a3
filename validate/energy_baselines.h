#pragma once

/// Trivial models of energy that any good one must beat: rated power times time; one share of rated
/// power for all devices; one power for each device, the share where a device is unseen.

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "calibrate/dataset.h"
#include "validate/scorecard.h"

namespace foretoken::validate {

/// "rated power", "share of rated", "constant power".
std::string_view energy_baseline_name(int baseline);

class EnergyBaselines {
 public:
  explicit EnergyBaselines(const std::vector<const calibrate::EnergyRow*>& training);
  /// Joules of the row's step.
  std::array<double, kBaselines> predict(const calibrate::EnergyRow& row) const;

 private:
  double share_ = 1;
  std::map<std::string, double> share_of_device_;
};

}  // namespace foretoken::validate
