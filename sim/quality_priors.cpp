#include "sim/quality_priors.h"

#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"
#include "base/yaml_map.h"

namespace foretoken::sim {
namespace {

constexpr int kPriorsSchema = 1;
constexpr const char* kPriorsFile = "/quality/priors.yaml";
constexpr std::array kParameters{"bits",     "scale",         "scale.size",  "scale.experts",
                                 "exponent", "exponent.size", "curvature",   "imatrix",
                                 "kv_keys",  "kv_values",     "activations", "block-activations",
                                 "kl.scale", "kl.exponent",   "top1.scale",  "top1.exponent"};

QualityPriors read_top(YamlFile& file) {
  file.require_schema(kPriorsSchema);
  file.top().text("source");
  QualityPriors priors;
  for (const char* name : kParameters) {
    YamlMap map = file.top().map(name);
    priors[name] = {.mean = map.number("mean", {-100.0, 100.0}),
                    .deviation = map.number("deviation", {1e-3, 100.0})};
    map.text("why");
  }
  file.finish();
  return priors;
}

}  // namespace

QualityPriors read_quality_priors(const std::string& path) {
  YamlFile file = YamlFile::read(path);
  return read_top(file);
}

QualityPriors parse_quality_priors(std::string_view text, const std::string& name) {
  YamlFile file = YamlFile::parse(text, name);
  return read_top(file);
}

QualityPriors find_quality_priors(const std::vector<std::string>& data_folders) {
  for (auto folder = data_folders.rbegin(); folder != data_folders.rend(); ++folder) {
    const std::string path = *folder + kPriorsFile;
    if (std::filesystem::exists(path)) return read_quality_priors(path);
  }
  throw Error(
      fmt::format("no 'quality/priors.yaml' in the data folder '{}', which the law of "
                  "quantization losses needs (see --data)",
                  data_folders.empty() ? "" : data_folders.front()));
}

}  // namespace foretoken::sim
