#pragma once

/// How well predicted memory meets measured totals with each model or device left out, and whether
/// "fits" is right: for runs that are known to have fitted, and for runs that are known not to
/// have.

#include <string>
#include <vector>

#include "sim/library.h"

namespace foretoken::validate {

struct MemoryGroup {
  std::string name;  ///< runtime, or runtime and what the figure counts
  std::size_t rows = 0;
  double median_ape = 0;  ///< |predicted - measured| / measured
  double p90_ape = 0;
  double bias = 0;      ///< median of ln(predicted / measured)
  double coverage = 0;  ///< share of rows inside of the 90 % interval
};

/// A run whose verdict the prediction gets wrong.
struct WrongVerdict {
  std::string what;
  double predicted = 0;  ///< bytes
  double capacity = 0;
};

struct VerdictCheck {
  std::size_t runs = 0;
  std::size_t near = 0;  ///< of them, the interval holds the capacity: could be either
  std::vector<WrongVerdict> wrong;
};

struct UnusedMemory {
  std::string reason;
  std::size_t rows = 0;
};

struct MemoryCard {
  std::string leave_out;
  MemoryGroup all;
  std::vector<MemoryGroup> groups;
  std::vector<UnusedMemory> unused;
  VerdictCheck ran;  ///< clean decode rows of one device whose capacity is known
  /// The same of servers, at the mean length of requests at all stages: one that is full runs as
  /// many as fit, and its row says what it tried.
  VerdictCheck served;
  VerdictCheck did_not;            ///< `measurements/memory_limits.csv`
  std::vector<std::string> lines;  ///< CSV of every row, header first
};

/// `leave_out` is "model" or "device". Throws ConfigError for faults in the folders' files.
MemoryCard validate_memory(const sim::Library& library,
                           const std::vector<std::string>& data_folders,
                           const std::string& leave_out);

}  // namespace foretoken::validate
