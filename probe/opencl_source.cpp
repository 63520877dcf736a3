#include "probe/opencl_source.h"

#include <fmt/format.h>

namespace foretoken::probe {
namespace {

// Layouts: probe/gguf_blocks.h. Blocks of activations have 36 bytes (probe/gpu_operands.h): a half
// scale, the half sum, 32 values.

constexpr const char* kStreams = R"CL(
uint scrambled(uint x) {
  x ^= x >> 16;
  x *= 0x85ebca6bu;
  x ^= x >> 13;
  x *= 0xc2b2ae35u;
  return x ^ (x >> 16);
}

/* `count` halfwords from halfword `first` on: random bits, cut to `keep` and filled up with `set`
   where a block has its scales. */
kernel void fill(global ushort* at, ulong first, ulong count, uint block_bytes, uint scale_0,
                 uint scale_1, uint keep, uint set, uint seed) {
  for (ulong i = get_global_id(0); i < count; i += get_global_size(0)) {
    uint bits = scrambled((uint)i * 0x9e3779b9u + seed) >> 8;
    const uint offset = (uint)(i * 2 % block_bytes);
    if (offset == scale_0 || offset == scale_1) bits = (bits & keep) | set;
    at[first + i] = (ushort)bits;
  }
}

kernel void nothing(global uint* sums) {
  if (get_global_id(0) == 0xffffffffu) sums[0] = 1;
}

/* Reads the buffer `passes` times; each pass begins elsewhere. A work-group takes a piece of its
   own, neighbours in it neighbouring words: right for GPUs, and for processors, where one core runs
   a group. */
kernel void read_all(global const uint4* in, global uint* sums, uint count, uint passes) {
  const uint each = (count + get_num_groups(0) - 1) / get_num_groups(0);
  const uint begin = each * get_group_id(0) + get_local_id(0);
  const uint end = min(count, each * ((uint)get_group_id(0) + 1));
  uint4 sum = (uint4)(0);
  for (uint pass = 0; pass < passes; ++pass) {
    const uint shift = pass * 4099u * LOCAL % count;
#pragma unroll 4
    for (uint i = begin; i < end; i += LOCAL) {
      sum += in[i + shift < count ? i + shift : i + shift - count];
    }
  }
  sums[get_global_id(0)] = sum.x + sum.y + sum.z + sum.w;
}

kernel void copy_all(global const uint4* in, global uint4* out, uint count, uint passes) {
  const uint each = (count + get_num_groups(0) - 1) / get_num_groups(0);
  const uint begin = each * get_group_id(0) + get_local_id(0);
  const uint end = min(count, each * ((uint)get_group_id(0) + 1));
  for (uint pass = 0; pass < passes; ++pass) {
    const uint shift = pass * 4099u * LOCAL % count;
#pragma unroll 4
    for (uint i = begin; i < end; i += LOCAL) {
      const uint at = i + shift < count ? i + shift : i + shift - count;
      out[at] = in[at];
    }
  }
}
)CL";

constexpr const char* kParts = R"CL(
float half_at(global const uchar* at) { return vload_half(0, (global const half*)at); }

int word_at2(global const uchar* at, int index) {
  global const ushort* halves = (global const ushort*)at;
  return as_int((uint)halves[2 * index] | (uint)halves[2 * index + 1] << 16);
}
int word_at4(global const uchar* at, int index) { return ((global const int*)at)[index]; }

int dot_bytes(int a, int b, int sum) {
  const int4 products = convert_int4(as_char4(a)) * convert_int4(as_char4(b));
  return sum + products.x + products.y + products.z + products.w;
}

/* The share of work-item `part` in the dot product of one block of weights with the activation
   blocks that begin at `x`; as in probe/cuda/dots.cuh. */
float part_q8_0(global const uchar* block, global const uchar* x, int part) {
  int sum = 0;
  for (int i = 0; i < 2; ++i) {
    const int word = 2 * part + i;
    sum = dot_bytes(word_at2(block + 2, word), word_at4(x + 4, word), sum);
  }
  return half_at(block) * half_at(x) * (float)sum;
}

float part_q4_0(global const uchar* block, global const uchar* x, int part) {
  int sum = 0;
  for (int i = 0; i < 2; ++i) {
    const int word = 2 * part + i;
    const int nibbles = word_at2(block + 2, word);
    sum = dot_bytes(nibbles & 0x0f0f0f0f, word_at4(x + 4, word), sum);
    sum = dot_bytes(nibbles >> 4 & 0x0f0f0f0f, word_at4(x + 4, word + 4), sum);
  }
  return half_at(block) * (half_at(x) * (float)sum - 4.0f * half_at(x + 2));
}

float part_q4_k(global const uchar* block, global const uchar* x, int part) {
  const int pair = part / 4;
  const int word = part % 4;
  const int first = word_at4(block + 16 + 32 * pair, word);
  const int second = word_at4(block + 16 + 32 * pair, word + 4);
  global const ushort* packed = (global const ushort*)(block + 4);
  uint scales, minima;
  if (pair < 2) {
    scales = packed[pair] & 0x3f3fu;
    minima = packed[pair + 2] & 0x3f3fu;
  } else {
    const uint low = packed[pair + 2];
    scales = (low & 0x0f0fu) | (packed[pair - 2] & 0xc0c0u) >> 2;
    minima = (low >> 4 & 0x0f0fu) | (packed[pair] & 0xc0c0u) >> 2;
  }
  float scaled = 0.0f, lifted = 0.0f;
  for (int i = 0; i < 2; ++i) {
    global const uchar* with = x + 36 * (2 * pair + i);
    const int x_first = word_at4(with + 4, word);
    const int x_second = word_at4(with + 4, word + 4);
    int sum = dot_bytes(first >> 4 * i & 0x0f0f0f0f, x_first, 0);
    sum = dot_bytes(second >> 4 * i & 0x0f0f0f0f, x_second, sum);
    const int ones = dot_bytes(0x01010101, x_first, dot_bytes(0x01010101, x_second, 0));
    scaled += half_at(with) * (float)(sum * (int)(scales >> 8 * i & 0xffu));
    lifted += half_at(with) * (float)(ones * (int)(minima >> 8 * i & 0xffu));
  }
  return half_at(block) * scaled - half_at(block + 2) * lifted;
}

float part_q6_k(global const uchar* block, global const uchar* x, int part) {
  const int side_of_128 = part / 16;
  const int side = part % 16 / 8;
  const int word = part % 8;
  const int low = word_at2(block, part);
  const int high = word_at2(block + 128, 8 * side_of_128 + word) >> 2 * side;
  global const char* scales = (global const char*)(block + 192);
  float sum = 0.0f;
  for (int i = 0; i < 2; ++i) {
    const int quarter = side + 2 * i;
    const int quants = (low >> 4 * i & 0x0f0f0f0f) | (high >> 4 * i & 0x03030303) << 4;
    const int centred = as_int(as_char4(quants) - (char4)(32));
    global const uchar* with = x + 36 * (4 * side_of_128 + quarter);
    const int scale = scales[8 * side_of_128 + 2 * quarter + word / 4];
    sum += half_at(with) * (float)(dot_bytes(centred, word_at4(with + 4, word), 0) * scale);
  }
  return half_at(block + 208) * sum;
}

float8 unpack_f16(global const uchar* at) { return vload_half8(0, (global const half*)at); }
float8 unpack_bf16(global const uchar* at) {
  return as_float8(convert_uint8(vload8(0, (global const ushort*)at)) << 16);
}
float8 unpack_f32(global const uchar* at) { return vload8(0, (global const float*)at); }
)CL";

