#pragma once

/// A memory device as firmware lists it (SMBIOS type 17, version 3.2), with two strings behind it.

#include <string>

namespace foretoken::probe::canned {

inline std::string memory_module(unsigned type, unsigned data_bits, unsigned speed,
                                 unsigned configured) {
  std::string structure(0x54, '\0');
  const auto put = [&](std::size_t at, unsigned value) {
    structure[at] = static_cast<char>(value & 0xffU);
    structure[at + 1] = static_cast<char>(value >> 8U);
  };
  structure[0] = 17;
  structure[1] = 0x54;
  put(0x08, 72);
  put(0x0a, data_bits);
  put(0x0c, 0x4000);
  structure[0x12] = static_cast<char>(type);
  put(0x15, speed);
  put(0x20, configured);
  return structure + std::string("DIMM A1\0BANK 0\0\0", 16);
}

}  // namespace foretoken::probe::canned
