#include "sim/memory_fit.h"

#include <algorithm>
#include <cmath>

#include "base/normal.h"
#include "model/kv_cache.h"
#include "model/lower.h"
#include "model/tensors.h"
#include "ops/context_of.h"
#include "sim/compute_buffer.h"
#include "sim/step_loads.h"

namespace foretoken::sim {
namespace {

using hwdb::TablePlace;

TablePlace place_of_tables(const Request& request, bool embedding_on_host) {
  const hwdb::DeviceClass device = request.device->device_class;
  const bool card = device == hwdb::DeviceClass::Gpu;
  if (device == hwdb::DeviceClass::Cpu) return TablePlace::Device;
  if (request.runtime->tables) {
    const bool pinned = *request.runtime->tables == TablePlace::Pinned;
    return pinned && card ? TablePlace::Mapped : *request.runtime->tables;
  }
  const bool gpu = card || device == hwdb::DeviceClass::IntegratedGpu;
  return gpu && embedding_on_host ? TablePlace::Mapped : TablePlace::Device;
}

/// Bytes of the weights' tensors: all, and how far the memory that they take differs from it.
struct WeightPlaces {
  double all = 0;
  double host = 0;   ///< of `all`, mapped tables
  double added = 0;  ///< second copies, less what is not loaded
};

WeightPlaces places_of(const Request& request, const model::WeightAssignment& weights,
                       const FormatTable& formats, bool embedding_on_host) {
  WeightPlaces places;
  const hwdb::Runtime& runtime = *request.runtime;
  const auto& buffers = runtime.pass_buffers;
  const bool tied = request.llm->tied_embeddings;
  const TablePlace place = place_of_tables(request, embedding_on_host);
  const bool former = request.facts.build_year && *request.facts.build_year < runtime.tables_since;
  const std::size_t own = model::tensors_of(*request.llm).size();
  const bool skips = weights.holds_mtp && weights.file.empty() && buffers && buffers->skips_mtp;
  for (std::size_t i = 0; i < weights.tensors.size(); ++i) {
    const model::Tensor& tensor = weights.tensors[i];
    const double rows = static_cast<double>(tensor.rows) * static_cast<double>(tensor.copies);
    const double bytes =
        formats[weights.formats[i]].bytes_of(rows, static_cast<double>(tensor.row_length)).base();
    places.all += bytes;
    const bool embedding = tensor.role == model::TensorRole::TokenEmbedding;
    const bool table = embedding || tensor.role == model::TensorRole::PositionEmbedding ||
                       tensor.role == model::TensorRole::PerLayerTable;
    if (former) {
      const double sixteen = 2.0 * rows * static_cast<double>(tensor.row_length);
      if (embedding && tied) places.added += 2.0 * sixteen - bytes;
      if (tensor.role == model::TensorRole::Output) places.added += sixteen - bytes;
    } else if (table && place == TablePlace::Mapped && !(embedding && tied)) {
      places.host += bytes;  // a tied one is the output matrix as well
    } else if (embedding && place == TablePlace::Pinned && tied) {
      places.added += bytes;
    }
    if (skips && i >= own) places.added -= bytes;
  }
  return places;
}

}  // namespace

std::optional<bool> MemoryFit::fits() const {
  if (!capacity) return std::nullopt;
  return total() <= *capacity;
}

void add_overhead(MemoryFit& fit, const MemoryOverhead& overhead, double level) {
  const double buffer = fit.compute.base();
  fit.compute = fit.compute * std::max(overhead.share, 0.0);
  fit.overhead = fit.compute + Bytes::of(std::max(overhead.constant, 0.0));
  const double total = fit.total().base();
  const double variance = overhead.constant_variance + 2.0 * buffer * overhead.covariance +
                          buffer * buffer * overhead.share_variance +
                          std::pow(overhead.noise * total, 2.0);
  const double half = normal_quantile(0.5 + level / 2.0) * std::sqrt(std::max(variance, 0.0));
  // What was counted is there at least.
  const double least = std::min((fit.weights + fit.kv).base(), total);
  fit.total_lo = Bytes::of(std::max(total - half, std::min(least, total)));
  fit.total_hi = Bytes::of(total + half);
  fit.overhead_rows = overhead.rows;
}

MemoryFit memory_fit(const Request& request, const model::WeightAssignment& weights,
                     const FormatTable& formats, const MemoryLaw& law, double level) {
  const model::LoweringOptions options = lowering_options(request, formats);
  const hwdb::Runtime& runtime = *request.runtime;
  const model::Llm& llm = *request.llm;
  const auto& buffers = runtime.pass_buffers;
  const double ranks = request.ranks;
  const double tokens =
      std::max(request.context_start + request.gen_tokens, options.static_kv_slots);
  MemoryFit fit;
  const Bytes file = request.weight_bytes.value_or(weights.total_bytes(formats));
  const WeightPlaces places = places_of(request, weights, formats, options.embedding_on_host);
  fit.host_tables = file * (places.host / places.all);
  fit.weights = file * ((places.all - places.host + places.added) / places.all) / ranks;

  model::CacheLayout layout;
  if (buffers) {
    // A windowed layer keeps the tokens of the pass under way beside its window.
    layout = {.window_extra = static_cast<double>(buffers->tokens),
              .cells = cache_cells(request, *buffers),
              .keeps_windows = options.keeps_windows,
              .expands_mla = options.expands_mla};
  }
  fit.kv = model::kv_cache_bytes(llm, tokens, request.batch, options.kv_keys, options.kv_values,
                                 formats, layout) /
           ranks;
  fit.state = Bytes::of(model::state_elements(llm) * options.state_bytes * request.batch / ranks);
  fit.kv += fit.state;
  if (buffers) {
    fit.compute = compute_buffer(request, *buffers, tokens);
  } else {
    const double width = static_cast<double>(llm.hidden) + static_cast<double>(llm.vocab) / 8.0;
    // A server's buffers are sized for its largest pass, whatever decodes.
    const double sequences = runtime.prefill_chunk > 0 ? 1.0 : request.batch;
    fit.compute = Bytes::of(runtime.memory_overhead_per_hidden * width * sequences);
  }
  add_overhead(
      fit, law.overhead_of(runtime.id, request.device->device_class, runtime.memory_overhead_fixed),
      level);
  fit.capacity = request.device->memory.capacity;
  return fit;
}

}  // namespace foretoken::sim
