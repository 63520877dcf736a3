#include "calibrate/resolver.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/error.h"
#include "calibrate/labels.h"
#include "calibrate/serving_point.h"
#include "hwdb/device_parameters.h"

namespace foretoken::calibrate {
namespace {

/// A build whose date nobody states is taken to be of this year: most rows are.
constexpr double kUnstatedBuildYear = 2025.5;
/// Measured bytes a second above peak by more than rounding: the figure cannot be plain decode.
constexpr double kImpossible = 1.06;
/// File size over computed size beyond which the row is another model or format than it says.
constexpr double kSmallestFile = 0.6;
constexpr double kLargestFile = 1.6;

double seconds_of(const DecodeRow& row) {
  if (row.batch > 1.0 && row.seconds_per_token) return *row.seconds_per_token;
  if (row.tokens_per_second && *row.tokens_per_second > 0.0) {
    return row.batch / *row.tokens_per_second;
  }
  return row.seconds_per_token.value_or(0.0);
}

/// "q8_0/q4_0" -> keys and values; one name -> both.
std::pair<std::string, std::string> kv_formats_of(const std::string& text) {
  const auto slash = text.find('/');
  if (slash == std::string::npos) return {text, text};
  return {text.substr(0, slash), text.substr(slash + 1)};
}

}  // namespace

int ranks_of(const std::string& parallelism) {
  if (parallelism.rfind("tp", 0) != 0) return 1;
  int ranks = 1;
  std::from_chars(parallelism.data() + 2, parallelism.data() + parallelism.size(), ranks);
  return std::clamp(ranks, 1, 1024);
}

Resolver::Resolver(const sim::Library& library) : library_(library) {}
Resolver::~Resolver() = default;

const model::WeightAssignment* Resolver::assignment(const model::Llm& llm,
                                                    const std::string& scheme) {
  auto& entry = assignments_[{llm.id, scheme}];
  if (!entry) {
    entry = std::make_unique<model::WeightAssignment>(
        library_.schemes.assign(scheme, llm, library_.formats));
  }
  return entry.get();
}

std::shared_ptr<const hwdb::Device> Resolver::in_mode(const hwdb::Device& device,
                                                      const std::string& mode) {
  auto& entry = modes_[{device.id, mode}];
  if (!entry) {
    if (const auto changed = hwdb::in_power_mode(device, mode)) {
      entry = std::make_shared<const hwdb::Device>(*changed);
    }
  }
  return entry;
}

void Resolver::find_names(const DecodeRow& row, ResolvedRow& result) {
  sim::Request& request = result.request;
  request.device = library_.devices.lookup(row.device);
  if (request.device == nullptr) {
    result.reject = "unknown device '" + row.device + "'";
    return;
  }
  if (!row.power_mode.empty()) {
    result.in_mode = in_mode(*request.device, row.power_mode);
    if (result.in_mode) request.device = result.in_mode.get();
  }
  request.llm = library_.models.known(row.model);
  if (request.llm == nullptr) {
    result.reject = "unknown model '" + row.model + "'";
    return;
  }
  request.runtime = library_.runtimes.lookup(row.runtime);
  if (request.runtime == nullptr) {
    result.reject = "unknown runtime '" + row.runtime + "'";
    return;
  }
  if (request.runtime->backend_not_stated && request.runtime->supports(*request.device)) {
    const hwdb::Runtime& usual = library_.runtimes.default_for(*request.device);
    if (usual.family == request.runtime->family) request.runtime = &usual;
  }
  result.pool = request.runtime->pool_of(*request.device);
  if (result.pool.empty()) {
    result.reject =
        "runtime '" + request.runtime->id + "' is not known to run on '" + request.device->id + "'";
  } else if (library_.laws.count(result.pool) == 0) {
    result.reject = "no law for pool '" + result.pool + "'";
  }
}

void Resolver::find_formats(const DecodeRow& row, ResolvedRow& result) {
  sim::Request& request = result.request;
  request.scheme = library_.schemes.find(row.weight_format);
  if (request.scheme.empty()) {
    result.reject = row.weight_format.empty() ? std::string("the row states no weight format")
                                              : "unknown weight format '" + row.weight_format + "'";
    return;
  }
  auto [keys, values] = kv_formats_of(row.kv_format);
  // One name for both is that of the keys where values cannot have been quantized.
  if (keys == values && request.runtime->values_need_flash && !row.flash_attention.value_or(true)) {
    values.clear();
  }
  FormatId unused{};
  for (const std::string& format : {keys, values}) {
    if (!format.empty() && !library_.formats.find(format, unused)) {
      result.reject = "unknown KV format '" + format + "'";
      return;
    }
  }
  request.kv_keys = keys;
  request.kv_values = values;
}

void Resolver::screen(ResolvedRow& result) const {
  const sim::Request& request = result.request;
  const Bytes computed = result.weights->total_bytes(library_.formats);
  Seconds memory{};
  for (const sim::OpLoad& op : result.loads.ops) {
    memory += (op.load.memory + op.load.cache) * op.repeat;
  }
  const hwdb::Device& device = *request.device;
  const Bytes size = request.weight_bytes.value_or(computed) / request.ranks;
  const bool in_cache = device.last_level_cache && size < *device.last_level_cache;
  if (memory.base() > kImpossible * result.seconds && !in_cache) {
    add_label(result.label, "impossible");
  }
  if (device.device_class == hwdb::DeviceClass::Gpu && device.memory.capacity &&
      size > *device.memory.capacity && result.row->n_devices <= 1) {
    add_label(result.label, "partial-offload");
  }
}

ResolvedRow Resolver::resolve(const DecodeRow& row) {
  ResolvedRow result;
  result.row = &row;
  result.label = row.label;
  result.seconds = seconds_of(row);
  if (!(result.seconds > 0.0)) {
    result.reject = "the row states no decode rate";
    return result;
  }
  find_names(row, result);
  if (result.reject.empty()) find_formats(row, result);
  if (!result.reject.empty()) return result;

  sim::Request& request = result.request;
  request.batch = row.batch;
  request.context_start = row.context_start;
  request.gen_tokens = row.gen_tokens;
  request.ranks = ranks_of(row.parallelism);
  request.expands_mla = row.expands_mla;
  request.facts = {.build_year = row.build_year.value_or(kUnstatedBuildYear),
                   .flash_attention = row.flash_attention,
                   .threads = row.threads,
                   .runtime_version = row.runtime_version,
                   .source = row.source,
                   .repacked = row.repacked && request.runtime->repacks_on_request};
  result.weights = assignment(*request.llm, request.scheme);
  const Bytes computed = result.weights->total_bytes(library_.formats);
  if (row.weight_bytes) {
    const double ratio = *row.weight_bytes / computed.base();
    // A file far off its name keeps its own label; its size is not trusted to scale the tensors.
    if (ratio >= kSmallestFile && ratio <= kLargestFile) {
      request.weight_bytes = Bytes::of(*row.weight_bytes);
    } else {
      add_label(result.label, "size-mismatch");
    }
  }
  serve(row, *result.weights, library_.formats, request);
  result.loads = sim::mean_step_loads(request, *result.weights, library_.formats);
  screen(result);
  return result;
}

}  // namespace foretoken::calibrate
