#pragma once

/// All measured rows of the data folders, resolved and sorted into pools, each with its design:
/// what calibration fits and what validation folds over.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "calibrate/design_builder.h"
#include "calibrate/energy_row.h"
#include "calibrate/kernel_resolver.h"
#include "calibrate/resolver.h"

namespace foretoken::calibrate {

/// One row of a pool that can be predicted. `decode` or `kernel` is set.
struct PoolRow {
  const ResolvedRow* decode = nullptr;
  const ResolvedKernel* kernel = nullptr;
  const EnergyRow* energy = nullptr;  ///< of `decode`, in the pool of the energy law
  bool fitted = false;                ///< takes part in fits when no fold leaves it out
  bool added = false;                 ///< of a user's files, beside the rows of the data folders
};

struct PoolData {
  std::string name;
  const ops::LawSpec* law = nullptr;
  std::unique_ptr<DesignBuilder> builder;
  std::vector<PoolRow> rows;
  std::vector<FitRow> fit_rows;  ///< parallel to `rows`
  const Design& design() const { return builder->design(); }
};

struct UnusableRow {
  std::string row_id;
  std::string reason;
  bool added = false;
};

struct Dataset {
  std::vector<std::unique_ptr<DecodeRow>> decode_rows;
  std::vector<std::unique_ptr<KernelRow>> kernel_rows;
  std::unique_ptr<Resolver> resolver;  ///< owns what resolved rows point to
  std::vector<std::unique_ptr<ResolvedRow>> resolved;
  std::vector<std::unique_ptr<ResolvedKernel>> kernels;
  std::vector<std::unique_ptr<EnergyRow>> energy_rows;
  std::map<std::string, PoolData> pools;
  PoolData energy;  ///< every row that states power or energy; without a law where none is given
  std::vector<UnusableRow> unusable;
  std::string hash;  ///< of the measurement files
};

/// Reads `measurements/decode/*.csv[.gz]` and `measurements/kernels/*.csv[.gz]` of the folders.
Dataset read_dataset(const sim::Library& library, const std::vector<std::string>& data_folders);

/// Rows of a user's files, before anything is resolved.
struct AddedRows {
  std::vector<DecodeRow> decode;
  std::vector<KernelRow> kernels;
  std::string hash;  ///< of all files
};

/// Stores of imported rows (".h5") and the product's own CSV, decode or kernel. Throws Error or
/// ConfigError as their readers do.
AddedRows read_added_rows(const std::vector<std::string>& paths);

/// The rows of the folders with a user's beside them. One that the folders or another added file
/// have already is unusable.
Dataset read_dataset(const sim::Library& library, const std::vector<std::string>& data_folders,
                     const AddedRows& added);

/// The decode rows of the folders alone, resolved, in no pool: for what is no matter of time.
Dataset read_decode_dataset(const sim::Library& library,
                            const std::vector<std::string>& data_folders);

/// The same for one decode file of a user, or a store of imported rows (".h5"); none is fitted.
Dataset read_foreign(const sim::Library& library, const std::string& path);

}  // namespace foretoken::calibrate