constexpr const char* kGemv = R"CL(
/* y (M x n) = x (M x k) times W (n x k) transposed, W at byte `w_at`: a work-group a row of W. */
#define ROW_KERNEL __attribute__((reqd_work_group_size(LOCAL, 1, 1))) void

#define SUM_AND_STORE(FACTOR)                                              \
  for (int j = 0; j < M; ++j) shared[j * LOCAL + item] = sums[j];          \
  for (int half_of = LOCAL / 2; half_of > 0; half_of /= 2) {               \
    barrier(CLK_LOCAL_MEM_FENCE);                                          \
    if (item < half_of) {                                                  \
      for (int j = 0; j < M; ++j) {                                        \
        shared[j * LOCAL + item] += shared[j * LOCAL + item + half_of];    \
      }                                                                    \
    }                                                                      \
  }                                                                        \
  barrier(CLK_LOCAL_MEM_FENCE);                                            \
  if (item < M) y[(ulong)item * n + row] = (float)shared[item * LOCAL] * (FACTOR);

#define GEMV_BLOCKS(NAME, PART, VALUES, BYTES, PARTS)                      \
  kernel ROW_KERNEL NAME(global const uchar* restrict w, ulong w_at,       \
                         global const uchar* restrict x,                   \
                         global float* restrict y, int n, int k) {         \
    local float shared[M * LOCAL];                                         \
    const int item = get_local_id(0);                                      \
    const int row = get_group_id(0);                                       \
    const int blocks = k / VALUES;                                         \
    global const uchar* at = w + w_at + (ulong)row * blocks * BYTES;       \
    float sums[M];                                                         \
    for (int j = 0; j < M; ++j) sums[j] = 0.0f;                            \
    for (int block = item / PARTS; block < blocks; block += LOCAL / PARTS) \
      for (int j = 0; j < M; ++j)                                          \
        sums[j] += PART(at + (ulong)block * BYTES,                         \
                        x + 36ul * (j * (k / 32) + block * (VALUES / 32)), \
                        item % PARTS);                                     \
    SUM_AND_STORE(1.0f)                                                    \
  }

