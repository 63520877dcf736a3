#pragma once

/// The operators of a decode or prefill step, one struct each, shapes only. `m` is always the
/// number of token rows that go through a matrix, `n` its outputs, `k` its inputs. A new kind is a
/// struct here, an alternative of `Op`, a demand function and a family.

#include <cstdint>
#include <string_view>
#include <variant>

#include "base/number_format.h"

namespace foretoken::ops {

/// [m, k] x [k, n] with weights in `weights`.
struct Gemm {
  double m = 1;
  double n = 0;
  double k = 0;
  FormatId weights{};
};

/// The routed experts' GEMM of one matrix: m tokens, each through `experts_per_token` of `experts`
/// matrices [k, n]. `share` is the part of the experts that this device holds.
struct ExpertGemm {
  double m = 1;
  double n = 0;
  double k = 0;
  double experts = 1;
  double experts_per_token = 1;
  FormatId weights{};
  bool even = false;  ///< no expert is met twice before each was met once, as benchmarks do
};

/// Softmax attention of `queries` new tokens in each of `batch` sequences over `kv_len` cached
/// ones.
struct Attention {
  double batch = 1;
  double queries = 1;
  double heads = 0;
  double kv_heads = 0;
  double head_dim = 0;
  double value_dim = 0;
  double kv_len = 0;
  FormatId keys{};
  FormatId values{};
  bool packs_heads = false;  ///< keys and values are taken in once for all heads that share them
};

/// Multi-head latent attention in the absorbed form: every head reads the same latent cache.
struct LatentAttention {
  double batch = 1;
  double queries = 1;
  double heads = 0;
  double rank = 0;
  double rope_dim = 0;
  double kv_len = 0;
  FormatId kv{};
  bool packs_heads = false;  ///< the latent is taken in once for all heads
};

/// A recurrent mixer's state update: `state` elements a sequence are read and written once a token.
struct Recurrence {
  double batch = 1;
  double tokens = 1;
  double state = 0;
  double bytes_per_element = 4;
};

/// Norm, rope, activation, residual add and kin: `values` elements of 2 bytes in and out.
struct Elementwise {
  double values = 0;
};

/// Rows looked up in a table.
struct Gather {
  double rows = 0;
  double row_length = 0;
  FormatId table{};
};

/// Sum of `bytes` over `ranks` devices, the result on each.
struct AllReduce {
  double bytes = 0;
  double ranks = 1;
};

using Op = std::variant<Gemm, ExpertGemm, Attention, LatentAttention, Recurrence, Elementwise,
                        Gather, AllReduce>;

/// Operators whose time follows the same coefficients; the order is that of `Op`.
enum class Family : std::uint8_t {
  Gemm,
  Expert,
  Attention,
  Latent,
  Recurrence,
  Small,
  Gather,
  AllReduce,
};
inline constexpr int kFamilies = 8;
static_assert(std::variant_size_v<Op> == kFamilies);

inline Family family_of(const Op& op) { return static_cast<Family>(op.index()); }

/// "gemm", "expert", "attention", "latent", "recurrence", "small", "gather", "allreduce".
std::string_view text_of(Family family);

}  // namespace foretoken::ops
