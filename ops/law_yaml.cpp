#include <map>

#include "base/hash.h"
#include "base/suggest.h"
#include "base/text_file.h"
#include "base/yaml_map.h"
#include "ops/law_spec.h"

namespace foretoken::ops {
namespace {

/// "device", "format_kind+generation", "*build_year", "generation*build_year", "pool".
LevelSpec read_level(YamlMap& map, const std::string& key) {
  LevelSpec level;
  level.spread = map.number(key, {1e-6, 10.0});
  std::string names = key;
  if (const auto star = key.find('*'); star != std::string::npos) {
    const std::string covariate = key.substr(star + 1);
    level.covariate = covariate_of(covariate);
    if (!level.covariate) {
      map.fault(key, "unknown covariate '" + covariate + "'" +
                         did_you_mean(covariate, covariate_names()));
    }
    names = key.substr(0, star);
  }
  if (names.empty() || names == "pool") return level;
  std::size_t start = 0;
  while (start <= names.size()) {
    const std::size_t end = std::min(names.find('+', start), names.size());
    const std::string name = names.substr(start, end - start);
    if (const auto attribute = attribute_of(name)) {
      level.attributes.push_back(*attribute);
    } else {
      map.fault(key, "unknown level '" + name + "'" + did_you_mean(name, attribute_names()));
    }
    start = end + 1;
  }
  return level;
}

double read_prior(YamlMap& map, Dim dim) {
  if (dim == kSecondDim) return map.quantity<Seconds>("prior").base();
  if (dim == kWattDim) return map.quantity<Watts>("prior").base();
  if (dim == kByteDim) return map.quantity<Bytes>("prior").base();
  return map.number("prior", {1e-6, 1e6});
}

CoefficientSpec read_coefficient(CoefficientId id, YamlMap& map, YamlMap& parent,
                                 const std::string& key) {
  CoefficientSpec spec;
  spec.id = id;
  if (const auto of = map.find_text("of")) {
    spec.of = coefficient_of(*of);
    if (!spec.of || *spec.of == id) {
      map.fault("of", "'of' must name another coefficient; found '" + *of + "'" +
                          did_you_mean(*of, coefficient_names()));
      spec.of.reset();
    } else if (!(dimension_of(*spec.of) == dimension_of(id))) {
      map.fault("of", "'" + *of + "' has another dimension than '" + key + "'");
    }
    spec.prior = map.find_number("factor", {1e-6, 1e6}).value_or(1.0);
  } else {
    spec.prior = read_prior(map, dimension_of(id));
  }
  YamlMap levels = map.map("levels");
  for (const std::string& name : levels.keys()) spec.levels.push_back(read_level(levels, name));
  if (spec.levels.empty()) parent.fault(key, "'" + key + "' needs at least one level, like 'pool'");
  return spec;
}

/// `of` must lead to a coefficient of the file, and never in a circle.
void check_chains(const LawSpec& law, YamlMap& map) {
  for (const CoefficientSpec& spec : law.coefficients) {
    const CoefficientSpec* at = &spec;
    for (int steps = 0; at != nullptr && at->of; ++steps) {
      at = law.find(*at->of);
      if (at == nullptr || steps > kCoefficients) {
        map.fault(text_of(spec.id),
                  "'of' must lead to a coefficient of this file, not in a circle");
        break;
      }
    }
  }
}

}  // namespace

LawSpec read_law(const std::string& path) {
  const std::string text = read_text_file(path);
  YamlFile file = YamlFile::parse(text, path);
  file.require_schema(1);
  YamlMap& top = file.top();
  LawSpec law;
  law.pool = top.text("pool");
  law.source = top.text("source");
  law.loss_scale = top.number("loss_scale", {1e-3, 10.0});
  YamlMap coefficients = top.map("coefficients");
  for (auto& [name, map] : coefficients.entries()) {
    const auto id = coefficient_of(name);
    if (!id) {
      coefficients.fault(
          name, "unknown coefficient '" + name + "'" + did_you_mean(name, coefficient_names()));
      continue;
    }
    law.coefficients.push_back(read_coefficient(*id, map, coefficients, name));
  }
  check_chains(law, coefficients);
  file.finish();
  law.hash = fnv1a(text);
  return law;
}

}  // namespace foretoken::ops
