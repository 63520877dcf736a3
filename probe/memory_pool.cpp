#include "probe/memory_pool.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>
#include <sys/mman.h>

#include "base/error.h"

namespace foretoken::probe {
namespace {

constexpr std::size_t kLargePage = std::size_t{2} << 20U;

}  // namespace

MemoryPool::MemoryPool(std::size_t bytes) : size_(bytes) {
  // Room to begin at a large page; the rest is never touched.
  void* const mapped =
      mmap(nullptr, bytes + kLargePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) {
    throw Error(fmt::format("the system gives no {} MiB of memory", bytes >> 20U));
  }
  auto* const first = static_cast<std::byte*>(mapped);
  const std::size_t off = reinterpret_cast<std::uintptr_t>(mapped) % kLargePage;
  const std::size_t skipped = off == 0 ? 0 : kLargePage - off;
  data_ = first + skipped;
  if (skipped > 0) munmap(first, skipped);
  if (skipped < kLargePage) munmap(data_ + bytes, kLargePage - skipped);
#ifdef MADV_HUGEPAGE
  madvise(data_, size_, MADV_HUGEPAGE);  // a wish: without it pages are small
#endif
}

MemoryPool::~MemoryPool() { munmap(data_, size_); }

void MemoryPool::fill(std::span<const std::byte> pattern, std::size_t part, std::size_t parts) {
  for (std::size_t page = part * kLargePage; page < size_; page += parts * kLargePage) {
    const std::size_t end = std::min(page + kLargePage, size_);
    for (std::size_t at = page; at < end;) {
      const std::size_t from = at % pattern.size();
      const std::size_t count = std::min(pattern.size() - from, end - at);
      std::memcpy(data_ + at, pattern.data() + from, count);
      at += count;
    }
  }
}

std::size_t pool_bytes(double wanted, double available_memory) {
  constexpr double kLeast = double(std::size_t{16} << 20U);
  constexpr double kMost = double(std::size_t{1} << 30U);
  constexpr double kShare = 0.25;
  const double allowed = std::min(kMost, kShare * available_memory);
  const auto bytes = static_cast<std::size_t>(std::max(kLeast, std::min(wanted, allowed)));
  return bytes / kLargePage * kLargePage;
}

}  // namespace foretoken::probe
