#include "ops/context.h"

#include <algorithm>

namespace foretoken::ops {
namespace {

constexpr std::array<std::string_view, kAttributes> kAttributeNames{
    "device", "architecture", "generation",  "vendor",         "device_class",
    "isa",    "memory",       "runtime",     "runtime_family", "runtime_version",
    "source", "format",       "format_kind", "unpack",         "tokens",
    "kernel", "flash",        "llm",         "scheme",         "engine",
    "scope",  "group"};

constexpr std::array<std::string_view, kCovariates> kCovariateNames{
    "build_year", "ecc",       "log_threads", "log_thread_share", "log_bandwidth",
    "log_cores",  "log_clock", "log_hidden",  "graphs",           "log_bits",
    "log_simd",   "log_batch", "log_wide",    "interleaved",      "log_cache_heads",
    "log_rated",  "in_step"};

template <typename Enum, std::size_t N>
std::optional<Enum> find(const std::array<std::string_view, N>& names, std::string_view text) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view text_of(Attribute attribute) {
  return kAttributeNames[static_cast<std::size_t>(attribute)];
}
std::optional<Attribute> attribute_of(std::string_view text) {
  return find<Attribute>(kAttributeNames, text);
}
std::vector<std::string> attribute_names() {
  return {kAttributeNames.begin(), kAttributeNames.end()};
}

std::string_view text_of(Covariate covariate) {
  return kCovariateNames[static_cast<std::size_t>(covariate)];
}
std::optional<Covariate> covariate_of(std::string_view text) {
  return find<Covariate>(kCovariateNames, text);
}
std::vector<std::string> covariate_names() {
  return {kCovariateNames.begin(), kCovariateNames.end()};
}

}  // namespace foretoken::ops
