#pragma once

/// Coefficients on disk: `data/coefficients/<name>.h5`, written by `calibrate`, never by hand. The
/// file keeps for each pool the names, values, deviations, row counts and posterior draws of its
/// parameters, what else the fit does not know, and the hash of the law file that gives the
/// parameters their meaning.

#include <map>
#include <string>

#include "ops/coefficients.h"

namespace foretoken::ops {

inline constexpr int kCoefficientSchema = 2;

/// Laws by pool, from every `*.yaml` of the folders (a later folder's pool replaces an earlier's).
std::map<std::string, LawSpec> read_laws(const std::vector<std::string>& folders);

/// `provenance` is written as text attributes (tool version, hash of the rows, settings).
void write_coefficients(const std::string& path, const CoefficientTable& table,
                        const std::map<std::string, std::string>& provenance);

/// Throws Error when the file is of another schema or was fitted under another law than `laws`.
CoefficientTable read_coefficients(const std::string& path,
                                   const std::map<std::string, LawSpec>& laws);

}  // namespace foretoken::ops
