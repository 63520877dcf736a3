#include "calibrate/device_questions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "calibrate/row_keys.h"
#include "sim/check_command.h"
#include "sim/memory_fit.h"

namespace foretoken::calibrate {
namespace {

constexpr std::size_t kModels = 4;
constexpr std::size_t kFormats = 4;
constexpr std::array<double, 2> kContexts{0, 4096};

/// The runtime that the device's added steps ran under most, else the usual one, else any.
const hwdb::Runtime* runtime_in(const sim::Library& library, const PoolData& pool,
                                const hwdb::Device& device) {
  std::map<std::string, int> rows;
  for (const PoolRow& row : pool.rows) {
    if (row.added && row.decode != nullptr && device_key(row) == device.id) {
      ++rows[row.decode->request.runtime->id];
    }
  }
  const auto most = std::max_element(
      rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most != rows.end()) return library.runtimes.lookup(most->first);
  const auto in_pool = [&](const hwdb::Runtime& runtime) {
    return runtime.pool_of(device) == pool.name;
  };
  try {
    const hwdb::Runtime& usual = library.runtimes.default_for(device);
    if (in_pool(usual)) return &usual;
  } catch (const Error&) {  // no runtime is usual there
  }
  const auto runtimes = library.runtimes.runtimes();
  const auto any = std::find_if(runtimes.begin(), runtimes.end(), in_pool);
  return any == runtimes.end() ? nullptr : &*any;
}

/// What each of some names was measured on.
using Devices = std::map<std::string, std::set<std::string>>;

/// The names that most devices have rows of, the most frequent first.
std::vector<std::string> most_spread(const Devices& devices) {
  std::vector<std::pair<std::size_t, std::string>> order;
  for (const auto& [name, of] : devices) order.emplace_back(of.size(), name);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> names;
  for (const auto& entry : order) names.push_back(entry.second);
  return names;
}

/// The runtime's usual format, then those that most devices were measured with under it.
std::vector<std::string> formats_of(const sim::Library& library, const PoolData& pool,
                                    const hwdb::Runtime& runtime) {
  Devices devices;
  for (const PoolRow& row : pool.rows) {
    if (row.decode == nullptr || row.decode->request.runtime->id != runtime.id) continue;
    const std::string& scheme = row.decode->request.scheme;
    // "Q4_0 (imatrix)", "Q8_0 + MTP": a variant of a name that stands there too.
    if (scheme.find(' ') == std::string::npos) devices[scheme].insert(device_key(row));
  }
  const std::string usual = library.schemes.find(runtime.default_format);
  devices.erase(usual);
  std::vector<std::string> formats = most_spread(devices);
  if (!usual.empty()) formats.insert(formats.begin(), usual);
  formats.resize(std::min(kFormats, formats.size()));
  return formats;
}

sim::Request request_of(const model::Llm& llm, const hwdb::Device& device,
                        const hwdb::Runtime& runtime, const std::string& scheme, double context) {
  sim::Request request;
  request.llm = &llm;
  request.device = &device;
  request.runtime = &runtime;
  request.scheme = scheme;
  request.context_start = context;
  return request;
}

/// Dense models that most devices were measured with, one of each size (in powers of two), that fit
/// in this one's memory; the smallest first.
std::vector<const model::Llm*> models_of(const sim::Library& library, const Dataset& data,
                                         const hwdb::Device& device, const hwdb::Runtime& runtime,
                                         const std::string& format) {
  Devices devices;
  for (const auto& row : data.resolved) {
    if (!row->clean() || row->request.llm->arch_class != "dense") continue;
    devices[row->request.llm->id].insert(row->request.device->id);
  }
  std::map<int, const model::Llm*> of_size;
  for (const std::string& id : most_spread(devices)) {
    if (of_size.size() == kModels) break;
    const model::Llm& llm = *library.models.known(id);
    const model::WeightAssignment weights = library.schemes.assign(format, llm, library.formats);
    const sim::Request request = request_of(llm, device, runtime, format, kContexts.back());
    if (!sim::memory_fit(request, weights, library.formats).fits().value_or(true)) continue;
    of_size.emplace(std::ilogb(weights.total_bytes(library.formats).base()), &llm);
  }
  std::vector<const model::Llm*> models;
  for (const auto& entry : of_size) models.push_back(entry.second);
  return models;
}

/// Builds questions and candidates of one device.
class Asker {
 public:
  Asker(const sim::Library& library, PoolData& pool, const hwdb::Device& device,
        const hwdb::Runtime& runtime, DeviceQuestions& result)
      : library_(library), pool_(pool), device_(device), runtime_(runtime), result_(result) {}

  void add_step(const model::Llm& llm, const std::string& scheme, double context, int threads) {
    model::WeightAssignment weights;
    try {
      weights = library_.schemes.assign(scheme, llm, library_.formats);
    } catch (const Error&) {
      return;  // a format that this model cannot have
    }
    ResolvedRow step;
    step.request = request_of(llm, device_, runtime_, scheme, context);
    step.request.facts.threads = threads;
    step.pool = pool_.name;
    if (!sim::memory_fit(step.request, weights, library_.formats).fits().value_or(true)) return;
    step.loads = sim::mean_step_loads(step.request, weights, library_.formats);
    FitRow row = pool_.builder->row(step.loads, 1.0, 1.0, true);
    const std::string name = fmt::format("{} {}", llm.id, scheme);
    const std::string command = sim::check_command(step.request);
    if (!command.empty()) {
      std::string what = name;
      if (context > 0) what += fmt::format(" after {:.0f} tokens", context);
      if (threads > 0) what += fmt::format(" with {} thread{}", threads, threads == 1 ? "" : "s");
      result_.candidates.push_back(
          {.tool = "steps", .command = command, .what = what, .rows = {row}});
    }
    if (threads > 0) return;  // people ask about the fastest number
    result_.rows.push_back(std::move(row));
    result_.names.push_back(name);
    result_.steps.push_back(std::move(step));
  }

