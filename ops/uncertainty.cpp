#include "ops/uncertainty.h"

#include <cmath>

namespace foretoken::ops {
namespace {

constexpr std::uint64_t kNoiseSeed = 0x6e6f697365;  // "noise"

}  // namespace

Draws SourceNoise::draws() const {
  Draws draws = standard_draws(kNoiseSeed);
  for (double& draw : draws) draw = std::exp(ln_mean + ln_deviation * draw);
  return draws;
}

std::string misfit_key(std::string_view question, bool known_device) {
  return std::string(question) + (known_device ? ", known device" : ", unseen device");
}

Misfit misfit_of(const Uncertainty& uncertainty, std::string_view question, bool known_device) {
  const auto found = uncertainty.misfits.find(misfit_key(question, known_device));
  return found == uncertainty.misfits.end() ? Misfit{} : found->second;
}

SourceNoise noise_of(const Uncertainty& uncertainty, std::string_view question, double otherwise) {
  const auto found = uncertainty.noise.find(question == kStepQuestion ? "step" : "kernel");
  if (found != uncertainty.noise.end()) return found->second;
  constexpr double kUnknownDeviation = 0.5;
  return {.ln_mean = std::log(otherwise), .ln_deviation = kUnknownDeviation};
}

}  // namespace foretoken::ops
