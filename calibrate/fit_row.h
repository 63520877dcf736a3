#pragma once

/// A measured row reduced to what the fit needs: the loads of its operators, which coefficient of
/// the row each of them uses, and how each coefficient's logarithm is made of the pool's
/// parameters.

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ops/coefficient_id.h"
#include "ops/roofline.h"

namespace foretoken::calibrate {

/// Order of the coefficients that the law takes; also the directions of its derivative.
enum class LawInput : std::uint8_t { Launch, Ramp, Dram, Llc, Core, Serial, Flop, Link, Sharpness };
inline constexpr int kLawInputs = 9;

struct FitOp {
  ops::Load load;
  double repeat = 1;
  std::array<std::int16_t, kLawInputs> input{};  ///< index into `FitRow::coefficients`; -1: absent
};

/// ln coefficient = ln_prior + sum of weight * parameter.
struct FitCoefficient {
  ops::CoefficientId id{};
  double ln_prior = 0;
  std::vector<std::pair<int, double>> terms;  ///< (parameter index, weight)
};

struct FitRow {
  std::vector<FitOp> ops;
  std::vector<FitCoefficient> coefficients;
  int host = -1;          ///< coefficient that is added to the step; -1: none
  int sequence = -1;      ///< coefficient that is added for each sequence; -1: none
  double sequences = 1;   ///< decoded together
  int issue = -1;         ///< coefficient that a launch costs the host; -1: none
  double launches = 0;    ///< of the whole step
  int scale = -1;         ///< coefficient that multiplies the step; -1: none
  int cap = -1;           ///< coefficient of what the whole is held to; -1: none
  double cap_amount = 0;  ///< that it is a price of
  double ln_seconds = 0;  ///< measured; ln of joules in a row of the energy law
  int source = 0;         ///< who measured: rows of one source share a noise level
  double weight = 1;      ///< of the row's loss: repeats of one configuration share theirs
};

/// The parameters of a pool, over all its rows.
struct Design {
  std::vector<std::string> names;
  std::vector<double> spread;  ///< prior standard deviation as the law file states it
  std::vector<int> level;      ///< level that shares an estimated spread; -1: fixed spread
  std::vector<std::string> level_names;  ///< of each level
  int levels = 0;
  int sources = 0;
};

}  // namespace foretoken::calibrate
