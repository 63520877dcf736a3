#pragma once

/// Plain streams through memory with the widest vectors of the machine.

#include <cstddef>
#include <cstdint>

namespace foretoken::probe {

/// Reads `bytes` (a multiple of 512, aligned to 64); the sum of all 64-bit words, so that no read
/// can be left out.
std::uint64_t stream_read(const std::byte* from, std::size_t bytes);

/// Copies `bytes` (a multiple of 512, both sides aligned to 64) with ordinary stores.
void stream_copy(const std::byte* from, std::byte* to, std::size_t bytes);

inline constexpr std::size_t kStreamStep = 512;

}  // namespace foretoken::probe
