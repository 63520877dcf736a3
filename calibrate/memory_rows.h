#pragma once

/// Measured rows that state memory, with what their source counted and what is known to the byte.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calibrate/dataset.h"
#include "sim/memory_fit.h"

namespace foretoken::calibrate {

/// What a source's figure counts, from `measurements/memory_kinds.csv`.
enum class MemoryKind : std::uint8_t {
  Buffers,   ///< what the runtime allocated on the device: weights, cache, compute buffer
  Device,    ///< what of the device's memory was in use, driver context included
  Process,   ///< what the process held, device and host together
  NotTotal,  ///< less or other than that: the source's column leaves out part of the weights
};

/// "buffers", "device", "process", "not-total".
std::string_view text_of(MemoryKind kind);

struct MemoryRow {
  const ResolvedRow* row = nullptr;
  MemoryKind kind = MemoryKind::Device;
  sim::MemoryFit counted;  ///< at the row's allocated length; its overhead is the runtime's prior
  Bytes measured{};
};

/// Why a row that states memory takes no part.
struct UnusedMemoryRow {
  const ResolvedRow* row = nullptr;
  std::string reason;
};

struct MemoryRows {
  std::vector<MemoryRow> rows;
  std::vector<UnusedMemoryRow> unused;
};

/// Tokens that notes say a cache was allocated for ("context window 512", "max context 320",
/// "allocated context 4096", "static 1024 slots"); nothing where they do not say.
std::optional<double> allocated_tokens(std::string_view notes);

/// Throws ConfigError for a fault in `memory_kinds.csv`.
MemoryRows memory_rows(const Dataset& data, const sim::Library& library,
                       const std::vector<std::string>& data_folders);

}  // namespace foretoken::calibrate
