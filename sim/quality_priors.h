#pragma once

/// Priors of the parameters of the law of quantization losses that are not pooled. Read from
/// `data/quality/priors.yaml`, where each says why.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foretoken::sim {

struct Normal {
  double mean = 0;
  double deviation = 1;
};

/// By the parameter's name; every name that the law has is there.
using QualityPriors = std::map<std::string, Normal>;

/// Throws ConfigError with every fault of the file, a parameter that is missing or unknown among
/// them.
QualityPriors read_quality_priors(const std::string& path);
QualityPriors parse_quality_priors(std::string_view text, const std::string& name);

/// The file of the last of the data folders that has one. Throws Error where none has.
QualityPriors find_quality_priors(const std::vector<std::string>& data_folders);

}  // namespace foretoken::sim
