#pragma once

/// What a probe of a GPU measures: sizes that decoding of models from 1B to 70B parameters meets.
///
/// C++17 without libraries: also compiled by nvcc.

#include <cstdint>
#include <vector>

#include "probe/gguf_blocks.h"

namespace foretoken::probe::gpu {

struct MatrixShape {
  int n;  ///< outputs
  int k;  ///< length of the dot products
};

struct GemvCase {
  Weights weights;
  int m;
  MatrixShape shape;
};

struct AttentionCase {
  int heads_q;
  int heads_kv;
  int kv_len;
};
constexpr int kHeadDim = 128;

/// Bytes of the ladder's buffers: caches first, then beyond any.
inline std::vector<std::int64_t> ladder_bytes(bool quick) {
  constexpr std::int64_t kKib = 1024;
  std::vector<std::int64_t> sizes;
  const std::int64_t step = quick ? 8 : 2;
  for (std::int64_t size = 256 * kKib; size <= kKib * kKib * kKib; size *= step) {
    sizes.push_back(size);
  }
  return sizes;
}

/// Matrices of Llama-3.2-1B, Llama-3.1-8B and Llama-3.1-70B.
inline std::vector<MatrixShape> matrix_shapes(bool quick) {
  if (quick) return {{2048, 2048}, {4096, 4096}, {14336, 4096}};
  return {{512, 2048},   {2048, 2048},  {8192, 2048}, {2048, 8192},  {1024, 4096},  {4096, 4096},
          {14336, 4096}, {4096, 14336}, {8192, 8192}, {28672, 8192}, {8192, 28672}, {128256, 4096}};
}

/// Shapes that catch mistakes at edges: one row, odd counts of rows, one block a row.
inline std::vector<MatrixShape> check_shapes() { return {{1, 256}, {33, 512}, {257, 1280}}; }

inline void add_gemv_cases(std::vector<GemvCase>& cases, Weights weights,
                           const std::vector<MatrixShape>& shapes, const std::vector<int>& rows) {
  for (const MatrixShape shape : shapes) {
    for (const int m : rows) cases.push_back({weights, m, shape});
  }
}

inline std::vector<GemvCase> gemv_cases(bool quick, bool check_only) {
  std::vector<GemvCase> cases;
  for (int kind = 0; kind < kWeightKinds; ++kind) {
    const auto weights = static_cast<Weights>(kind);
    if (check_only) {
      add_gemv_cases(cases, weights, check_shapes(), {1, 2, 4, 8});
    } else {
      add_gemv_cases(cases, weights, matrix_shapes(quick), {1});
    }
  }
  if (check_only || quick) return cases;
  for (const Weights weights : {Weights::F16, Weights::Q80, Weights::Q4K}) {
    add_gemv_cases(cases, weights, {{2048, 2048}, {4096, 4096}, {14336, 4096}, {8192, 8192}},
                   {2, 4, 8});
  }
  return cases;
}

inline std::vector<AttentionCase> attention_cases(bool quick, bool check_only) {
  std::vector<AttentionCase> cases;
  if (check_only) return {{32, 8, 1}, {32, 8, 77}, {8, 1, 513}, {4, 4, 300}, {6, 3, 1000}};
  const std::vector<AttentionCase> heads{{32, 8, 0}, {64, 8, 0}, {8, 1, 0}, {32, 32, 0}};
  for (const AttentionCase& head : heads) {
    for (int kv_len = 512; kv_len <= 65536; kv_len *= quick ? 8 : 2) {
      cases.push_back({head.heads_q, head.heads_kv, kv_len});
    }
    if (quick) break;
  }
  return cases;
}

}  // namespace foretoken::probe::gpu
