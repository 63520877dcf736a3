#include "calibrate/dataset.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "base/hash.h"
#include "base/text_file.h"
#include "calibrate/decode_csv.h"
#include "calibrate/kernel_csv.h"
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

void add_decode_rows(Dataset& data, const sim::Library& library, bool fitted) {
  data.resolver = std::make_unique<Resolver>(library);
  std::map<std::string, double> repeats;
  for (const auto& row : data.decode_rows) {
    auto resolved = std::make_unique<ResolvedRow>(data.resolver->resolve(*row));
    if (!resolved->reject.empty()) {
      data.unusable.push_back({row->row_id, resolved->reject});
      continue;
    }
    if (resolved->fit()) repeats[configuration(*resolved)] += 1.0;
    data.resolved.push_back(std::move(resolved));
  }
  std::map<std::string, std::set<std::string>> configurations;  // of each device in each pool
  for (const auto& resolved : data.resolved) {
    if (!resolved->fit()) continue;
    configurations[device_in_pool(*resolved)].insert(configuration(*resolved));
  }
  for (const auto& resolved : data.resolved) {
    PoolData& pool = pool_of(data, library, resolved->pool);
    const double weight =
        shared_weight(repeats[configuration(*resolved)], 1.0) *
        shared_weight(static_cast<double>(configurations[device_in_pool(*resolved)].size()),
                      kPerDevice);
    pool.rows.push_back({.decode = resolved.get(), .fitted = fitted && resolved->fit()});
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

void add_kernel_rows(Dataset& data, const sim::Library& library) {
  for (const auto& row : data.kernel_rows) {
    auto resolved = std::make_unique<ResolvedKernel>(resolve_kernel(library, *row));
    if (!resolved->reject.empty()) {
      data.unusable.push_back({row->row_id, resolved->reject});
      continue;
    }
    PoolData& pool = pool_of(data, library, resolved->pool);
    pool.rows.push_back(
        {.kernel = resolved.get(), .fitted = resolved->clean() && !thinned_out(*row)});
    pool.fit_rows.push_back(pool.builder->row(resolved->loads, row->latency_seconds, 1.0, false));
    data.kernels.push_back(std::move(resolved));
  }
}

}  // namespace

Dataset read_dataset(const sim::Library& library, const std::vector<std::string>& data_folders) {
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
  data.hash = hash_text(hash);
  add_decode_rows(data, library, true);
  add_kernel_rows(data, library);
  add_energy_rows(data, library, true);
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
  add_decode_rows(data, library, false);
  add_energy_rows(data, library, false);
  return data;
}

}  // namespace foretoken::calibrate
