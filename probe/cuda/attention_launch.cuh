#pragma once

/// Decode attention of one query token over a KV cache in F16, split over the cache's length.

#include <cstdint>

#include "probe/cuda/checked.cuh"

namespace foretoken::probe::cuda {

struct AttentionShape {
  int heads_q;
  int heads_kv;
  int kv_len;
  int splits;  ///< pieces of the cache, each by a block of its own; 1 and more
};

/// Pieces of 64 tokens at least, as many as keep every block of the launch running at once.
int splits_for(int heads_q, int heads_kv, int kv_len, int multiprocessors);

/// Floats that the pieces hand to the sum over them.
std::size_t partial_floats(const AttentionShape& shape);

/// `keys`, `values`: [heads_kv][kv_len][128] halves, at 16 bytes; `q`, `out`: [heads_q][128].
/// Scores are scaled by 1/sqrt(128).
void launch_attention(const AttentionShape& shape, const float* q, const std::uint8_t* keys,
                      const std::uint8_t* values, float* partials, float* out, cudaStream_t stream);

}  // namespace foretoken::probe::cuda
