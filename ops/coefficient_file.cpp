#include "ops/coefficient_file.h"

#include <algorithm>

#include "base/error.h"
#include "base/h5_file.h"
#include "base/hash.h"
#include "base/text_file.h"

namespace foretoken::ops {
namespace {

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
  file.numbers(group + "/residuals_unseen_device", pool.residuals.unseen_device, "ln");
  file.numbers(group + "/residuals_known_device", pool.residuals.known_device, "ln");
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
  pool.residuals.unseen_device = file.numbers(group + "/residuals_unseen_device", "ln");
  pool.residuals.known_device = file.numbers(group + "/residuals_known_device", "ln");
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