GEMV_BLOCKS(gemv_q8_0, part_q8_0, 32, 34, 4)
GEMV_BLOCKS(gemv_q4_0, part_q4_0, 32, 18, 2)
GEMV_BLOCKS(gemv_q4_k, part_q4_k, 256, 144, 16)
GEMV_BLOCKS(gemv_q6_k, part_q6_k, 256, 210, 32)

#define GEMV_FLOAT(NAME, UNPACK, BYTES)                                    \
  kernel ROW_KERNEL NAME(global const uchar* restrict w, ulong w_at,       \
                         global const float* restrict x,                   \
                         global float* restrict y, int n, int k) {         \
    local float shared[M * LOCAL];                                         \
    const int item = get_local_id(0);                                      \
    const int row = get_group_id(0);                                       \
    const int blocks = k / 8;                                              \
    global const uchar* at = w + w_at + (ulong)row * blocks * BYTES;       \
    float sums[M];                                                         \
    for (int j = 0; j < M; ++j) sums[j] = 0.0f;                            \
    for (int block = item; block < blocks; block += LOCAL) {               \
      const float8 weights = UNPACK(at + (ulong)block * BYTES);            \
      for (int j = 0; j < M; ++j) {                                        \
        const float8 with = vload8(0, x + (ulong)j * k + 8 * block);       \
        sums[j] += dot(weights.lo, with.lo) + dot(weights.hi, with.hi);    \
      }                                                                    \
    }                                                                      \
    SUM_AND_STORE(1.0f)                                                    \
  }

GEMV_FLOAT(gemv_f32, unpack_f32, 32)
GEMV_FLOAT(gemv_f16, unpack_f16, 16)
GEMV_FLOAT(gemv_bf16, unpack_bf16, 16)

/* Plain int8 rows; their half scales lie behind the matrix. */
kernel ROW_KERNEL gemv_int8(global const uchar* restrict w, ulong w_at,
                            global const char* restrict x, global float* restrict y, int n, int k,
                            global const float* restrict x_scales) {
  local int shared[M * LOCAL];
  const int item = get_local_id(0);
  const int row = get_group_id(0);
  global const char* at = (global const char*)(w + w_at) + (ulong)row * k;
  global const uchar* scales = w + w_at + (ulong)n * k;
  int sums[M];
  for (int j = 0; j < M; ++j) sums[j] = 0;
  for (int block = item; block < k / 16; block += LOCAL) {
    const int16 weights = convert_int16(vload16(block, at));
    for (int j = 0; j < M; ++j) {
      const int16 products = weights * convert_int16(vload16(block, x + (ulong)j * k));
      const int8 eight = products.lo + products.hi;
      const int4 four = eight.lo + eight.hi;
      sums[j] += four.x + four.y + four.z + four.w;
    }
  }
  SUM_AND_STORE(x_scales[item] * half_at(scales + 2 * row))
}
)CL";

}  // namespace

const std::string& opencl_source() {
  static const std::string source = std::string(kStreams) + kParts + kGemv;
  return source;
}

std::string opencl_build_options(int m, int local) {
  return fmt::format("-cl-std=CL1.2 -DM={} -DLOCAL={}", m, local);
}

}  // namespace foretoken::probe
