#pragma once

/// FNV-1a, 64 bits: identifies data for provenance; not for security.

#include <cstdint>
#include <string>
#include <string_view>

namespace foretoken {

constexpr std::uint64_t kFnvOffset = 0xcbf29ce484222325ULL;

constexpr std::uint64_t fnv1a(std::string_view text, std::uint64_t state = kFnvOffset) {
  for (const char c : text) {
    state ^= static_cast<unsigned char>(c);
    state *= 0x100000001b3ULL;
  }
  return state;
}

/// 16 hexadecimal digits.
std::string hash_text(std::uint64_t hash);

}  // namespace foretoken
