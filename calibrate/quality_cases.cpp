#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "base/hash.h"
#include "calibrate/quality_fit.h"

namespace foretoken::calibrate {
namespace {

sim::QuantizedBy made_by(const sim::QualityRow& row) {
  return {.quantizer = row.quantizer,
          .imatrix = row.imatrix.empty() ? 0.5 : (row.imatrix == "none" ? 0.0 : 1.0)};
}

/// Terms of the row; throws Error for a name that the library does not know.
std::vector<sim::NoiseTerm> terms_of(const sim::QualityRow& row, const model::Llm& llm,
                                     const sim::Library& library) {
  std::vector<sim::NoiseTerm> terms;
  std::string activations;
  if (!row.layers_format.empty()) {
    terms = sim::uniform_terms(llm, library.formats[library.formats.id_of(row.layers_format)],
                               made_by(row));
  } else {
    terms = sim::weight_terms(library.schemes.assign(row.format, llm, library.formats),
                              library.formats, made_by(row));
    activations = library.schemes.activation_format(row.format);
  }
  for (const std::string& name : {row.kv_keys, row.kv_values}) {
    if (!name.empty()) library.formats.id_of(name);
  }
  for (const auto& more : {sim::kv_terms(row.kv_keys, row.kv_values, library.formats),
                           sim::activation_terms(activations)}) {
    terms.insert(terms.end(), more.begin(), more.end());
  }
  return terms;
}

/// What rows that differ in nothing but the quantizer's version and run share.
std::string format_of(const sim::QualityRow& row) {
  std::string name = row.format.empty() ? "pure " + row.layers_format : row.format;
  if (!row.quantizer.empty()) name += ", " + row.quantizer;
  if (row.imatrix == "none") name += ", no imatrix";
  if (!row.kv_keys.empty() || !row.kv_values.empty()) {
    name += fmt::format(", kv {}/{}", row.kv_keys, row.kv_values);
  }
  return name;
}

/// Mean bits of the matrices in the layers; those of 16 bits are no term.
double mean_bits(const std::vector<sim::NoiseTerm>& terms) {
  double bits = 0;
  double share = 0;
  for (const sim::NoiseTerm& term : terms) {
    if (term.place == "embedding" || term.place == "output" ||
        term.place.ends_with("activations") || term.place.starts_with("kv_")) {
      continue;
    }
    bits += term.share * term.bits;
    share += term.share;
  }
  return bits + std::max(0.0, 1.0 - share) * 16.0;
}

void count_replicates(std::vector<QualityCase>& cases) {
  std::map<std::string, double> counts;
  const auto key = [](const QualityCase& one) { return one.row->group() + "|" + one.format; };
  for (const QualityCase& one : cases) ++counts[key(one)];
  for (QualityCase& one : cases) one.replicates = counts[key(one)];
}

}  // namespace

QualityCases quality_cases(const std::vector<sim::QualityRow>& rows, const sim::Library& library) {
  QualityCases result;
  for (const sim::QualityRow& row : rows) {
    if (!sim::is_evidence(row)) {
      result.rejected.push_back({&row, row.label});
      continue;
    }
    const model::Llm* const llm = library.models.known(row.model);
    if (llm == nullptr) {
      result.rejected.push_back({&row, fmt::format("unknown model '{}'", row.model)});
      continue;
    }
    try {
      const std::vector<sim::NoiseTerm> terms = terms_of(row, *llm, library);
      if (terms.empty()) {
        result.rejected.push_back({&row, "nothing is rounded"});
        continue;
      }
      const sim::QualitySubject subject = sim::subject_of(*llm);
      result.cases.push_back(
          {.row = &row,
           .design = sim::quality_design(terms, subject, row.group()),
           .fold = fmt::format("{} of {:.2g}e9", subject.family, subject.parameters / 1e9),
           .format = format_of(row),
           .bits = mean_bits(terms)});
    } catch (const Error& error) {
      result.rejected.push_back({&row, error.what()});
    }
  }
  count_replicates(result.cases);
  return result;
}

std::string quality_hash(const std::vector<sim::QualityRow>& rows) {
  std::string text;
  for (const sim::QualityRow& row : rows) {
    text +=
        fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}\n", row.group(), row.model, row.format,
                    row.layers_format, row.quantizer, row.imatrix, row.kv_keys, row.kv_values,
                    row.label, row.ln_ratio().value_or(-1.0), row.perplexity.value_or(-1.0),
                    row.kl_divergence.value_or(-1.0), row.top1_agreement.value_or(-1.0));
  }
  return hash_text(fnv1a(text));
}

}  // namespace foretoken::calibrate
