#include "sim/quality_row.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/suggest.h"
#include "base/text_file.h"

namespace foretoken::sim {
namespace {

constexpr double kMostPerplexity = 1e6;
constexpr double kMostKl = 50.0;
constexpr double kMostBits = 64.0;
constexpr double kMostParameters = 1e5;
constexpr double kMostTokens = 1e9;
/// Tokens of wikitext-2's test part, which most sources use.
constexpr double kUsualTokens = 290e3;
/// A quantized model's perplexity below this share of its reference's is no rounding but a mix-up.
constexpr double kLeastRatio = 0.9;

/// Columns of one table by name, faults collected.
class Cells {
 public:
  Cells(const CsvTable& table, std::vector<Fault>& faults) : table_(table), faults_(faults) {}

  std::string text(std::size_t row, std::string_view column) const {
    const auto at = table_.find_column(column);
    return at ? std::string(table_.cell(row, *at)) : std::string();
  }

  std::string required(std::size_t row, std::string_view column) {
    std::string found = text(row, column);
    if (found.empty()) fault(row, column, fmt::format("'{}' is empty", column));
    return found;
  }

  std::optional<double> number(std::size_t row, std::string_view column, double low, double high) {
    const auto at = table_.find_column(column);
    if (!at) return std::nullopt;
    std::optional<double> value;
    try {
      value = table_.number(row, *at);
    } catch (const ConfigError& error) {
      faults_.insert(faults_.end(), error.faults().begin(), error.faults().end());
      return std::nullopt;
    }
    if (value && !(*value >= low && *value <= high)) {
      fault(row, column,
            fmt::format("'{}' must be from {} to {}; found {}", column, low, high, *value));
      return std::nullopt;
    }
    return value;
  }

  void fault(std::size_t row, std::string_view column, std::string message) {
    faults_.push_back(
        table_.fault(row, table_.find_column(column).value_or(0), std::move(message)));
  }

 private:
  const CsvTable& table_;
  std::vector<Fault>& faults_;
};

std::vector<std::string> label_names(const std::string& text) {
  std::vector<std::string> names;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find(';', start), text.size());
    if (end > start) names.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return names;
}

void check_labels(const QualityRow& row, std::size_t index, Cells& cells) {
  std::vector<std::string> known;
  for (const QualityLabel& label : quality_labels()) known.emplace_back(label.name);
  for (const std::string& name : label_names(row.label)) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    cells.fault(index, "label",
                fmt::format("unknown label '{}'{}", name, did_you_mean(name, known)));
  }
}

void check_format(const QualityRow& row, std::size_t index, Cells& cells) {
  if (!row.format.empty() && !row.layers_format.empty()) {
    cells.fault(index, "layers_format", "a row has a format or a layers_format, not both");
  }
  if (row.label.empty() && row.format.empty() && row.layers_format.empty()) {
    cells.fault(index, "format", "a row without a label needs a format or a layers_format");
  }
}

void check_figures(const QualityRow& row, std::size_t index, Cells& cells) {
  if (row.perplexity_ratio && row.perplexity && row.reference_perplexity) {
    const double ratio = *row.perplexity / *row.reference_perplexity;
    if (std::abs(ratio / *row.perplexity_ratio - 1.0) > 1e-3) {
      cells.fault(index, "perplexity_ratio",
                  fmt::format("the stated ratio {} is not that of the perplexities, {:.6f}",
                              *row.perplexity_ratio, ratio));
    }
  }
  if (row.reference_perplexity && row.reference.empty()) {
    cells.fault(index, "reference", "a reference perplexity needs 'reference': F16, BF16 or Q8_0");
  }
  const auto ln = row.ln_ratio();
  if (ln && *ln < std::log(kLeastRatio)) {
    cells.fault(index, "perplexity",
                fmt::format("{:.4f} of its reference is too good to be the same evaluation",
                            std::exp(*ln)));
  }
  const bool has_figure = ln || row.perplexity || row.kl_divergence || row.top1_agreement;
  if (row.label.empty() && !has_figure) {
    cells.fault(index, "perplexity", "a row without a label needs a figure");
  }
}

