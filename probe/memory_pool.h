#pragma once

/// One stretch of memory that operands are laid into, on large pages where the system grants them:
/// as engines map weights, and so that page walks do not pass for a slow memory.

#include <cstddef>
#include <span>

namespace foretoken::probe {

class MemoryPool {
 public:
  /// Aligned to 2 MiB, a multiple of 2 MiB. Throws Error when the system gives no such memory.
  explicit MemoryPool(std::size_t bytes);
  ~MemoryPool();
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;

  std::byte* data() { return data_; }
  const std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }
  /// Lays `pattern` end to end over the pool; of its large pages, every `parts`-th from `part` on.
  /// Done by all threads the first time, pages spread over the memories of all sockets.
  void fill(std::span<const std::byte> pattern, std::size_t part = 0, std::size_t parts = 1);

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Bytes for a pool: what is wanted, but at most 1 GiB and a quarter of the memory that is
/// available; a multiple of 2 MiB, at least 16 MiB.
std::size_t pool_bytes(double wanted, double available_memory);

}  // namespace foretoken::probe
