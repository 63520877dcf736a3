#pragma once

/// A user's rows beside the shipped ones. The pools that they fall into are refitted over all rows,
/// warm-started at the coefficients that are there: the device's own levels move far, its class a
/// little, since the shipped rows keep speaking. Every other pool stays as it is.

#include <functional>
#include <string>
#include <vector>

#include "calibrate/dataset.h"
#include "calibrate/next_measurement.h"
#include "ops/coefficients.h"
#include "sim/library.h"

namespace foretoken::calibrate {

struct AddOptions {
  int threads = 0;                                         ///< 0: all cores
  std::function<void(std::size_t, std::size_t)> progress;  ///< (pools done, pools in all)
};

/// A coefficient that the rows of a device hardly narrow there.
struct Unidentified {
  std::string coefficient;  ///< "gemm.core"
  double left = 1;    ///< standard deviation of its ln with the device's rows over that without
  double effect = 0;  ///< mean ln deviation of the questions by it alone
};

/// What rows of one device changed in one pool.
struct DeviceChange {
  std::string pool;
  std::string device;
  std::size_t steps = 0;    ///< added and fitted
  std::size_t kernels = 0;  ///< added and fitted
  double error_before = 0;  ///< median |predicted/measured - 1| of these rows
  double error_after = 0;
  std::string question;     ///< a reference prediction; empty: none could be made
  double width_before = 0;  ///< half width of its 90 % interval, as a share
  double width_after = 0;
  double mean_width_before = 0;  ///< the same, mean in ln over all questions
  double mean_width_after = 0;
  std::vector<Unidentified> unidentified;  ///< the most harmful first
  std::vector<Candidate> next;             ///< the most useful measurement of each tool, best first
  std::vector<double> next_width;          ///< mean half width that each would leave
};

struct LeftOut {
  std::string reason;
  std::size_t rows = 0;
};

struct Addition {
  ops::CoefficientTable coefficients;  ///< all pools, those without added rows bit for bit
  std::vector<DeviceChange> changes;   ///< by pool and device; empty: no row could be fitted
  std::vector<LeftOut> left_out;       ///< of the added rows, most frequent first
  std::string data_hash;               ///< of every row that took part
};

/// Throws Error when the folders lack the rows that a pool's present coefficients came from: a
/// refit would forget them.
Addition add_rows(const sim::Library& library, const std::vector<std::string>& data_folders,
                  const AddedRows& added, const AddOptions& options);

}  // namespace foretoken::calibrate
