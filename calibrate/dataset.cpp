#include "calibrate/dataset.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "base/hash.h"
#include "base/text_file.h"
#include "calibrate/decode_csv.h"
#include "calibrate/kernel_csv.h"
#include "calibrate/row_columns.h"
#include "calibrate/row_store.h"
#include "sim/energy.h"

namespace foretoken::calibrate {
namespace {

std::vector<std::string> measurement_files(const std::vector<std::string>& data_folders,
                                           const std::string& sub, const std::string& prefix) {
  std::vector<std::string> files;
  for (const std::string& folder : data_folders) {
    for (const char* ending : {".csv", ".csv.gz"}) {
      for (const std::string& path : files_in(folder + "/measurements" + sub, ending)) {
        const std::string name = path.substr(path.rfind('/') + 1);
        if (name.rfind(prefix, 0) == 0) files.push_back(path);
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

PoolData& pool_of(Dataset& data, const sim::Library& library, const std::string& name) {
  PoolData& pool = data.pools[name];
  if (pool.law == nullptr) {
    pool.name = name;
    pool.law = &library.laws.at(name);
    pool.builder = std::make_unique<DesignBuilder>(*pool.law);
  }
  return pool;
}

/// Rows of one configuration (a depth sweep, repeats) share the weight of a few: a machine that was
/// measured a thousand times must not speak for all others.
double shared_weight(double rows, double full) {
  return rows <= full ? 1.0 : std::sqrt(full / rows);
}

/// Configurations of one device that count in full.
constexpr double kPerDevice = 10;

std::string configuration(const ResolvedRow& row) {
  const sim::Request& r = row.request;
  return r.device->id + "|" + r.runtime->id + "|" + r.llm->id + "|" + r.scheme + "|" +
         row.row->source;
}

std::string device_in_pool(const ResolvedRow& row) {
  return row.pool + "|" + row.request.device->id;
}

/// `first_added` is where a user's rows begin.
void add_decode_rows(Dataset& data, const sim::Library& library, bool fitted,
                     std::size_t first_added) {
  data.resolver = std::make_unique<Resolver>(library);
  std::map<std::string, double> repeats;
  std::size_t first_resolved = 0;  // of those added
  for (std::size_t i = 0; i < data.decode_rows.size(); ++i) {
    const DecodeRow& row = *data.decode_rows[i];
    if (i == first_added) first_resolved = data.resolved.size();
    auto resolved = std::make_unique<ResolvedRow>(data.resolver->resolve(row));
    if (!resolved->reject.empty()) {
      data.unusable.push_back({row.row_id, resolved->reject, i >= first_added});
      continue;
    }
    if (resolved->fit()) repeats[configuration(*resolved)] += 1.0;
    data.resolved.push_back(std::move(resolved));
  }
  if (first_added >= data.decode_rows.size()) first_resolved = data.resolved.size();
  std::map<std::string, std::set<std::string>> configurations;  // of each device in each pool
  for (const auto& resolved : data.resolved) {
    if (!resolved->fit()) continue;
    configurations[device_in_pool(*resolved)].insert(configuration(*resolved));
  }
  for (std::size_t i = 0; i < data.resolved.size(); ++i) {
    const auto& resolved = data.resolved[i];
    PoolData& pool = pool_of(data, library, resolved->pool);
    const double weight =
        shared_weight(repeats[configuration(*resolved)], 1.0) *
        shared_weight(static_cast<double>(configurations[device_in_pool(*resolved)].size()),
                      kPerDevice);
    pool.rows.push_back({.decode = resolved.get(),
                         .fitted = fitted && resolved->fit(),
                         .added = i >= first_resolved});
    pool.fit_rows.push_back(pool.builder->row(resolved->loads, resolved->seconds, weight, true));
  }
}

void add_energy_rows(Dataset& data, const sim::Library& library, bool fitted) {
  const auto law = library.laws.find(sim::kEnergyPool);
  if (law == library.laws.end()) return;
  PoolData& pool = data.energy;
  pool.name = sim::kEnergyPool;
  pool.law = &law->second;
  pool.builder = std::make_unique<DesignBuilder>(*pool.law);
  std::map<std::string, double> repeats;
  std::map<std::string, std::set<std::string>> configurations;  // of each device
  for (const auto& resolved : data.resolved) {
    auto energy = energy_row_of(*resolved, library.formats);
    if (!energy) continue;
    if (energy_counts(*resolved)) {
      repeats[configuration(*resolved)] += 1.0;
      configurations[resolved->request.device->id].insert(configuration(*resolved));
    }
    data.energy_rows.push_back(std::make_unique<EnergyRow>(*std::move(energy)));
  }
  for (const auto& row : data.energy_rows) {
    const ResolvedRow& resolved = *row->row;
    const std::string name = configuration(resolved);
    const double of_device =
        static_cast<double>(configurations[resolved.request.device->id].size());
    const double weight = shared_weight(std::max(repeats[name], 1.0), 1.0) *
                          shared_weight(std::max(of_device, 1.0), kPerDevice);
    pool.rows.push_back(
        {.decode = &resolved, .energy = row.get(), .fitted = fitted && energy_counts(resolved)});
    pool.fit_rows.push_back(pool.builder->energy_row(row->loads, row->joules, weight));
  }
}

/// MoE kernels outnumber all others together, and those of more than 64 tokens are prefill: a third
/// of the decode-sized ones speaks for all. Rows left aside are predicted like any other.
bool thinned_out(const KernelRow& row) {
  if (row.op != "moe") return false;
  constexpr double kDecodeTokens = 64;
  constexpr std::uint64_t kKeepOneOf = 3;
  return row.m > kDecodeTokens || fnv1a(row.row_id) % kKeepOneOf != 0;
}

std::string configuration(const ResolvedKernel& kernel) {
  const KernelRow& row = *kernel.row;
  return kernel.device->id + "|" + row.runtime + "|" + row.op + "|" + row.weight_format + "|" +
         row.kv_format + "|" + row.source;
}

/// A user's kernels share weight as steps do: a probe times one device a hundred times within a
/// minute, and what disturbs it disturbs all of them. Those of the data folders are of many shapes
/// on many devices and weigh one each.
void share_weights(Dataset& data) {
  std::map<std::string, double> repeats;
  std::map<std::string, std::set<std::string>> configurations;  // of each device in each pool
  const auto each_added = [&](const auto& visit) {
    for (auto& [name, pool] : data.pools) {
      for (std::size_t i = 0; i < pool.rows.size(); ++i) {
        const PoolRow& row = pool.rows[i];
        if (!row.added || !row.fitted || row.kernel == nullptr) continue;
        visit(configuration(*row.kernel), name + "|" + row.kernel->device->id, pool.fit_rows[i]);
      }
    }
  };
  each_added([&](const std::string& of, const std::string& device, FitRow&) {
    repeats[of] += 1.0;
    configurations[device].insert(of);
  });
  each_added([&](const std::string& of, const std::string& device, FitRow& row) {
    row.weight = shared_weight(repeats[of], 1.0) *
                 shared_weight(static_cast<double>(configurations[device].size()), kPerDevice);
  });
}

void add_kernel_rows(Dataset& data, const sim::Library& library, std::size_t first_added) {
  for (std::size_t i = 0; i < data.kernel_rows.size(); ++i) {
    const KernelRow& row = *data.kernel_rows[i];
    const bool added = i >= first_added;
    auto resolved = std::make_unique<ResolvedKernel>(resolve_kernel(library, row));
    if (!resolved->reject.empty()) {
      data.unusable.push_back({row.row_id, resolved->reject, added});
      continue;
    }
    PoolData& pool = pool_of(data, library, resolved->pool);
    pool.rows.push_back({.kernel = resolved.get(),
                         .fitted = resolved->clean() && (added || !thinned_out(row)),
                         .added = added});
    pool.fit_rows.push_back(pool.builder->row(resolved->loads, row.latency_seconds, 1.0, false));
    data.kernels.push_back(std::move(resolved));
  }
}

/// All that a row says: equal texts are equal rows.
template <typename Row>
std::string content_of(const Row& row) {
  return csv_line(csv_cells(row));
}

/// Appends a user's rows but those that are there already.
template <typename Row>
void append_new(std::vector<std::unique_ptr<Row>>& rows, const std::vector<Row>& added,
                std::vector<UnusableRow>& unusable) {
  std::set<std::string> known;
  if (!added.empty()) {
    for (const auto& row : rows) known.insert(content_of(*row));
  }
  for (const Row& row : added) {
    if (known.insert(content_of(row)).second) {
      rows.push_back(std::make_unique<Row>(row));
    } else {
      unusable.push_back({row.row_id, "known already: the data folders or another row", true});
    }
  }
}

}  // namespace

AddedRows read_added_rows(const std::vector<std::string>& paths) {
  AddedRows added;
  std::uint64_t hash = kFnvOffset;
  for (const std::string& path : paths) {
    if (path.ends_with(".h5")) {
      RowStore store = read_row_store(path);
      for (auto& row : store.decode) added.decode.push_back(std::move(row.row));
      for (auto& row : store.kernels) added.kernels.push_back(std::move(row.row));
    } else {
      const CsvTable table = CsvTable::read(path);
      if (table.find_column("op") && table.find_column("latency_us")) {
        const std::vector<KernelRow> rows = kernel_rows_of(table);
        added.kernels.insert(added.kernels.end(), rows.begin(), rows.end());
      } else {
        const std::vector<DecodeRow> rows = decode_rows_of(table);
        added.decode.insert(added.decode.end(), rows.begin(), rows.end());
      }
    }
    hash = fnv1a(read_text_file(path), hash);
  }
  added.hash = hash_text(hash);
  return added;
}

Dataset read_dataset(const sim::Library& library, const std::vector<std::string>& data_folders) {
  return read_dataset(library, data_folders, {});
}

Dataset read_dataset(const sim::Library& library, const std::vector<std::string>& data_folders,
                     const AddedRows& added) {
  Dataset data;
  std::uint64_t hash = kFnvOffset;
  for (const std::string& path : measurement_files(data_folders, "", "decode_")) {
    for (DecodeRow& row : read_decode_rows(path)) {
      data.decode_rows.push_back(std::make_unique<DecodeRow>(std::move(row)));
    }
    hash = fnv1a(read_text_file(path), hash);
  }
  for (const std::string& path : measurement_files(data_folders, "/kernels", "")) {
    for (KernelRow& row : read_kernel_rows(path)) {
      data.kernel_rows.push_back(std::make_unique<KernelRow>(std::move(row)));
    }
    hash = fnv1a(read_text_file(path), hash);
  }
  data.hash = hash_text(added.hash.empty() ? hash : fnv1a(added.hash, hash));
  const std::size_t decode = data.decode_rows.size();
  const std::size_t kernels = data.kernel_rows.size();
  append_new(data.decode_rows, added.decode, data.unusable);
  append_new(data.kernel_rows, added.kernels, data.unusable);
  add_decode_rows(data, library, true, decode);
  add_kernel_rows(data, library, kernels);
  share_weights(data);
  add_energy_rows(data, library, true);
  return data;
}

Dataset read_decode_dataset(const sim::Library& library,
                            const std::vector<std::string>& data_folders) {
  Dataset data;
  data.resolver = std::make_unique<Resolver>(library);
  for (const std::string& path : measurement_files(data_folders, "", "decode_")) {
    for (DecodeRow& row : read_decode_rows(path)) {
      data.decode_rows.push_back(std::make_unique<DecodeRow>(std::move(row)));
    }
  }
  for (const auto& row : data.decode_rows) {
    auto resolved = std::make_unique<ResolvedRow>(data.resolver->resolve(*row));
    if (resolved->reject.empty()) {
      data.resolved.push_back(std::move(resolved));
    } else {
      data.unusable.push_back({row->row_id, resolved->reject});
    }
  }
  return data;
}

Dataset read_foreign(const sim::Library& library, const std::string& path) {
  Dataset data;
  if (path.ends_with(".h5")) {
    for (Stored<DecodeRow>& row : read_row_store(path).decode) {
      data.decode_rows.push_back(std::make_unique<DecodeRow>(std::move(row.row)));
    }
  } else {
    for (DecodeRow& row : read_decode_rows(path)) {
      data.decode_rows.push_back(std::make_unique<DecodeRow>(std::move(row)));
    }
  }
  add_decode_rows(data, library, false, data.decode_rows.size());
  add_energy_rows(data, library, false);
  return data;
}

}  // namespace foretoken::calibrate
