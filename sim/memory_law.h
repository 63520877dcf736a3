#pragma once

/// What of a runtime's memory cannot be counted from facts: driver context and workspaces, and how
/// far the counted compute buffer is from the real one. Read from `coefficients/memory.yaml`, which
/// `foretoken calibrate --memory` writes.
///
///   total = weights + cache + share * compute buffer + constant
///
/// A runtime that no measured row tells of has the constant that its file states, share 1, and the
/// spread that the fitted runtimes show around theirs.

#include <map>
#include <string>
#include <utility>

#include "base/quantity.h"
#include "hwdb/device.h"

namespace foretoken::sim {

inline constexpr int kMemoryLawSchema = 1;

/// Variances and their covariance are of the posterior: bytes squared, bytes, one.
struct MemoryOverhead {
  double constant = 0;  ///< bytes
  double share = 1;
  double constant_variance = 0;
  double covariance = 0;
  double share_variance = 0;
  double noise = 0;  ///< standard deviation of a measured total around its prediction, relative
  double rows = 0;   ///< measured rows behind it; 0: the runtime's file alone
};

struct MemoryLaw {
  /// By runtime and device class.
  std::map<std::pair<std::string, hwdb::DeviceClass>, MemoryOverhead> overheads;
  /// Of runtimes without an entry: spreads of the constant (relative to that of its file) and of
  /// the share.
  double constant_spread = 0.5;
  double share_spread = 0.5;
  double noise = 0.03;

  /// `stated` is the constant of the runtime's file.
  MemoryOverhead overhead_of(const std::string& runtime, hwdb::DeviceClass device,
                             Bytes stated) const;
};

/// Adds the file's entries, which replace those of the same runtime and class. Throws ConfigError.
void read_memory_law(const std::string& path, MemoryLaw& law);

/// As `read_memory_law` reads it; `rows` and `source` say what it was fitted to.
std::string memory_law_text(const MemoryLaw& law, const std::string& source);

}  // namespace foretoken::sim
