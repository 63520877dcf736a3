#include "sim/quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "base/normal.h"
#include "sim/quality_file.h"
#include "sim/quality_terms.h"

namespace foretoken::sim {
namespace {

constexpr double kUnquantizedBits = 15.0;
/// A text that no row was measured on: its effect is not known.
constexpr const char* kAnotherText = "another";

bool is_16_bit(const std::string& name, const FormatTable& formats) {
  FormatId id{};
  return name.empty() ||
         (formats.find(name, id) && formats[id].bytes_per_value() * 8.0 >= kUnquantizedBits);
}

/// From ln ratios to shares: 0.02 for 2 % more perplexity.
LossInterval as_share(const LossInterval& ln) {
  return {.point = std::expm1(ln.point), .lo = std::expm1(ln.lo), .hi = std::expm1(ln.hi)};
}

/// A format whose kind no row has is not guessed at.
std::string unknown_kind(const std::vector<NoiseTerm>& terms, const QualityCoefficients& fitted) {
  for (const NoiseTerm& term : terms) {
    std::string needed = "kind:" + term.kind;
    if (term.place == "activations") needed = "activations:" + term.format;
    if (term.place == "block-activations") needed = term.place;
    if (term.place.starts_with("kv_")) needed = "kv:" + term.format;
    // A cache format that nobody measured errs as its bits do; its spread says how well.
    if (term.place.starts_with("kv_") && fitted.rows_of(term.place) > 0.0) continue;
    if (fitted.rows_of(needed) > 0.0) continue;
    return fmt::format("no row measures {} formats",
                       term.place == "activations" ? term.format + " activation" : term.kind);
  }
  return "";
}

struct Asked {
  const QualityQuestion& question;
  std::string scheme;
  std::vector<NoiseTerm> weights;
  std::vector<NoiseTerm> cache;
  bool quantized_cache = false;
};

Asked resolved(const QualityQuestion& question, const Library& library) {
  Asked asked{.question = question, .scheme = {}, .weights = {}, .cache = {}};
  std::string activations;
  if (question.weights != nullptr) {
    asked.scheme = question.weights->scheme;
    asked.weights = weight_terms(*question.weights, library.formats, {});
  } else {
    const model::WeightAssignment weights =
        library.schemes.assign(question.scheme, *question.llm, library.formats);
    asked.scheme = weights.scheme;
    activations = library.schemes.activation_format(question.scheme);
    asked.weights = weight_terms(weights, library.formats,
                                 {.quantizer = library.schemes.quantizer(question.scheme)});
  }
  for (const NoiseTerm& term : activation_terms(activations)) asked.weights.push_back(term);
  asked.quantized_cache = !is_16_bit(question.kv_keys, library.formats) ||
                          !is_16_bit(question.kv_values, library.formats);
  if (asked.quantized_cache) {
    asked.cache = kv_terms(question.kv_keys, question.kv_values, library.formats);
  }
  return asked;
}

bool same_format(std::string name, const std::string& other, const FormatTable& formats) {
  if (is_16_bit(name, formats) && is_16_bit(other, formats)) return true;
  FormatId a{};
  FormatId b{};
  return formats.find(name, a) && formats.find(other, b) && a == b;
}

/// Rows of this very model, format and cache that state a loss. With `any_cache`, 16-bit caches.
std::vector<const QualityRow*> rows_for(const Asked& asked, const Library& library,
                                        const QualityLibrary& quality, bool plain_cache) {
  std::vector<const QualityRow*> rows;
  const QualityQuestion& question = asked.question;
  for (const QualityRow& row : quality.rows) {
    if (row.model != question.llm->id || row.format != asked.scheme || !row.ln_ratio()) continue;
    if (!is_evidence(row)) continue;
    const std::string keys = plain_cache ? "" : question.kv_keys;
    const std::string values = plain_cache ? "" : question.kv_values;
    if (same_format(row.kv_keys, keys, library.formats) &&
        same_format(row.kv_values, values, library.formats)) {
      rows.push_back(&row);
    }
  }
  return rows;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

/// Median of the rows in ln, from the least to the largest, and the noise of each.
LossInterval measured_loss(const std::vector<const QualityRow*>& rows, double noise, double level) {
  std::vector<double> losses;
  double lo = 1e300;
  double hi = -1e300;
  const double z = normal_quantile(0.5 + level / 2.0);
  for (const QualityRow* row : rows) {
    const double loss = *row->ln_ratio();
    const double doubt = z * noise * noise_factor(*row);
    losses.push_back(loss);
    lo = std::min(lo, loss - doubt);
    hi = std::max(hi, loss + doubt);
  }
  return {.point = median(losses), .lo = lo, .hi = hi};
}

std::optional<LossInterval> measured_reading(const std::vector<const QualityRow*>& rows,
                                             std::optional<double> QualityRow::*reading) {
  std::vector<double> values;
  for (const QualityRow* row : rows) {
    if (row->*reading) values.push_back(*(row->*reading));
  }
  if (values.empty()) return std::nullopt;
  const auto [lo, hi] = std::minmax_element(values.begin(), values.end());
  return LossInterval{.point = median(values), .lo = *lo, .hi = *hi};
}

std::string sources_of(const std::vector<const QualityRow*>& rows) {
  std::vector<std::string> names;
  for (const QualityRow* row : rows) {
    if (std::find(names.begin(), names.end(), row->source) == names.end()) {
      names.push_back(row->source);
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

LossBelief belief_of(const std::vector<NoiseTerm>& terms, const Asked& asked,
                     const QualityLibrary& quality) {
  return loss_belief(quality_design(terms, subject_of(*asked.question.llm), kAnotherText),
                     quality.coefficients);
}

std::vector<NoiseTerm> joined(std::vector<NoiseTerm> a, const std::vector<NoiseTerm>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

QualityAnswer measured_answer(const std::vector<const QualityRow*>& rows, const Asked& asked,
                              const QualityLibrary& quality, double level) {
  QualityAnswer answer{.basis = QualityBasis::Measured, .note = sources_of(rows)};
  LossInterval ln = measured_loss(rows, quality.coefficients.noise, level);
  answer.kl = measured_reading(rows, &QualityRow::kl_divergence);
  answer.top1 = measured_reading(rows, &QualityRow::top1_agreement);
  if (asked.quantized_cache) {
    // What the cache adds is the pooled difference, all of its doubt above the measured weights'.
    const LossInterval with =
        loss_interval(belief_of(joined(asked.weights, asked.cache), asked, quality), 0.0, level);
    const double without =
        asked.weights.empty()
            ? 0.0
            : loss_interval(belief_of(asked.weights, asked, quality), 0.0, level).point;
    ln.point += std::max(0.0, with.point - without);
    ln.hi += std::max(0.0, with.hi - without);
    answer.note += "; cache pooled";
    answer.kl.reset();
    answer.top1.reset();
  }
  answer.loss = as_share(ln);
  return answer;
}

QualityAnswer pooled_answer(const std::vector<NoiseTerm>& terms, const Asked& asked,
                            const QualityLibrary& quality, double level) {
  QualityAnswer answer;
  if (quality.coefficients.empty()) {
    answer.note = "no fitted law of losses in the data folders";
    return answer;
  }
  answer.note = unknown_kind(terms, quality.coefficients);
  if (!answer.note.empty()) return answer;
  const bool known = quality.coefficients.rows_of("model:" + asked.question.llm->id) > 0.0;
  answer.basis = known ? QualityBasis::SameModel : QualityBasis::Pooled;
  const LossBelief belief = belief_of(terms, asked, quality);
  answer.loss = as_share(loss_interval(belief, 0.0, level));
  answer.kl = kl_interval(belief, quality.coefficients, level);
  answer.top1 = top1_interval(belief, quality.coefficients, level);
  return answer;
}

}  // namespace

std::string_view text_of(QualityBasis basis) {
  static constexpr std::array<std::string_view, 6> names{"unknown",  "unquantized", "as published",
                                                         "measured", "same model",  "pooled"};
  return names[static_cast<std::size_t>(basis)];
}

QualityLibrary read_quality_library(const std::vector<std::string>& data_folders) {
  QualityLibrary library{.rows = read_all_quality_rows(data_folders), .coefficients = {}};
  for (const std::string& folder : data_folders) {
    const std::string path = folder + "/" + kQualityFile;
    if (std::filesystem::exists(path)) library.coefficients = read_quality(path);
  }
  if (!library.coefficients.empty()) {
    library.coefficients.priors = find_quality_priors(data_folders);
  }
  return library;
}

QualityAnswer quality_of(const QualityQuestion& question, const Library& library,
                         const QualityLibrary& quality, double level) {
  const Asked asked = resolved(question, library);
  const std::vector<const QualityRow*> exact = rows_for(asked, library, quality, false);
  if (!exact.empty()) {
    Asked plain = asked;
    plain.quantized_cache = false;  // the rows' own cache is the one asked for
    return measured_answer(exact, plain, quality, level);
  }
  const LossInterval none{};
  const bool published = !question.llm->default_format.empty() &&
                         library.schemes.find(question.llm->default_format) == asked.scheme;
  const auto basis = published ? QualityBasis::Published : QualityBasis::Unquantized;
  if (!asked.quantized_cache && (published || asked.weights.empty())) {
    return {.basis = basis,
            .note = {},
            .loss = none,
            .kl = none,
            .top1 = LossInterval{.point = 1, .lo = 1, .hi = 1}};
  }
  if (published) return pooled_answer(asked.cache, asked, quality, level);
  const std::vector<const QualityRow*> weights = rows_for(asked, library, quality, true);
  if (!weights.empty() && !quality.coefficients.empty()) {
    return measured_answer(weights, asked, quality, level);
  }
  return pooled_answer(joined(asked.weights, asked.cache), asked, quality, level);
}

}  // namespace foretoken::sim
