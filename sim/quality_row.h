#pragma once

/// One published measurement of what a quantized model loses against its own 16-bit weights, read
/// from `data/quality/*.csv`. Empty text and nullopt mean that the source does not say.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv_table.h"

namespace foretoken::sim {

struct QualityRow {
  std::string file;
  int line = 0;
  std::string source;         ///< name@commit or name#issue
  std::string model;          ///< id of the catalogue; of a fine-tune, that of its shapes
  std::string model_name;     ///< as the source has it
  double parameters_e9 = 0;   ///< as the source counts them
  std::string format;         ///< weight format of the catalogue, mixed as its tool does
  std::string layers_format;  ///< number format of every matrix in the layers, instead of `format`
  std::string weight_format;  ///< as the source has it
  std::string quantizer;      ///< "rtn", "gptq", "hqq", "exl2", ...; "": the format's own tool
  std::string imatrix;        ///< "none", "yes" or the text it was made of
  std::optional<double> bits_per_weight;  ///< as the source counts them
  std::string kv_keys;                    ///< "": 16 bits
  std::string kv_values;
  std::string evaluation;        ///< text and context length
  std::optional<double> tokens;  ///< of the text, where it is unusually short
  std::optional<double> perplexity;
  std::optional<double> reference_perplexity;  ///< of the same source and evaluation
  std::string reference;                       ///< "F16", "BF16" or "Q8_0"
  std::optional<double> perplexity_ratio;      ///< stated instead of two perplexities
  std::optional<double> kl_divergence;         ///< mean over tokens, nats
  std::optional<double> top1_agreement;        ///< share of tokens
  std::string label;                           ///< why it is no evidence, ";"-separated
  std::string notes;

  /// ln(perplexity / reference); nullopt where either is missing.
  std::optional<double> ln_ratio() const;
  bool has_label(std::string_view name) const;
  /// Rows of one group were measured alike and may be compared with each other: same project, model
  /// and evaluation, in whichever issue or revision.
  std::string group() const;
};

struct QualityLabel {
  const char* name;
  bool fitted;  ///< rows with it are still evidence for the pooled estimate
  const char* meaning;
};
const std::vector<QualityLabel>& quality_labels();

/// Noise of the row's loss beside that of the texts most sources use: short texts are noisier.
double noise_factor(const QualityRow& row);

/// Whether the row teaches the pooled estimate anything.
bool is_evidence(const QualityRow& row);

/// Needed columns: source, model_name, weight_format, evaluation. Throws ConfigError with every
/// fault: missing source, unknown label, figures that cannot be, a ratio beside two perplexities
/// that contradict it, both or neither of format and layers_format in a row without a label.
std::vector<QualityRow> read_quality_rows(const std::string& path);
std::vector<QualityRow> quality_rows_of(const CsvTable& table);

/// Rows of every `quality/*.csv` of the data folders, in the order of folders and names.
std::vector<QualityRow> read_all_quality_rows(const std::vector<std::string>& data_folders);

}  // namespace foretoken::sim
