#pragma once

/// Whether the power budget of a warm machine foretells how far a rate falls: each measured curve
/// of sustained decoding against the budget that the other curves of its device settled at (of any
/// device, where it is the only one).

#include <string>
#include <vector>

#include "sim/library.h"

namespace foretoken::validate {

struct SustainedCurve {
  std::string id;
  std::string what;            ///< "apple-a19-pro-gpu / llama-3.2-3b / mlx-4bit / mlx-swift"
  bool cool = true;            ///< started at full speed; a warm one cannot tell how far it fell
  double measured_ratio = 0;   ///< rate of the last minute over that of the first 20 s
  double predicted_ratio = 0;  ///< sustained over full speed; 0: not predicted
  double measured_rate = 0;    ///< tokens/s of the last minute
  double predicted_rate = 0;
  double predicted_lo = 0, predicted_hi = 0;
  double budget = 0;    ///< W, from the other curves
  std::string refused;  ///< why not predicted
};

struct SustainedCard {
  std::vector<SustainedCurve> curves;
  std::size_t cool = 0;         ///< predicted curves that started cool
  double ratio_error = 0;       ///< median |predicted - measured| / measured ratio, of those
  double no_heat_error = 0;     ///< the same for a machine that never slows down
  std::size_t predicted = 0;    ///< curves
  double rate_error = 0;        ///< median error of the last minute's rate, of those
  double full_speed_error = 0;  ///< the same for full speed
  double coverage = 0;          ///< of the last minute's rate, 90 % intervals
  double delay_median = 0;      ///< s, of curves that started cool and have a fitted step
  double delay_least = 0, delay_most = 0;
};

/// Reads `measurements/thermal_curves.csv` of the folders. Throws ConfigError for its faults.
SustainedCard validate_sustained(const sim::Library& library,
                                 const std::vector<std::string>& data_folders);

}  // namespace foretoken::validate
