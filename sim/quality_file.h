#pragma once

/// The fitted law of quantization losses as a file, `data/quality/loss.h5`.

#include <string>
#include <vector>

#include "sim/quality_coefficients.h"

namespace foretoken::sim {

inline constexpr const char* kQualityFile = "quality/loss.h5";

/// `data_hash` names the rows it was fitted to. Throws Error when the file cannot be written.
void write_quality(const std::string& path, const QualityCoefficients& coefficients,
                   const std::string& tool_version, const std::string& data_hash);

/// Throws Error for a file that is none of these, of another schema, or whose parts do not fit
/// together.
QualityCoefficients read_quality(const std::string& path);

}  // namespace foretoken::sim
