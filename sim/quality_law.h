#pragma once

/// The law of what quantization costs. With noise terms t of share s_t in places of sensitivity
/// v_t,
///
///   ln d_t = slope (bits_t - 4.5) + kind + format + quantizer + imatrix
///   N      = sum over t of s_t v_t d_t            noise, 1 for plain 4.5 bits everywhere
///   ln L   = scale + (1 + exponent) ln N + curvature (ln N)^2      L = ln(perplexity / unquantized
///   perplexity) ln D   = kl.scale + kl.exponent ln L          mean KL divergence, nats ln(1 - A) =
///   top1.scale + top1.exponent ln L   share of tokens whose first choice changes
///
/// Rounding to b bits leaves a noise power of 4^-b, so slope is near -ln 4. scale and exponent have
/// levels by family and model and a slope on ln parameters: large models lose less, models trained
/// on many tokens lose more. Every number is a parameter with a normal prior; parameters of one
/// level share a spread, which the fit estimates.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/llm.h"
#include "sim/quality_terms.h"

namespace foretoken::sim {

enum class QualityLevel : std::uint8_t {
  Fixed,  ///< not pooled: it has a prior of its own, of `QualityPriors`
  Kind,
  Format,
  Quantizer,
  Cache,
  Place,
  Family,
  Model,
  FamilyExponent,
  ModelExponent,
  Evaluation,
};
inline constexpr int kQualityLevels = 11;
std::string_view text_of(QualityLevel level);

/// One summand: `factor` times the parameter of that name.
struct QualityFeature {
  std::string parameter;
  QualityLevel level = QualityLevel::Fixed;
  double factor = 1;
};

/// What a question asks of the law, not yet looked up.
struct QualityDesign {
  struct Term {
    double ln_share = 0;
    std::vector<QualityFeature> features;
  };
  std::vector<Term> terms;  ///< none: nothing is rounded, no loss
  std::vector<QualityFeature> scale;
  std::vector<QualityFeature> exponent;
  std::vector<QualityFeature> curvature;
};

/// Who is quantized: pooled by the lineage, since sizes of one series are trained alike.
struct QualitySubject {
  std::string family;  ///< "llama-3"
  std::string model;   ///< id of the catalogue
  double parameters = 8e9;
  bool has_experts = false;
};
QualitySubject subject_of(const model::Llm& llm);

QualityDesign quality_design(const std::vector<NoiseTerm>& terms, const QualitySubject& subject,
                             const std::string& evaluation);

/// A design with parameters by index: the law in numbers.
struct QualityPoint {
  struct Feature {
    std::size_t parameter = 0;
    double factor = 1;
  };
  struct Term {
    double ln_share = 0;
    std::vector<Feature> features;
  };
  std::vector<Term> terms;
  std::vector<Feature> scale;
  std::vector<Feature> exponent;
  std::vector<Feature> curvature;
};

/// ln L, and what it changes by with each parameter where `gradient` is given (sized to the
/// parameters, set to zero first).
double ln_loss(const QualityPoint& point, const std::vector<double>& values,
               std::vector<double>* gradient);

/// Measured losses may be negative, as noise is. The fit compares asinh(loss / (2 floor)): ln of
/// large losses, proportional for those below the floor.
inline constexpr double kLossFloor = 0.001;
double loss_scale(double loss);
double loss_of_scale(double scaled);
/// d loss_scale / d loss.
double loss_scale_slope(double loss);

}  // namespace foretoken::sim
