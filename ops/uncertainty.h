#pragma once

/// What a fit does not know, beside its parameters' posterior: how far keys of a level lie apart,
/// how noisy sources are, and how far the law itself misses on what it has not seen.

#include <map>
#include <string>
#include <string_view>

#include "ops/draws.h"

namespace foretoken::ops {

/// Noise of a measurement by a source that the fit has not seen: log-normal over sources.
struct SourceNoise {
  double ln_mean = 0.0;
  double ln_deviation = 0.0;
  /// Standard deviations of ln time, in draws.
  Draws draws() const;
};

/// How predictions missed rows that were left out inside the fit's own rows: everything between
/// point and measurement times `scale`.
struct Misfit {
  double scale = 1.0;
  double rows = 0.0;  ///< left-out rows behind it; 0: nobody looked
};

/// Rows of one device that took part in the fit.
struct DeviceRows {
  double steps = 0.0;
  double kernels = 0.0;
};

/// What is asked: a whole step, or one operator of a family.
inline constexpr std::string_view kStepQuestion = "step";

struct Uncertainty {
  std::map<std::string, double, std::less<>> spreads;     ///< estimated, by `level_name`
  std::map<std::string, SourceNoise, std::less<>> noise;  ///< "step" and "kernel"
  std::map<std::string, Misfit, std::less<>> misfits;     ///< by `misfit_key`
  std::map<std::string, DeviceRows, std::less<>> devices;
};

/// "gemm, unseen device", "step, known device".
std::string misfit_key(std::string_view question, bool known_device);

/// The misfit that applies; that of a law taken at its word where none was estimated.
Misfit misfit_of(const Uncertainty& uncertainty, std::string_view question, bool known_device);

/// The noise of a step's or a kernel's rows; about `otherwise` where no row was fitted.
SourceNoise noise_of(const Uncertainty& uncertainty, std::string_view question, double otherwise);

}  // namespace foretoken::ops
