#include "sim/quality_law.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "model/tensors.h"

namespace foretoken::sim {
namespace {

constexpr double kUsualBits = 4.5;
constexpr double kUsualParameters = 8e9;
/// ln L beyond which nothing is left to lose; keeps exp from overflowing on the way of a fit.
constexpr double kMostLnLoss = 3.0;

/// Only what rounds to the nearest of equal steps has a choice that an importance matrix helps.
bool heeds_imatrix(const std::string& kind) {
  return kind == "legacy" || kind == "k-quant" || kind == "table";
}

QualityDesign::Term term_design(const NoiseTerm& term) {
  QualityDesign::Term design{.ln_share = std::log(term.share), .features = {}};
  auto& features = design.features;
  features.push_back({"bits", QualityLevel::Fixed, term.bits - kUsualBits});
  if (term.place.starts_with("kv_")) {
    features.push_back({term.place, QualityLevel::Fixed, 1.0});
    features.push_back({"kv:" + term.format, QualityLevel::Cache, 1.0});
    return design;
  }
  if (term.place == "block-activations") {
    features.push_back({term.place, QualityLevel::Fixed, 1.0});
    return design;
  }
  if (term.place == "activations") {
    features.push_back({"activations", QualityLevel::Fixed, 1.0});
    features.push_back({"activations:" + term.format, QualityLevel::Kind, 1.0});
    return design;
  }
  features.push_back({"kind:" + term.kind, QualityLevel::Kind, 1.0});
  features.push_back({"format:" + term.format, QualityLevel::Format, 1.0});
  features.push_back({"place:" + term.place, QualityLevel::Place, 1.0});
  if (!term.quantizer.empty()) {
    features.push_back({"quantizer:" + term.quantizer, QualityLevel::Quantizer, 1.0});
  }
  if (heeds_imatrix(term.kind)) {
    features.push_back({"imatrix", QualityLevel::Fixed, term.imatrix});
  }
  return design;
}

double value_of(const std::vector<QualityPoint::Feature>& features,
                const std::vector<double>& values) {
  double sum = 0;
  for (const auto& feature : features) sum += feature.factor * values[feature.parameter];
  return sum;
}

void add(const std::vector<QualityPoint::Feature>& features, double weight,
         std::vector<double>& gradient) {
  for (const auto& feature : features) gradient[feature.parameter] += weight * feature.factor;
}

/// "llama-3.1-8b" is of the series "llama-3": name and generation, without point release and size.
std::string series_of(const std::string& id) {
  const auto digit =
      std::find_if(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
  auto end = digit;
  while (end != id.end() && *end != '.' && *end != '-') ++end;
  const std::string stem(id.begin(), end);
  // "llama-7b": the first number is a size already, so this is the first generation.
  if (!stem.empty() && stem.back() == 'b') return std::string(id.begin(), digit) + "1";
  return stem;
}

}  // namespace

std::string_view text_of(QualityLevel level) {
  static constexpr std::array<std::string_view, kQualityLevels> names{
      "fixed",  "kind",  "format",          "quantizer",      "cache",     "place",
      "family", "model", "family-exponent", "model-exponent", "evaluation"};
  return names[static_cast<std::size_t>(level)];
}

QualitySubject subject_of(const model::Llm& llm) {
  const bool experts = std::any_of(llm.layers.begin(), llm.layers.end(),
                                   [](const model::Layer& layer) { return layer.moe.has_value(); });
  return {.family = series_of(llm.id),
          .model = llm.id,
          .parameters = model::parameter_count(llm),
          .has_experts = experts};
}

QualityDesign quality_design(const std::vector<NoiseTerm>& terms, const QualitySubject& subject,
                             const std::string& evaluation) {
  using enum QualityLevel;
  QualityDesign design;
  for (const NoiseTerm& term : terms) design.terms.push_back(term_design(term));
  const double size = std::log(subject.parameters / kUsualParameters);
  design.scale = {{"scale", Fixed, 1.0},
                  {"scale.size", Fixed, size},
                  {"family:" + subject.family, Family, 1.0},
                  {"model:" + subject.model, Model, 1.0}};
  if (subject.has_experts) design.scale.push_back({"scale.experts", Fixed, 1.0});
  if (!evaluation.empty()) design.scale.push_back({"evaluation:" + evaluation, Evaluation, 1.0});
  design.exponent = {{"exponent", Fixed, 1.0},
                     {"exponent.size", Fixed, size},
                     {"exponent.family:" + subject.family, FamilyExponent, 1.0},
                     {"exponent.model:" + subject.model, ModelExponent, 1.0}};
  design.curvature = {{"curvature", Fixed, 1.0}};
  return design;
}

double ln_loss(const QualityPoint& point, const std::vector<double>& values,
               std::vector<double>* gradient) {
  double largest = -1e300;
  std::vector<double> logs;
  logs.reserve(point.terms.size());
  for (const QualityPoint::Term& term : point.terms) {
    logs.push_back(term.ln_share + value_of(term.features, values));
    largest = std::max(largest, logs.back());
  }
  double sum = 0;
  for (const double log : logs) sum += std::exp(log - largest);
  const double ln_noise = largest + std::log(sum);
  const double exponent = 1.0 + value_of(point.exponent, values);
  const double curvature = value_of(point.curvature, values);
  const double ln = value_of(point.scale, values) + (exponent + curvature * ln_noise) * ln_noise;
  const double slope = exponent + 2.0 * curvature * ln_noise;
  if (gradient != nullptr) {
    std::fill(gradient->begin(), gradient->end(), 0.0);
    if (ln < kMostLnLoss) {
      add(point.scale, 1.0, *gradient);
      add(point.exponent, ln_noise, *gradient);
      add(point.curvature, ln_noise * ln_noise, *gradient);
      for (std::size_t t = 0; t < logs.size(); ++t) {
        add(point.terms[t].features, slope * std::exp(logs[t] - ln_noise), *gradient);
      }
    }
  }
  return std::min(ln, kMostLnLoss);
}

double loss_scale(double loss) { return std::asinh(loss / (2.0 * kLossFloor)); }
double loss_of_scale(double scaled) { return 2.0 * kLossFloor * std::sinh(scaled); }
double loss_scale_slope(double loss) {
  return 1.0 / std::sqrt(loss * loss + 4.0 * kLossFloor * kLossFloor);
}

}  // namespace foretoken::sim
