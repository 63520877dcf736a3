#pragma once

/// Dot products of a block of quantized weights with int8 activations, in the way of llama.cpp's
/// matrix-vector kernels: several threads share a block, each takes one or two words of it, and
/// products of four bytes are summed by one instruction (compute capability 6.1 and up).
///
/// A `Dot` has the values and bytes of a block, the threads that share one, and
/// `part(block, x, thread)`: the thread's share of the dot product with the activation blocks that
/// begin at `x`. Layouts: probe/gguf_blocks.h.

#include <cstdint>

#include <cuda_fp16.h>

#include "probe/gpu_operands.h"

namespace foretoken::probe::cuda {

__device__ inline float half_at(const std::uint8_t* at) {
  return __half2float(__ushort_as_half(*reinterpret_cast<const std::uint16_t*>(at)));
}

__device__ inline float half_of(std::uint16_t bits) { return __half2float(__ushort_as_half(bits)); }

/// Word `index` of blocks that are aligned to halfwords only.
__device__ inline int word_at2(const std::uint8_t* at, int index) {
  const auto* halves = reinterpret_cast<const std::uint16_t*>(at);
  return static_cast<int>(static_cast<std::uint32_t>(halves[2 * index]) |
                          static_cast<std::uint32_t>(halves[2 * index + 1]) << 16);
}

__device__ inline int word_at4(const std::uint8_t* at, int index) {
  return reinterpret_cast<const int*>(at)[index];
}

__device__ inline int x_word(const gpu::Q8Block& x, int index) {
  return reinterpret_cast<const int*>(x.values)[index];
}

struct DotQ8_0 {
  static constexpr int kValues = 32;
  static constexpr int kBytes = 34;
  static constexpr int kThreads = 4;
  __device__ static float part(const std::uint8_t* block, const gpu::Q8Block* x, int thread) {
    int sum = 0;
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const int word = 2 * thread + i;
      sum = __dp4a(word_at2(block + 2, word), x_word(*x, word), sum);
    }
    return half_at(block) * half_of(x->scale) * static_cast<float>(sum);
  }
};

struct DotQ4_0 {
  static constexpr int kValues = 32;
  static constexpr int kBytes = 18;
  static constexpr int kThreads = 2;
  __device__ static float part(const std::uint8_t* block, const gpu::Q8Block* x, int thread) {
    int sum = 0;
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const int word = 2 * thread + i;
      const int nibbles = word_at2(block + 2, word);
      sum = __dp4a(nibbles & 0x0f0f0f0f, x_word(*x, word), sum);
      sum = __dp4a(nibbles >> 4 & 0x0f0f0f0f, x_word(*x, word + 4), sum);
    }
    // The 8 that is off each weight meets the sum of the activations; each thread takes its half.
    constexpr float kOffset = 8.0F / kThreads;
    return half_at(block) *
           (half_of(x->scale) * static_cast<float>(sum) - kOffset * half_of(x->sum));
  }
};

struct DotQ4_K {
  static constexpr int kValues = 256;
  static constexpr int kBytes = 144;
  static constexpr int kThreads = 16;
  /// Four threads share 32 bytes: the low halves are one sub-block, the high halves the next.
  __device__ static float part(const std::uint8_t* block, const gpu::Q8Block* x, int thread) {
    const int pair = thread / 4;
    const int word = thread % 4;
    const int first = word_at4(block + 16 + 32 * pair, word);
    const int second = word_at4(block + 16 + 32 * pair, word + 4);

    // Two scales and two minima of six bits at once (gguf_blocks.h: q4_k_scale).
    const auto* packed = reinterpret_cast<const std::uint16_t*>(block + 4);
    std::uint32_t scales = 0;
    std::uint32_t minima = 0;
    if (pair < 2) {
      scales = packed[pair] & 0x3f3fU;
      minima = packed[pair + 2] & 0x3f3fU;
    } else {
      const std::uint32_t low = packed[pair + 2];
      scales = (low & 0x0f0fU) | (packed[pair - 2] & 0xc0c0U) >> 2;
      minima = (low >> 4 & 0x0f0fU) | (packed[pair] & 0xc0c0U) >> 2;
    }

    float scaled = 0;
    float lifted = 0;
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const gpu::Q8Block& with = x[2 * pair + i];
      const int x_first = x_word(with, word);
      const int x_second = x_word(with, word + 4);
      int sum = __dp4a(first >> 4 * i & 0x0f0f0f0f, x_first, 0);
      sum = __dp4a(second >> 4 * i & 0x0f0f0f0f, x_second, sum);
      int ones = __dp4a(0x01010101, x_first, 0);
      ones = __dp4a(0x01010101, x_second, ones);
      const float x_scale = half_of(with.scale);
      scaled += x_scale * static_cast<float>(sum * static_cast<int>(scales >> 8 * i & 0xffU));
      lifted += x_scale * static_cast<float>(ones * static_cast<int>(minima >> 8 * i & 0xffU));
    }
    return half_at(block) * scaled - half_at(block + 2) * lifted;
  }
};

struct DotQ6_K {
  static constexpr int kValues = 256;
  static constexpr int kBytes = 210;
  static constexpr int kThreads = 32;
  /// Each thread takes one word of low halves, which holds four values of two sub-blocks.
  __device__ static float part(const std::uint8_t* block, const gpu::Q8Block* x, int thread) {
    const int half = thread / 16;
    const int side = thread % 16 / 8;  // low bytes 0 to 31 or 32 to 63
    const int word = thread % 8;
    const int low = word_at2(block, thread);
    const int high = word_at2(block + 128, 8 * half + word) >> 2 * side;
    const auto* scales = reinterpret_cast<const std::int8_t*>(block + 192);

    float sum = 0;
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const int quarter = side + 2 * i;
      const int quants = (low >> 4 * i & 0x0f0f0f0f) | (high >> 4 * i & 0x03030303) << 4;
      const int centred = __vsubss4(quants, 0x20202020);
      const gpu::Q8Block& with = x[4 * half + quarter];
      const int scale = scales[8 * half + 2 * quarter + word / 4];
      sum +=
          half_of(with.scale) * static_cast<float>(__dp4a(centred, x_word(with, word), 0) * scale);
    }
    return half_at(block + 208) * sum;
  }
};

}  // namespace foretoken::probe::cuda
