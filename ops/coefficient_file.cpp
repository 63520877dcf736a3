#include "ops/coefficient_file.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "base/h5_file.h"
#include "base/hash.h"
#include "base/text_file.h"
#include "ops/uncertainty_file.h"

namespace foretoken::ops {
namespace {

/// Half of the draws, the other half mirrors it; a parameter without draws is a line of zeros,
/// which no posterior gives.
void write_draws(H5Writer& file, const std::string& group, const std::vector<std::string>& names,
                 const PoolCoefficients& pool) {
  std::vector<double> values;
  values.reserve(names.size() * kHalfDraws);
  for (const std::string& name : names) {
    const std::vector<float>& draws = pool.parameters.at(name).draws;
    for (std::size_t d = 0; d < kHalfDraws; ++d) {
      values.push_back(draws.empty() ? 0.0 : static_cast<double>(draws[d]));
    }
  }
  file.matrix(group + "/draws", values, names.size(), kHalfDraws, "ln", Precision::Single);
}

void read_draws(const H5Reader& file, const std::string& group,
                const std::vector<std::string>& names, PoolCoefficients& pool) {
  std::size_t rows = 0;
  std::size_t columns = 0;
  const std::vector<double> values = file.matrix(group + "/draws", rows, columns, "ln");
  if (rows != names.size() || columns != kHalfDraws) {
    throw Error(file.path() + ": '" + group + "/draws' is not of one line a parameter and " +
                std::to_string(kHalfDraws) + " columns");
  }
  for (std::size_t i = 0; i < rows; ++i) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(i * columns);
    const auto last = first + static_cast<std::ptrdiff_t>(columns);
    if (std::all_of(first, last, [](double value) { return value == 0.0; })) continue;
    std::vector<float>& draws = pool.parameters[names[i]].draws;
    std::transform(first, last, std::back_inserter(draws),
                   [](double value) { return static_cast<float>(value); });
  }
}

void write_pool(H5Writer& file, const std::string& group, const PoolCoefficients& pool) {
  std::vector<std::string> names;
  names.reserve(pool.parameters.size());
  for (const auto& entry : pool.parameters) names.push_back(entry.first);
  std::sort(names.begin(), names.end());
  std::vector<double> values;
  std::vector<double> deviations;
  std::vector<double> rows;
  for (const std::string& name : names) {
    const Parameter& parameter = pool.parameters.at(name);
    values.push_back(parameter.value);
    deviations.push_back(parameter.deviation);
    rows.push_back(parameter.rows);
  }
  file.texts(group + "/names", names);
  file.numbers(group + "/values", values, "ln");
  file.numbers(group + "/deviations", deviations, "ln");
  file.numbers(group + "/rows", rows, "rows");
  write_draws(file, group, names, pool);
  write_uncertainty(file, group, pool.uncertainty);
  file.numbers(group + "/pool_rows", {pool.rows}, "rows");
  file.texts(group + "/law_hash", {hash_text(pool.law.hash)});
}

PoolCoefficients read_pool(const H5Reader& file, const std::string& path, const std::string& name,
                           const LawSpec& law) {
  const std::string group = "pools/" + name;
  if (file.texts(group + "/law_hash") != std::vector<std::string>{hash_text(law.hash)}) {
    throw Error(path + ": pool '" + name +
                "' was fitted under another law file; run 'foretoken calibrate' again");
  }
  const auto names = file.texts(group + "/names");
  const auto values = file.numbers(group + "/values", "ln");
  const auto deviations = file.numbers(group + "/deviations", "ln");
  const auto rows = file.numbers(group + "/rows", "rows");
  if (values.size() != names.size() || deviations.size() != names.size() ||
      rows.size() != names.size()) {
    throw Error(path + ": pool '" + name + "': columns of different length");
  }
  PoolCoefficients pool;
  pool.law = law;
  for (std::size_t i = 0; i < names.size(); ++i) {
    pool.parameters[names[i]] = {values[i], deviations[i], rows[i]};
  }
  read_draws(file, group, names, pool);
  read_uncertainty(file, group, pool.uncertainty);
  const auto pool_rows = file.numbers(group + "/pool_rows", "rows");
  pool.rows = pool_rows.empty() ? 0.0 : pool_rows.front();
  return pool;
}

}  // namespace

std::map<std::string, LawSpec> read_laws(const std::vector<std::string>& folders) {
  std::map<std::string, LawSpec> laws;
  for (const std::string& folder : folders) {
    for (const std::string& path : files_in(folder, ".yaml")) {
      LawSpec law = read_law(path);
      const std::string pool = law.pool;
      laws.insert_or_assign(pool, std::move(law));
    }
  }
  return laws;
}

void write_coefficients(const std::string& path, const CoefficientTable& table,
                        const std::map<std::string, std::string>& provenance) {
  H5Writer file;
  file.attribute("schema_version", std::to_string(kCoefficientSchema));
  for (const auto& [name, text] : provenance) file.attribute(name, text);
  for (const auto& [name, pool] : table.pools()) write_pool(file, "pools/" + name, pool);
  file.write(path);
}

CoefficientTable read_coefficients(const std::string& path,
                                   const std::map<std::string, LawSpec>& laws) {
  const H5Reader file(path);
  const std::string schema = file.attribute("schema_version");
  if (schema != std::to_string(kCoefficientSchema)) {
    throw Error(path + ": schema " + schema + ", expected " + std::to_string(kCoefficientSchema) +
                "; run 'foretoken calibrate' again");
  }
  CoefficientTable table;
  for (const std::string& name : file.names("pools")) {
    const auto law = laws.find(name);
    if (law == laws.end()) throw Error(path + ": pool '" + name + "' has no law file");
    table.add(read_pool(file, path, name, law->second));
  }
  return table;
}

}  // namespace foretoken::ops
