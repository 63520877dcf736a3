#include "probe/dmi_memory.h"

#include <cstddef>

namespace foretoken::probe {
namespace {

constexpr std::size_t kLength = 0x01;
constexpr std::size_t kDataWidth = 0x0a;
constexpr std::size_t kSize = 0x0c;
constexpr std::size_t kType = 0x12;
constexpr std::size_t kSpeed = 0x15;
constexpr std::size_t kConfiguredSpeed = 0x20;
constexpr unsigned kMemoryDevice = 17;
constexpr unsigned kUnknown = 0xffff;

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

/// Little-endian; 0 past the structure's end.
unsigned word_at(std::string_view text, std::size_t at) {
  return byte_at(text, at) | byte_at(text, at + 1) << 8U;
}

const char* type_name(unsigned type) {
  switch (type) {
    case 0x18:
      return "DDR3";
    case 0x1a:
      return "DDR4";
    case 0x1d:
      return "LPDDR3";
    case 0x1e:
      return "LPDDR4";
    case 0x20:
      return "HBM";
    case 0x21:
      return "HBM2";
    case 0x22:
      return "DDR5";
    case 0x23:
      return "LPDDR5";
    case 0x24:
      return "HBM3";
    default:
      return "";
  }
}

}  // namespace

std::optional<MemoryModule> parse_memory_module(std::string_view structure) {
  if (byte_at(structure, 0) != kMemoryDevice) return std::nullopt;
  // Strings follow the structure; what a shorter, older one lacks must not be read out of them.
  structure = structure.substr(0, byte_at(structure, kLength));
  const unsigned width = word_at(structure, kDataWidth);
  unsigned speed = word_at(structure, kConfiguredSpeed);
  if (speed == 0 || speed == kUnknown) speed = word_at(structure, kSpeed);
  const bool empty = word_at(structure, kSize) == 0;
  if (empty || width == 0 || width == kUnknown || speed == 0 || speed == kUnknown) {
    return std::nullopt;
  }
  constexpr double kMega = 1e6;
  return MemoryModule{.type = type_name(byte_at(structure, kType)),
                      .data_bits = static_cast<int>(width),
                      .transfers_per_second = speed * kMega};
}

}  // namespace foretoken::probe
