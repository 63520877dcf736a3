#include "calibrate/kernel_resolver.h"

#include <algorithm>
#include <optional>

#include "calibrate/labels.h"
#include "ops/context_of.h"
#include "ops/load.h"

namespace foretoken::calibrate {
namespace {

/// A row's format names resolved; nullopt when one is unknown.
std::optional<FormatId> format_of(const sim::Library& library, const std::string& name,
                                  const char* when_empty) {
  FormatId id{};
  if (!library.formats.find(name.empty() ? when_empty : name, id)) return std::nullopt;
  return id;
}

std::optional<ops::Op> attention_of(const sim::Library& library, const KernelRow& row) {
  const auto kv = format_of(library, row.kv_format, "BF16");
  if (!kv) return std::nullopt;
  const double batch = std::max(row.batch, std::max(row.m, 1.0));
  if (row.op == "mla") {
    constexpr double kRope = 64;
    return ops::LatentAttention{.batch = batch,
                                .heads = row.heads_q,
                                .rank = row.head_dim - kRope,
                                .rope_dim = kRope,
                                .kv_len = row.kv_len,
                                .kv = *kv};
  }
  return ops::Attention{.batch = batch,
                        .heads = row.heads_q,
                        .kv_heads = row.heads_kv,
                        .head_dim = row.head_dim,
                        .value_dim = row.head_dim,
                        .kv_len = row.kv_len,
                        .keys = *kv,
                        .values = *kv};
}

std::optional<ops::Op> op_of(const sim::Library& library, const KernelRow& row) {
  if (row.op == "gemm" || row.op == "gemv") {
    const auto weights = format_of(library, row.weight_format, "BF16");
    if (!weights || row.n <= 0 || row.k <= 0) return std::nullopt;
    return ops::Gemm{.m = std::max(row.m, 1.0), .n = row.n, .k = row.k, .weights = *weights};
  }
  if (row.op == "attention" || row.op == "mla") return attention_of(library, row);
  if (row.op == "moe") {
    const auto weights = format_of(library, row.weight_format, "BF16");
    if (!weights || row.experts <= 0) return std::nullopt;
    // Gate, up and down as one operator: three matrices of n x k, two without a gate. Of the
    // experts a device holds its share, and it meets that share of each token's choices.
    const bool gated = row.notes.find("not gated") == std::string::npos;
    const double matrices = gated ? 3.0 : 2.0;
    const double devices = std::max(row.ep, 1.0);
    return ops::ExpertGemm{.m = std::max(row.m, 1.0),
                           .n = matrices * row.n / std::max(row.tp, 1.0),
                           .k = row.k,
                           .experts = row.experts / devices,
                           .experts_per_token = row.experts_active / devices,
                           .weights = *weights,
                           .even = row.routing == "balanced"};
  }
  if (row.op == "expert_gemm") {
    const auto weights = format_of(library, row.weight_format, "BF16");
    if (!weights || row.experts <= 0 || row.n <= 0 || row.k <= 0) return std::nullopt;
    return ops::ExpertGemm{.m = std::max(row.m, 1.0),
                           .n = row.n,
                           .k = row.k,
                           .experts = row.experts,
                           .experts_per_token = row.experts_active,
                           .weights = *weights};
  }
  if (row.op == "embedding") {
    const auto table = format_of(library, row.weight_format, "BF16");
    if (!table) return std::nullopt;
    return ops::Gather{.rows = std::max(row.m, 1.0), .row_length = row.n, .table = *table};
  }
  if (row.op == "allreduce") {
    constexpr double kHalf = 2;
    return ops::AllReduce{.bytes = std::max(row.m, 1.0) * row.n * kHalf, .ranks = row.tp};
  }
  for (const char* small :
       {"rmsnorm", "layernorm", "rope", "activation", "add", "quantize_activation"}) {
    if (row.op == small) return ops::Elementwise{.values = std::max(row.m, 1.0) * row.n};
  }
  return std::nullopt;
}

/// A streaming read has the memory roof of a matrix and no other: nothing is unpacked. A copy is
/// the same in bytes. A launch moves nothing: what is left of a matrix is its fixed cost.
std::optional<ops::Demand> bare_demand(const KernelRow& row) {
  if (row.op == "launch") return ops::Demand{};
  const bool streams = row.op == "read" || row.op == "copy";
  if (!streams || row.bytes.value_or(0.0) <= 0.0) return std::nullopt;
  return ops::Demand{.weights = Bytes::of(*row.bytes)};
}

/// How often the kernels of a runtime take in the weights, as `sim::step_loads` has it in a step.
void add_unpackings(const ops::Op& op, const hwdb::Runtime& runtime, const FormatTable& formats,
                    ops::Demand& demand) {
  if (demand.weights.base() <= 0.0) return;
  const auto& kernels = runtime.matrix_kernels;
  const double unpackings = kernels
                                ? ops::unpackings(op, *kernels)
                                : ops::unpackings(op, ops::rows_per_unpack(op, runtime, formats));
  demand.intake *= unpackings;
  if (!kernels) return;
  demand.flops *= ops::padded_rows(op, *kernels);
  demand.weights *= unpackings;
}

/// Part of a row's bytes that the last-level cache may serve where the pool has no rate for it.
constexpr double kMostCached = 0.1;

bool prices_caches(const ops::LawSpec& law) {
  return std::any_of(law.coefficients.begin(), law.coefficients.end(),
                     [](const ops::CoefficientSpec& spec) {
                       const int index = static_cast<int>(spec.id);
                       return index < ops::kFamilies * ops::kSlots &&
                              index % ops::kSlots == static_cast<int>(ops::Slot::Llc);
                     });
}

/// What a fit must not learn from the row, by a label: the time of a cache as that of the memory;
/// of the memory what a few cores draw of it, since a step's cores are bound by what they unpack
/// long before; a copy, since decoding writes next to nothing.
void screen(const ops::LawSpec& law, ResolvedKernel& result) {
  const KernelRow& row = *result.row;
  if (row.op == "copy") add_label(result.label, "copy");
  if (row.op != "launch" && !prices_caches(law) &&
      ops::cached_share(row.footprint_over_llc) > kMostCached) {
    add_label(result.label, "cache");
  }
  const std::optional<int>& cores = result.device->cores;
  if (row.op == "read" && row.threads > 0 && cores && row.threads < *cores) {
    add_label(result.label, "few-threads");
  }
}

/// A linear layer that computes in fewer than 16 bits is timed as engines call it: its activations
/// are quantized by a launch of their own, which a step counts as an operator.
double timed_launches(const sim::Library& library, const KernelRow& row) {
  const auto activations = format_of(library, row.activation_format, "BF16");
  const bool linear = row.op == "gemm" || row.op == "gemv";
  constexpr double kSixteenBits = 2.0;
  return linear && activations && library.formats[*activations].bytes_per_value() < kSixteenBits
             ? 2.0
             : 1.0;
}

}  // namespace

ResolvedKernel resolve_kernel(const sim::Library& library, const KernelRow& row) {
  ResolvedKernel result;
  result.row = &row;
  result.label = row.label;
  result.device = library.devices.lookup(row.device);
  const hwdb::Runtime* const runtime = library.runtimes.lookup(row.runtime);
  const hwdb::Runtime* const taught =
      runtime == nullptr || result.device == nullptr
          ? runtime
          : library.runtimes.lookup(runtime->taught_on(*result.device));
  const auto op = op_of(library, row);
  const auto bare = bare_demand(row);
  if (result.device == nullptr) {
    result.reject = "unknown device '" + row.device + "'";
  } else if (runtime == nullptr) {
    result.reject = "unknown runtime '" + row.runtime + "'";
  } else if (taught == nullptr) {
    result.reject = "unknown runtime '" + runtime->taught_on(*result.device) + "' that '" +
                    runtime->id + "' speaks for";
  } else if (!op && !bare) {
    result.reject = "operator '" + row.op + "' or its formats are not modelled";
  } else if (!(row.latency_seconds > 0.0)) {
    result.reject = "no latency";
  } else {
    result.pool = runtime->pool_of(*result.device);
    if (library.laws.count(result.pool) == 0) result.reject = "no law for its pool";
  }
  if (!result.reject.empty()) return result;

  const ops::LawSpec& law = library.laws.at(result.pool);
  ops::Context context = ops::context_of(
      *result.device, *taught,
      {.threads = row.threads, .runtime_version = row.runtime_version, .source = row.source});
  context[ops::Attribute::Kernel] = row.kernel;
  result.loads.contexts.push_back(context);
  if (op) ops::add_operator(context, *op, library.formats);
  result.loads.contexts.push_back(context);
  sim::OpLoad load{.name = row.op,
                   .family = op ? ops::family_of(*op) : ops::Family::Gemm,
                   .demand = op ? ops::demand_of(*op, library.formats) : *bare};
  if (op) add_unpackings(*op, *runtime, library.formats, load.demand);
  load.context = 1;
  ops::Engagement engagement{.threads = row.threads, .balanced = runtime->balances_cores};
  engagement.cached_share = ops::cached_share(row.footprint_over_llc);
  engagement.has_cache_rate = law.find(ops::coefficient(load.family, ops::Slot::Llc)) != nullptr;
  load.load = ops::load_of(load.demand, timed_launches(library, row), *result.device, engagement);
  result.loads.ops.push_back(std::move(load));
  screen(law, result);
  return result;
}

}  // namespace foretoken::calibrate
