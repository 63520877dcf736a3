#include "ops/demand.h"

#include <algorithm>
#include <cmath>

namespace foretoken::ops {
namespace {

constexpr double kActivationBytes = 2.0;

/// Weights of fewer than 16 bits are no numbers that arithmetic takes as they lie in memory.
bool needs_unpacking(const NumberFormat& format) {
  constexpr double kSixteenBits = 2.0;
  return format.bytes_per_value() < kSixteenBits;
}

Bytes activation_bytes(double elements) { return Bytes::of(elements * kActivationBytes); }

double distinct_experts(const ExpertGemm& op) {
  if (op.even) return std::min(op.experts, std::max(1.0, op.m * op.experts_per_token));
  return expected_distinct_experts(op.experts, op.experts_per_token, op.m);
}

struct DemandOf {
  const FormatTable& formats;

  Demand operator()(const Gemm& op) const {
    const NumberFormat& format = formats[op.weights];
    Demand d;
    d.weights = format.bytes_of(op.n, op.k);
    d.intake = d.weights;
    if (needs_unpacking(format)) d.unpacked = op.n * op.k;
    d.activations = activation_bytes(op.m * (op.n + op.k));
    d.flops = Flops::of(2.0 * op.m * op.n * op.k);
    d.arithmetic = format.arithmetic;
    d.wider = format.activations;
    d.serial_steps = op.k;
    return d;
  }

  Demand operator()(const ExpertGemm& op) const {
    const NumberFormat& format = formats[op.weights];
    const double distinct = distinct_experts(op);
    const double routed = op.m * op.experts_per_token;
    Demand d;
    d.weights = format.bytes_of(op.n, op.k) * distinct;
    d.intake = d.weights;
    if (needs_unpacking(format)) d.unpacked = op.n * op.k * distinct;
    d.activations = activation_bytes(routed * (op.n + op.k));
    d.flops = Flops::of(2.0 * routed * op.n * op.k);
    d.arithmetic = format.arithmetic;
    d.wider = format.activations;
    d.serial_steps = op.k;
    return d;
  }

  Demand operator()(const Attention& op) const {
    const double per_token = formats[op.keys].bytes_of(op.kv_heads, op.head_dim).base() +
                             formats[op.values].bytes_of(op.kv_heads, op.value_dim).base();
    // A query attends to what is cached and, causally, to half of its own block.
    const double attended = op.kv_len + op.queries / 2.0;
    Demand d;
    d.kv = Bytes::of(op.batch * (op.kv_len + 2.0 * op.queries) * per_token);
    d.intake = op.packs_heads ? d.kv : d.kv * (op.heads / op.kv_heads);
    d.activations =
        activation_bytes(op.batch * op.queries * op.heads * (op.head_dim + op.value_dim));
    d.flops =
        Flops::of(2.0 * op.batch * op.queries * op.heads * attended * (op.head_dim + op.value_dim));
    d.arithmetic = ArithmeticClass::Fp16;
    d.serial_steps = op.kv_len;
    return d;
  }

  Demand operator()(const LatentAttention& op) const {
    const NumberFormat& format = formats[op.kv];
    const double width = op.rank + op.rope_dim;
    const double per_token = format.bytes_of(1.0, width).base();
    const double attended = op.kv_len + op.queries / 2.0;
    Demand d;
    d.kv = Bytes::of(op.batch * (op.kv_len + 2.0 * op.queries) * per_token);
    d.intake = op.packs_heads ? d.kv : d.kv * op.heads;
    d.activations = activation_bytes(op.batch * op.queries * op.heads * (width + op.rank));
    d.flops = Flops::of(2.0 * op.batch * op.queries * op.heads * attended * (width + op.rank));
    d.arithmetic = ArithmeticClass::Bf16;
    d.serial_steps = op.kv_len;
    return d;
  }

  Demand operator()(const Recurrence& op) const {
    Demand d;
    // The state stays on chip within one call, so a prompt reads and writes it once.
    d.state = Bytes::of(2.0 * op.batch * op.state * op.bytes_per_element);
    d.flops = Flops::of(6.0 * op.batch * op.tokens * op.state);
    d.arithmetic = ArithmeticClass::Fp32;
    return d;
  }

  Demand operator()(const Elementwise& op) const {
    Demand d;
    d.activations = activation_bytes(2.0 * op.values);
    d.flops = Flops::of(op.values);
    d.arithmetic = ArithmeticClass::Fp32;
    return d;
  }

  Demand operator()(const Gather& op) const {
    Demand d;
    d.weights = formats[op.table].bytes_of(op.rows, op.row_length);
    d.activations = activation_bytes(op.rows * op.row_length);
    d.arithmetic = ArithmeticClass::Fp32;
    return d;
  }

  Demand operator()(const AllReduce& op) const {
    Demand d;
    // Ring or two-shot: each device sends and receives 2 (n-1)/n of the message.
    d.message = Bytes::of(op.ranks > 1 ? 2.0 * (op.ranks - 1.0) / op.ranks * op.bytes : 0.0);
    d.activations = Bytes::of(2.0 * op.bytes);
    return d;
  }
};

}  // namespace

double expected_distinct_experts(double experts, double experts_per_token, double tokens) {
  if (experts_per_token >= experts) return experts;
  return experts * (1.0 - std::pow(1.0 - experts_per_token / experts, tokens));
}

double unpackings(const Op& op, std::optional<int> rows_per_unpack) {
  if (!rows_per_unpack) return 1.0;
  double rows = 1.0;
  if (const auto* gemm = std::get_if<Gemm>(&op)) rows = gemm->m;
  if (const auto* expert = std::get_if<ExpertGemm>(&op)) {
    rows = expert->m * expert->experts_per_token / distinct_experts(*expert);
  }
  return std::max(1.0, std::ceil(rows / *rows_per_unpack));
}

std::optional<int> rows_per_unpack(const Op& op, const hwdb::Runtime& runtime,
                                   const FormatTable& formats) {
  const auto* const gemm = std::get_if<Gemm>(&op);
  const auto* const expert = std::get_if<ExpertGemm>(&op);
  if (gemm == nullptr && expert == nullptr) return runtime.rows_per_unpack;
  const FormatId weights = gemm != nullptr ? gemm->weights : expert->weights;
  const bool floats = formats[weights].kind == "float";
  return floats && runtime.float_rows_per_unpack ? runtime.float_rows_per_unpack
                                                 : runtime.rows_per_unpack;
}

double unpackings(const Op& op, const hwdb::MatrixKernels& kernels) {
  if (const auto* gemm = std::get_if<Gemm>(&op)) {
    if (gemm->m > kernels.tile_above) return 1.0;
    return std::max(1.0, std::ceil(gemm->m / kernels.vector_rows));
  }
  const auto* expert = std::get_if<ExpertGemm>(&op);
  if (expert == nullptr || expert->m >= kernels.tile_experts_from) return 1.0;
  return expert->m * expert->experts_per_token /
         expected_distinct_experts(expert->experts, expert->experts_per_token, expert->m);
}

double padded_rows(const Op& op, const hwdb::MatrixKernels& kernels) {
  const auto* gemm = std::get_if<Gemm>(&op);
  if (gemm == nullptr || gemm->m <= kernels.tile_above) return 1.0;
  return std::ceil(gemm->m / kernels.tile_rows) * kernels.tile_rows / gemm->m;
}

Demand demand_of(const Op& op, const FormatTable& formats) {
  return std::visit(DemandOf{formats}, op);
}

}  // namespace foretoken::ops
