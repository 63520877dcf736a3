#pragma once

/// Memory modules as the firmware's table lists them (SMBIOS type 17, DSP0134).

#include <optional>
#include <string>
#include <string_view>

namespace foretoken::probe {

struct MemoryModule {
  std::string type;                 ///< "DDR5", "LPDDR4"; empty: unknown to this program
  int data_bits = 0;                ///< without those for ECC
  double transfers_per_second = 0;  ///< as configured, else the module's own
};

/// One structure; nullopt when it is no such one, the slot is empty, or width or rate is missing.
std::optional<MemoryModule> parse_memory_module(std::string_view structure);

}  // namespace foretoken::probe
