#pragma once

/// Which coefficients a pool of measurements has and on what each may depend. Structure as data:
/// `data/laws/<pool>.yaml`. Every coefficient is log-linear,
///
///   ln c = ln prior + sum over levels of beta[level key] + sum over covariates of x * beta[name],
///
/// so pooling at another level is a line in the file. A level whose key was never measured
/// contributes nothing: an unseen device inherits its class.

#include <optional>
#include <string>
#include <vector>

#include "ops/coefficient_id.h"
#include "ops/context.h"

namespace foretoken::ops {

struct LevelSpec {
  std::vector<Attribute> attributes;   ///< empty: the pool itself
  std::optional<Covariate> covariate;  ///< the beta is multiplied by this covariate
  double spread = 0.1;                 ///< prior standard deviation of the beta, in ln units
};

struct CoefficientSpec {
  CoefficientId id{};
  double prior = 1.0;               ///< in the coefficient's own unit (base units)
  std::optional<CoefficientId> of;  ///< this coefficient multiplies that one
  std::vector<LevelSpec> levels;    ///< the first is the pool's own
};

struct LawSpec {
  std::string pool;
  std::string source;
  std::vector<CoefficientSpec> coefficients;
  double loss_scale = 0.15;  ///< noise of ln time that a fit starts from
  std::uint64_t hash = 0;    ///< of the file's text: provenance

  const CoefficientSpec* find(CoefficientId id) const;
};

/// One term of a coefficient's logarithm in a context.
struct Term {
  std::string parameter;  ///< "gemm.core[format_kind=k-quant,generation=Turing]"
  double weight = 1.0;
  CoefficientId id{};
  const LevelSpec* level = nullptr;
};

/// "gemm.core[format_kind,generation]", "gemm.launch*build_year": what the level's keys share.
std::string level_name(CoefficientId id, const LevelSpec& level);

/// The term of one level in a context; nullopt when an attribute is empty or the covariate is 0.
std::optional<Term> term_of(const CoefficientSpec& spec, const LevelSpec& level,
                            const Context& context);

/// ln of the prior and the terms that a coefficient has in a context, those of `of` included.
/// Levels with an empty attribute, and covariates that are 0, have no term.
double terms_of(const LawSpec& law, const CoefficientSpec& spec, const Context& context,
                std::vector<Term>& terms);

/// Reads one file; throws ConfigError.
LawSpec read_law(const std::string& path);

}  // namespace foretoken::ops