QualityRow read_row(const CsvTable& table, std::size_t index, Cells& cells) {
  const auto text = [&](std::string_view column) { return cells.text(index, column); };
  QualityRow row;
  row.file = table.name();
  row.line = table.line(index);
  row.source = cells.required(index, "source");
  row.model = text("model");
  row.model_name = cells.required(index, "model_name");
  row.parameters_e9 = cells.number(index, "parameters_e9", 1e-3, kMostParameters).value_or(0.0);
  row.format = text("format");
  row.layers_format = text("layers_format");
  row.weight_format = cells.required(index, "weight_format");
  row.quantizer = text("quantizer");
  row.imatrix = text("imatrix");
  row.bits_per_weight = cells.number(index, "bits_per_weight", 0.5, kMostBits);
  row.kv_keys = text("kv_keys");
  row.kv_values = text("kv_values");
  row.evaluation = cells.required(index, "evaluation");
  row.tokens = cells.number(index, "tokens", 1.0, kMostTokens);
  row.perplexity = cells.number(index, "perplexity", 1.0, kMostPerplexity);
  row.reference_perplexity = cells.number(index, "reference_perplexity", 1.0, kMostPerplexity);
  row.reference = text("reference");
  row.perplexity_ratio = cells.number(index, "perplexity_ratio", kLeastRatio, kMostPerplexity);
  row.kl_divergence = cells.number(index, "kl_divergence", 0.0, kMostKl);
  row.top1_agreement = cells.number(index, "top1_agreement", 0.0, 1.0);
  row.label = text("label");
  row.notes = text("notes");
  check_labels(row, index, cells);
  check_format(row, index, cells);
  check_figures(row, index, cells);
  return row;
}

}  // namespace

std::optional<double> QualityRow::ln_ratio() const {
  if (perplexity && reference_perplexity) return std::log(*perplexity / *reference_perplexity);
  if (perplexity_ratio) return std::log(*perplexity_ratio);
  return std::nullopt;
}

std::string QualityRow::group() const {
  return fmt::format("{}, {}, {}", source.substr(0, source.find_first_of("#@")), model_name,
                     evaluation);
}

bool QualityRow::has_label(std::string_view name) const {
  const std::vector<std::string> names = label_names(label);
  return std::find(names.begin(), names.end(), name) != names.end();
}

const std::vector<QualityLabel>& quality_labels() {
  static const std::vector<QualityLabel> labels{
      {"no-reference", true, "no unquantized figure of the same source and evaluation"},
      {"is-reference", false, "the unquantized model itself, or what stands for it"},
      {"no-perplexity", false, "a score of tasks in place of perplexity or divergence"},
      {"median-kl", false, "states the median divergence, not the mean"},
      {"unknown-format", false, "a method whose layout no format of the catalogue has"},
      {"unknown-recipe", false, "does not say which tensors have which format"},
      {"self-reported-mix", false, "a mix of its publisher, tensor by tensor"},
      {"quantization-aware", false, "a checkpoint trained for one format"},
      {"superseded", false, "an early version of the method that later ones repaired"},
      {"second-hand", false, "quoted by others, model not restated"},
  };
  return labels;
}

double noise_factor(const QualityRow& row) {
  return row.tokens ? std::sqrt(kUsualTokens / *row.tokens) : 1.0;
}

bool is_evidence(const QualityRow& row) {
  return std::none_of(
      quality_labels().begin(), quality_labels().end(),
      [&](const QualityLabel& label) { return !label.fitted && row.has_label(label.name); });
}

std::vector<QualityRow> quality_rows_of(const CsvTable& table) {
  for (const char* needed : {"source", "model_name", "weight_format", "evaluation"}) {
    table.column(needed);
  }
  std::vector<Fault> faults;
  Cells cells(table, faults);
  std::vector<QualityRow> rows;
  rows.reserve(table.rows());
  for (std::size_t i = 0; i < table.rows(); ++i) rows.push_back(read_row(table, i, cells));
  if (!faults.empty()) throw ConfigError(std::move(faults));
  return rows;
}

std::vector<QualityRow> read_quality_rows(const std::string& path) {
  return quality_rows_of(CsvTable::read(path));
}

std::vector<QualityRow> read_all_quality_rows(const std::vector<std::string>& data_folders) {
  std::vector<QualityRow> rows;
  for (const std::string& folder : data_folders) {
    for (const std::string& path : files_in(folder + "/quality", ".csv")) {
      std::vector<QualityRow> more = read_quality_rows(path);
      rows.insert(rows.end(), more.begin(), more.end());
    }
  }
  return rows;
}

}  // namespace foretoken::sim
