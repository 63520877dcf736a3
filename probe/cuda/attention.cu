#include <algorithm>

#include <cuda_fp16.h>

#include "probe/cuda/attention_launch.cuh"
#include "probe/gpu_plan.h"

// Flash decoding: each block takes a piece of the cache for the query heads that share its keys and
// values, and leaves a maximum, a sum and a weighted value for each; a second kernel joins the
// pieces. Eight lanes share a token, 16 of its 128 values each; 16 such teams a block.

namespace foretoken::probe::cuda {
namespace {

constexpr int kDim = gpu::kHeadDim;
constexpr int kLanes = 8;
constexpr int kEach = kDim / kLanes;
constexpr int kThreads = 128;
constexpr int kTeams = kThreads / kLanes;
constexpr int kMostPieces = 256;
constexpr int kPartial = kDim + 2;  // values, then maximum and sum
constexpr float kNothing = -1e30F;  // below any score, and finite, so that differences are

/// The share of one lane in a token's keys or values.
struct Words {
  uint4 each[2];
};

__device__ Words words_at(const std::uint8_t* side, long long at) {
  const auto* words = reinterpret_cast<const uint4*>(side + at);
  Words result;
  result.each[0] = __ldcg(words);
  result.each[1] = __ldcg(words + 1);
  return result;
}

__device__ void unpack(const Words& words, float (&values)[kEach]) {
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const unsigned each[4] = {words.each[i].x, words.each[i].y, words.each[i].z, words.each[i].w};
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      values[8 * i + 2 * j] =
          __half2float(__ushort_as_half(static_cast<unsigned short>(each[j] & 0xffffU)));
      values[8 * i + 2 * j + 1] =
          __half2float(__ushort_as_half(static_cast<unsigned short>(each[j] >> 16)));
    }
  }
}

/// Grid: (pieces, groups of `Heads` query heads). `group` query heads share one of keys.
template <int Heads>
__global__ __launch_bounds__(kThreads) void attend(const float* __restrict__ q,
                                                   const std::uint8_t* __restrict__ keys,
                                                   const std::uint8_t* __restrict__ values,
                                                   float* __restrict__ partials, int kv_len,
                                                   int group) {
  const int lane = static_cast<int>(threadIdx.x) % kLanes;
  const int team = static_cast<int>(threadIdx.x) / kLanes;
  const int head = static_cast<int>(blockIdx.y) * Heads;
  const int pieces = static_cast<int>(gridDim.x);
  const int piece = static_cast<int>(blockIdx.x);
  const int begin = static_cast<int>(static_cast<long long>(kv_len) * piece / pieces);
  const int end = static_cast<int>(static_cast<long long>(kv_len) * (piece + 1) / pieces);
  const long long first = static_cast<long long>(head / group) * kv_len;  // token of this head

  float query[Heads][kEach];
  float sum[Heads][kEach];
  float top[Heads];
  float weight[Heads];
#pragma unroll
  for (int h = 0; h < Heads; ++h) {
    top[h] = kNothing;
    weight[h] = 0;
#pragma unroll
    for (int i = 0; i < kEach; ++i) {
      query[h][i] = q[(head + h) * kDim + lane * kEach + i] * 0.08838834764831845F;
      sum[h][i] = 0;
    }
  }

  // All lanes of a warp run the same number of rounds: they exchange scores. A round's keys and
  // values are asked for one round ahead; beyond the end the first token is read again.
  const auto place = [&](int token) {
    return ((first + (token < end ? token : begin)) * kDim + lane * kEach) * 2;
  };
  const int rounds = (end - begin + kTeams - 1) / kTeams;
  Words key_words = words_at(keys, place(begin + team));
  Words value_words = words_at(values, place(begin + team));
  for (int round = 0; round < rounds; ++round) {
    const int token = begin + round * kTeams + team;
    const bool valid = token < end;
    float key[kEach];
    float value[kEach];
    unpack(key_words, key);
    unpack(value_words, value);
    key_words = words_at(keys, place(token + kTeams));
    value_words = words_at(values, place(token + kTeams));
#pragma unroll
    for (int h = 0; h < Heads; ++h) {
      float score = 0;
#pragma unroll
      for (int i = 0; i < kEach; ++i) score += query[h][i] * key[i];
#pragma unroll
      for (int distance = kLanes / 2; distance > 0; distance /= 2) {
        score += __shfl_xor_sync(0xffffffffU, score, distance);
      }
      if (valid && score > top[h]) {
        const float shrink = __expf(top[h] - score);
        top[h] = score;
        weight[h] *= shrink;
#pragma unroll
        for (int i = 0; i < kEach; ++i) sum[h][i] *= shrink;
      }
      const float share = valid ? __expf(score - top[h]) : 0.0F;
      weight[h] += share;
#pragma unroll
      for (int i = 0; i < kEach; ++i) sum[h][i] += share * value[i];
    }
  }

  __shared__ float team_values[kTeams][kDim];
  __shared__ float team_top[kTeams];
  __shared__ float team_weight[kTeams];
#pragma unroll
  for (int h = 0; h < Heads; ++h) {
    __syncthreads();
#pragma unroll
    for (int i = 0; i < kEach; ++i) team_values[team][lane * kEach + i] = sum[h][i];
    if (lane == 0) {
      team_top[team] = top[h];
      team_weight[team] = weight[h];
    }
    __syncthreads();
    float highest = kNothing;
    for (int t = 0; t < kTeams; ++t) highest = fmaxf(highest, team_top[t]);
    float total = 0;
    float mixed = 0;
    for (int t = 0; t < kTeams; ++t) {
      const float shrink = __expf(team_top[t] - highest);
      total += shrink * team_weight[t];
      mixed += shrink * team_values[t][threadIdx.x];
    }
    float* out = partials + (static_cast<long long>(head + h) * pieces + piece) * kPartial;
    out[threadIdx.x] = mixed;
    if (threadIdx.x == 0) {
      out[kDim] = highest;
      out[kDim + 1] = total;
    }
  }
}

