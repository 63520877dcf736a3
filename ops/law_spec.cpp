#include "ops/law_spec.h"

#include <cmath>

namespace foretoken::ops {
namespace {

/// "gemm.core[format_kind=k-quant,generation=Turing]"; "" when an attribute is empty.
std::string parameter_name(const CoefficientSpec& spec, const LevelSpec& level,
                           const Context& context) {
  std::string name = text_of(spec.id);
  if (level.covariate) name += "*" + std::string(text_of(*level.covariate));
  if (level.attributes.empty()) return name;
  name += '[';
  for (std::size_t i = 0; i < level.attributes.size(); ++i) {
    const std::string& value = context[level.attributes[i]];
    if (value.empty()) return "";
    if (i > 0) name += ',';
    name += text_of(level.attributes[i]);
    name += '=';
    name += value;
  }
  name += ']';
  return name;
}

}  // namespace

std::string level_name(CoefficientId id, const LevelSpec& level) {
  std::string name = text_of(id);
  if (level.covariate) name += "*" + std::string(text_of(*level.covariate));
  if (level.attributes.empty()) return name;
  char before = '[';
  for (const Attribute attribute : level.attributes) {
    name += before;
    name += text_of(attribute);
    before = ',';
  }
  name += ']';
  return name;
}

const CoefficientSpec* LawSpec::find(CoefficientId id) const {
  for (const CoefficientSpec& spec : coefficients) {
    if (spec.id == id) return &spec;
  }
  return nullptr;
}

std::optional<Term> term_of(const CoefficientSpec& spec, const LevelSpec& level,
                            const Context& context) {
  const double weight = level.covariate ? context[*level.covariate] : 1.0;
  if (weight == 0.0) return std::nullopt;
  std::string name = parameter_name(spec, level, context);
  if (name.empty()) return std::nullopt;
  return Term{std::move(name), weight, spec.id, &level};
}

double terms_of(const LawSpec& law, const CoefficientSpec& spec, const Context& context,
                std::vector<Term>& terms) {
  double ln_prior = std::log(spec.prior);
  if (spec.of) {
    const CoefficientSpec* const base = law.find(*spec.of);
    ln_prior += terms_of(law, *base, context, terms);
  }
  for (const LevelSpec& level : spec.levels) {
    if (auto term = term_of(spec, level, context)) terms.push_back(*std::move(term));
  }
  return ln_prior;
}

}  // namespace foretoken::ops
