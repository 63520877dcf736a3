#pragma once

/// Decode attention of one token over an F16 cache, as llama.cpp's flash attention does it on a
/// processor: a query head at a time, each reading keys and values anew, softmax on the fly.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace foretoken::probe {

/// Keys and values of one layer: a row of heads_kv * head_dim halves a token, in two arrays.
struct KvCache {
  const std::uint16_t* keys;
  const std::uint16_t* values;
  std::size_t heads_kv;
  std::size_t head_dim;  ///< a multiple of 16, at most kLargestHead
  std::size_t kv_len;
};

inline constexpr std::size_t kLargestHead = 512;

/// out[0, head_dim) = softmax(q . K / sqrt(head_dim)) V for the query in halves at `query`, over
/// the keys of head `head_kv`.
void attend(const KvCache& cache, std::size_t head_kv, const std::uint16_t* query, float* out);

/// The same in double precision.
std::vector<double> attended(const KvCache& cache, std::size_t head_kv, const std::uint16_t* query);

}  // namespace foretoken::probe
