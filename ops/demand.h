#pragma once

/// What one operator asks of a machine, whichever machine: bytes by role, operations, the length of
/// the longest serial walk along k, and messages. Exact where shapes make it exact; the number of
/// distinct experts is an expectation.

#include <optional>

#include "base/number_format.h"
#include "base/quantity.h"
#include "hwdb/runtime.h"
#include "ops/op.h"

namespace foretoken::ops {

struct Demand {
  Bytes weights{};      ///< weight bytes streamed
  Bytes kv{};           ///< KV cache bytes read and written
  Bytes state{};        ///< recurrent state bytes read and written
  Bytes activations{};  ///< activations in and out, 2 bytes an element
  /// Bytes that the cores take in and unpack: weights once, keys and values once a query head,
  /// since kernels of one token stream the shared cache through the cores for every head.
  Bytes intake{};
  double unpacked = 0;  ///< quantized weights that are made numbers
  Bytes message{};      ///< bytes a collective moves over each device's link
  Flops flops{};
  ArithmeticClass arithmetic = ArithmeticClass::Fp16;  ///< that of the weights as stored
  std::optional<ArithmeticClass> wider;  ///< that of the activations where they keep more bits
  double serial_steps = 0;  ///< k of a GEMM, cached tokens of attention: what one block may
                            ///< have to walk one after another

  /// Whose peak the operations run at: the wider operand's.
  ArithmeticClass rate() const { return wider.value_or(arithmetic); }
  Bytes memory() const { return weights + kv + state + activations; }
};

/// Expected number of distinct experts that `tokens` independent tokens touch:
/// E (1 - (1 - k/E)^B). Source: occupancy expectation for uniform routing.
double expected_distinct_experts(double experts, double experts_per_token, double tokens);

Demand demand_of(const Op& op, const FormatTable& formats);

/// How often an operator's weights are unpacked when `rows_per_unpack` token rows share it: once
/// for kernels that share it among all.
double unpackings(const Op& op, std::optional<int> rows_per_unpack);

/// Of a runtime's processor kernels: how many token rows share one unpacking of the operator's
/// weights.
std::optional<int> rows_per_unpack(const Op& op, const hwdb::Runtime& runtime,
                                   const FormatTable& formats);

/// The same under kernels that treat few rows as vectors: each `vector_rows` of them unpack once,
/// tiles unpack once for all, and experts below tiles once for every row that is routed to them.
double unpackings(const Op& op, const hwdb::MatrixKernels& kernels);

/// Rows that a matrix computes, over those asked for: tiles that are not full cost as much.
double padded_rows(const Op& op, const hwdb::MatrixKernels& kernels);

}  // namespace foretoken::ops