  /// Rows of one run of a tool that times operators; those that no fit may learn from are left out.
  void add_kernels(const std::string& command, const std::string& what,
                   const std::vector<KernelRow>& kernels) {
    Candidate candidate{.tool = command, .command = command, .what = what, .rows = {}};
    for (const KernelRow& kernel : kernels) {
      const ResolvedKernel resolved = resolve_kernel(library_, kernel);
      if (!resolved.clean() || resolved.pool != pool_.name) continue;
      candidate.rows.push_back(pool_.builder->row(resolved.loads, 1.0, 1.0, false));
    }
    if (!candidate.rows.empty()) result_.candidates.push_back(std::move(candidate));
  }

  KernelRow kernel(const std::string& runtime, const char* op, int threads) const {
    KernelRow row;
    row.device = device_.id;
    row.runtime = runtime;
    row.op = op;
    row.threads = threads;
    row.latency_seconds = 1.0;
    return row;
  }

  /// A matrix of a common model times one token row, operands repeated as the tool does.
  KernelRow matrix(const std::string& runtime, const char* format, int threads,
                   bool operands_rotate) const {
    KernelRow row = kernel(runtime, "gemm", threads);
    constexpr double kOutputs = 4096;
    constexpr double kInputs = 14336;
    row.m = 1;
    row.n = kOutputs;
    row.k = kInputs;
    row.weight_format = format;
    FormatId id{};
    if (!operands_rotate && device_.last_level_cache && library_.formats.find(format, id)) {
      row.footprint_over_llc =
          library_.formats[id].bytes_of(kOutputs, kInputs) / *device_.last_level_cache;
    }
    return row;
  }

 private:
  const sim::Library& library_;
  PoolData& pool_;
  const hwdb::Device& device_;
  const hwdb::Runtime& runtime_;
  DeviceQuestions& result_;
};

constexpr std::array<const char*, 5> kMatrixFormats{"F16", "Q8_0", "Q4_0", "Q4_K", "Q6_K"};

void add_probe(Asker& asker, const hwdb::Runtime& probe, const hwdb::Device& device) {
  std::vector<KernelRow> rows;
  const bool processor = device.device_class == hwdb::DeviceClass::Cpu;
  const int cores = processor ? device.cores.value_or(1) : 0;
  KernelRow read = asker.kernel(probe.id, "read", cores);
  read.bytes = 1e9;
  rows.push_back(read);
  for (const int threads : {cores, processor ? 1 : 0}) {
    rows.push_back(asker.kernel(probe.id, "launch", threads));
    for (const char* format : kMatrixFormats) {
      rows.push_back(asker.matrix(probe.id, format, threads, true));
    }
    if (threads == 0) break;
  }
  KernelRow attention = asker.kernel(probe.id, "attention", cores);
  attention.batch = 1;
  attention.heads_q = 32;
  attention.heads_kv = 8;
  attention.head_dim = 128;
  attention.kv_len = 16384;
  attention.kv_format = "F16";
  rows.push_back(attention);
  asker.add_kernels("foretoken probe -o rows.h5", "bandwidth, matrices, attention and launches",
                    rows);
}

}  // namespace

DeviceQuestions questions_of(const sim::Library& library, Dataset& data, const std::string& name,
                             const hwdb::Device& device) {
  DeviceQuestions result;
  PoolData& pool = data.pools.at(name);
  const hwdb::Runtime* const runtime = runtime_in(library, pool, device);
  if (runtime == nullptr) return result;
  const std::vector<std::string> formats = formats_of(library, pool, *runtime);
  if (formats.empty()) return result;
  const auto models = models_of(library, data, device, *runtime, formats.front());
  Asker asker(library, pool, device, *runtime, result);
  const bool processor = device.device_class == hwdb::DeviceClass::Cpu;
  for (std::size_t m = 0; m < models.size(); ++m) {
    for (const std::string& format : formats) {
      for (const double context : kContexts) {
        if (m == models.size() / 2 && format == formats.front() && context == 0.0) {
          result.headline = result.steps.size();
        }
        asker.add_step(*models[m], format, context, 0);
      }
      if (processor) asker.add_step(*models[m], format, 0.0, 1);
    }
  }
  const hwdb::Runtime* const probe = library.runtimes.lookup("foretoken-probe");
  if (probe != nullptr && probe->pool_of(device) == name) add_probe(asker, *probe, device);
  if (runtime->family == "llama.cpp") {
    std::vector<KernelRow> rows;
    for (const char* format : kMatrixFormats) {
      rows.push_back(asker.matrix(runtime->id, format, 0, false));
    }
    asker.add_kernels("test-backend-ops perf -o MUL_MAT", "matrices in several formats", rows);
  }
  return result;
}

}  // namespace foretoken::calibrate
