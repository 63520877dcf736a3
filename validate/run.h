#pragma once

/// Leave-one-out validation and comparison with rows from outside.

#include <functional>
#include <string>
#include <vector>

#include "sim/library.h"
#include "validate/scorecard.h"

namespace foretoken::validate {

struct ValidateOptions {
  std::string leave_out = "device";              ///< device, model, pair, source
  std::vector<std::string> group_by = {"pool"};  ///< names of `group_names()`
  std::size_t worst = 10;
  std::vector<std::string> pools;  ///< only these; empty: all
  bool operators = true;           ///< kernel rows too
  bool energy = false;             ///< joules of rows that state power, in place of their times
  bool predicted_time = false;     ///< energies at the time that the time law foretells
  bool lines = false;              ///< keep every predicted row
  int threads = 0;                 ///< 0: all cores
  /// Called now and then with (folds done, folds in all), possibly from several threads.
  std::function<void(std::size_t, std::size_t)> progress;
};

/// Every fold is refitted without the rows left out. `data_folders` hold `measurements/`.
Scorecard leave_one_out(const sim::Library& library, const std::vector<std::string>& data_folders,
                        const ValidateOptions& options);

/// Predicts the rows of a CSV file with the library's coefficients; nothing is fitted.
Scorecard against(const sim::Library& library, const std::string& path,
                  const ValidateOptions& options);

}  // namespace foretoken::validate