/// One block a query head, one thread a value.
__global__ __launch_bounds__(kDim) void join(const float* __restrict__ partials,
                                             float* __restrict__ out, int pieces) {
  __shared__ float shrinks[kMostPieces];
  __shared__ float tops[kDim];
  const int thread = static_cast<int>(threadIdx.x);
  const float* of_head = partials + static_cast<long long>(blockIdx.x) * pieces * kPartial;
  float highest = kNothing;
  for (int p = thread; p < pieces; p += kDim) {
    highest = fmaxf(highest, of_head[p * kPartial + kDim]);
  }
  tops[thread] = highest;
  __syncthreads();
  for (int half = kDim / 2; half > 0; half /= 2) {
    if (thread < half) tops[thread] = fmaxf(tops[thread], tops[thread + half]);
    __syncthreads();
  }
  for (int p = thread; p < pieces; p += kDim) {
    shrinks[p] = __expf(of_head[p * kPartial + kDim] - tops[0]);
  }
  __syncthreads();
  float total = 0;
  float mixed = 0;
#pragma unroll 8
  for (int p = 0; p < pieces; ++p) {
    total += shrinks[p] * of_head[p * kPartial + kDim + 1];
    mixed += shrinks[p] * of_head[p * kPartial + thread];
  }
  out[static_cast<int>(blockIdx.x) * kDim + thread] = mixed / total;
}

/// Query heads that a block takes together.
int heads_together(int group) { return group % 4 == 0 ? 4 : (group % 2 == 0 ? 2 : 1); }

/// Blocks that run at once on a multiprocessor.
template <int Heads>
int resident_blocks() {
  int blocks = 0;
  check(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, attend<Heads>, kThreads, 0),
        "asking for a kernel's occupancy");
  return std::max(1, blocks);
}

template <int Heads>
void launch_heads(const AttentionShape& shape, const float* q, const std::uint8_t* keys,
                  const std::uint8_t* values, float* partials, cudaStream_t stream) {
  const dim3 grid(static_cast<unsigned>(shape.splits),
                  static_cast<unsigned>(shape.heads_q / Heads));
  launch(attend<Heads>, grid, dim3(kThreads), stream, q, keys, values, partials, shape.kv_len,
         shape.heads_q / shape.heads_kv);
}

}  // namespace

int splits_for(int heads_q, int heads_kv, int kv_len, int multiprocessors) {
  constexpr int kLeastTokens = 64;
  const int together = heads_together(heads_q / heads_kv);
  const int resident = together == 4   ? resident_blocks<4>()
                       : together == 2 ? resident_blocks<2>()
                                       : resident_blocks<1>();
  const int wanted = std::max(1, resident * multiprocessors / (heads_q / together));
  return std::max(1, std::min({wanted, kv_len / kLeastTokens, kMostPieces}));
}

std::size_t partial_floats(const AttentionShape& shape) {
  return static_cast<std::size_t>(shape.heads_q) * static_cast<std::size_t>(shape.splits) *
         kPartial;
}

void launch_attention(const AttentionShape& shape, const float* q, const std::uint8_t* keys,
                      const std::uint8_t* values, float* partials, float* out,
                      cudaStream_t stream) {
  switch (heads_together(shape.heads_q / shape.heads_kv)) {
    case 4:
      launch_heads<4>(shape, q, keys, values, partials, stream);
      break;
    case 2:
      launch_heads<2>(shape, q, keys, values, partials, stream);
      break;
    default:
      launch_heads<1>(shape, q, keys, values, partials, stream);
  }
  launch(join, dim3(static_cast<unsigned>(shape.heads_q)), dim3(kDim), stream, partials, out,
         shape.splits);
}

}  // namespace foretoken::probe::cuda
