#include "sim/quality_file.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "base/h5_file.h"

namespace foretoken::sim {
namespace {

constexpr const char* kSchema = "1";

/// In the order of `scalars_of`.
constexpr const char* kScalarNames =
    "misfit, noise, kl_misfit, top1_misfit, widening, tail_dof, "
    "evidence";
constexpr std::size_t kScalars = 7;

std::vector<double> scalars_of(const QualityCoefficients& c) {
  return {c.misfit,
          c.noise,
          c.kl_misfit,
          c.top1_misfit,
          c.widening,
          static_cast<double>(c.tail_dof),
          static_cast<double>(c.evidence)};
}

void require(bool holds, const std::string& path, const char* what) {
  if (!holds) throw Error(fmt::format("{}: {}", path, what));
}

}  // namespace

void write_quality(const std::string& path, const QualityCoefficients& coefficients,
                   const std::string& tool_version, const std::string& data_hash) {
  H5Writer file;
  file.attribute("what", "quantization loss law");
  file.attribute("schema_version", kSchema);
  file.attribute("tool_version", tool_version);
  file.attribute("data_hash", data_hash);
  file.attribute("scalars", kScalarNames);
  const std::size_t n = coefficients.names.size();
  file.texts("names", coefficients.names);
  file.numbers("values", coefficients.values, "ln");
  file.numbers("rows", coefficients.rows, "1");
  file.matrix("covariance", coefficients.covariance, n, n, "ln^2", Precision::Single);
  file.numbers("spreads", {coefficients.spreads.begin(), coefficients.spreads.end()}, "ln");
  file.numbers("scalars", scalars_of(coefficients), "1");
  file.write(path);
}

QualityCoefficients read_quality(const std::string& path) {
  const H5Reader file(path);
  require(file.attribute("schema_version") == kSchema, path,
          "of another schema; 'foretoken calibrate --quality' writes it anew");
  QualityCoefficients c;
  c.names = file.texts("names");
  c.values = file.numbers("values", "ln");
  c.rows = file.numbers("rows", "1");
  std::size_t rows = 0;
  std::size_t columns = 0;
  c.covariance = file.matrix("covariance", rows, columns, "ln^2");
  const std::vector<double> spreads = file.numbers("spreads", "ln");
  const std::vector<double> scalars = file.numbers("scalars", "1");
  const std::size_t n = c.names.size();
  require(n > 0 && c.values.size() == n && c.rows.size() == n && rows == n && columns == n, path,
          "names, values, rows and covariance are not of one length");
  require(spreads.size() == c.spreads.size(), path, "another number of levels");
  require(scalars.size() == kScalars, path, "another number of scalars");
  const std::vector<double>* const all[] = {&c.values, &c.covariance, &spreads, &scalars};
  for (const std::vector<double>* values : all) {
    for (const double value : *values)
      require(std::isfinite(value), path, "a number is not finite");
  }
  std::copy(spreads.begin(), spreads.end(), c.spreads.begin());
  c.misfit = scalars[0];
  c.noise = scalars[1];
  c.kl_misfit = scalars[2];
  c.top1_misfit = scalars[3];
  c.widening = scalars[4];
  require(scalars[5] >= 2.0 && scalars[5] <= 1000.0, path, "impossible degrees of freedom");
  c.tail_dof = static_cast<int>(scalars[5]) / 2 * 2;
  require(scalars[6] >= 0.0 && scalars[6] < 1e9, path, "an impossible number of rows");
  c.evidence = static_cast<std::size_t>(scalars[6]);
  return c;
}

}  // namespace foretoken::sim
