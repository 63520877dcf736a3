#pragma once

/// One operator priced on one device: every roof with its coefficient, and the law's total.

#include <optional>
#include <string>
#include <vector>

#include "hwdb/device.h"
#include "hwdb/runtime.h"
#include "ops/demand.h"
#include "ops/op.h"
#include "sim/library.h"

namespace foretoken::app {

struct Roof {
  std::string name;         ///< "memory", "core", "launch" ...
  std::string coefficient;  ///< "gemm.dram"
  double value = 0.0;       ///< of the coefficient, base units
  double deviation = 0.0;   ///< of its logarithm
  Dim dim;                  ///< of the coefficient
  Seconds datasheet{};      ///< what the datasheet alone allows; 0 for launch and ramp
  Seconds time{};           ///< with the coefficient
  std::string basis;
  double rows = 0.0;
};

struct OpAnswer {
  std::string pool;
  ops::Demand demand;
  std::vector<Roof> roofs;
  Seconds total{};
  Seconds lo{};  ///< interval of one measurement of it
  Seconds hi{};
  std::string bound;
  double level = 0.9;
};

/// Throws Error when the runtime does not run on the device.
OpAnswer price_op(const ops::Op& op, const hwdb::Device& device, const hwdb::Runtime& runtime,
                  int threads, const sim::Library& library);

}  // namespace foretoken::app
