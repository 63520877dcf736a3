#pragma once

/// One large piece of device memory from which kernels take their operands, copy after copy, so
/// that a call finds none of them in a cache.

#include <cstdint>

#include "probe/cuda/checked.cuh"
#include "probe/gpu_operands.h"

namespace foretoken::probe::cuda {

class Pool {
 public:
  /// `l2_bytes` is the cache to stay clear of.
  Pool(std::int64_t bytes, std::int64_t l2_bytes);

  std::uint8_t* data() const { return memory_.data(); }
  std::int64_t bytes() const { return static_cast<std::int64_t>(memory_.bytes()); }

  struct Copies {
    std::uint8_t* first = nullptr;
    gpu::OperandCopies copies;
    int count() const { return copies.count; }
    std::uint8_t* at(int index) const { return first + copies.offset(index); }
    double footprint() const { return copies.footprint(); }
  };
  Copies copies(std::int64_t operand_bytes, int most) const {
    return {data(), gpu::operand_copies(bytes(), operand_bytes, l2_bytes_, most)};
  }

 private:
  Buffer<std::uint8_t> memory_;
  std::int64_t l2_bytes_;
};

/// Fills an even number of bytes with random bits under a rule.
void fill_random(std::uint8_t* at, std::int64_t bytes, const gpu::FillRule& rule,
                 std::uint32_t seed, cudaStream_t stream);

}  // namespace foretoken::probe::cuda
