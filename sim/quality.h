#pragma once

/// What a model loses in a weight format and a KV cache format: measured where a source did, else
/// the pooled estimate. Relative to the weights as published in 16 bits.

#include <optional>
#include <string>
#include <vector>

#include "model/llm.h"
#include "model/weight_scheme.h"
#include "sim/library.h"
#include "sim/quality_coefficients.h"
#include "sim/quality_row.h"

namespace foretoken::sim {

struct QualityLibrary {
  std::vector<QualityRow> rows;
  QualityCoefficients coefficients;  ///< empty: no pooled estimates
};

/// Rows of all data folders, coefficients of the last that has any. Throws ConfigError or Error.
QualityLibrary read_quality_library(const std::vector<std::string>& data_folders);

enum class QualityBasis : std::uint8_t {
  Unknown,      ///< no row of its kind of format: nothing is said
  Unquantized,  ///< nothing is rounded
  Published,    ///< the format that the model was published in, so its own reference
  Measured,     ///< rows of this model and format
  SameModel,    ///< pooled, with rows of this model in other formats
  Pooled,       ///< pooled over other models
};
/// "unknown", "unquantized", "as published", "measured", "same model", "pooled".
std::string_view text_of(QualityBasis basis);

struct QualityAnswer {
  QualityBasis basis = QualityBasis::Unknown;
  std::string note;  ///< the source of a measured one, the reason of an unknown one
  /// Perplexity over that of the unquantized model, less 1. Interval of what a measurement on
  /// another text would find; of measured rows, of the noise and of their spread.
  std::optional<LossInterval> loss;
  std::optional<LossInterval> kl;    ///< mean KL divergence in nats
  std::optional<LossInterval> top1;  ///< share of tokens with the same first choice
};

struct QualityQuestion {
  const model::Llm* llm = nullptr;
  std::string scheme;                                ///< weight format of the catalogue
  const model::WeightAssignment* weights = nullptr;  ///< of a weight file, instead
  std::string kv_keys;                               ///< "": 16 bits
  std::string kv_values;
};

/// Throws Error for a scheme or format that the library does not know.
QualityAnswer quality_of(const QualityQuestion& question, const Library& library,
                         const QualityLibrary& quality, double level);

}  // namespace foretoken::sim
