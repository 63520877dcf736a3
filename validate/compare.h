#pragma once

/// A user's measured run beside the prediction at its own conditions, test by test, and what the
/// data show of the cause where the two are apart.

#include <string>
#include <vector>

#include "calibrate/row_store.h"
#include "model/weight_scheme.h"
#include "sim/library.h"
#include "sim/report.h"

namespace foretoken::validate {

/// One measured step rate.
struct ComparedStep {
  std::string what;  ///< "llama-3.1-8b Q4_K_M, 512 tokens before, 8 threads"
  std::string row_id;
  std::string label;    ///< ";"-separated, of the row and of screening
  bool counts = true;   ///< a plain decode on the device alone: part of the verdict
  double measured = 0;  ///< tokens a second, all sequences
  sim::Report report;   ///< the prediction; `report.rate` has its interval
  bool build_said = true;
  bool flash_off = false;  ///< the run says that flash attention was off
  std::string when;        ///< as the file says it; empty: it does not
  double ratio() const { return measured / report.rate.point.base(); }
  bool inside() const {
    return report.rate.lo.base() <= measured && measured <= report.rate.hi.base();
  }
};

/// One measured operator.
struct ComparedKernel {
  std::string op;    ///< "gemm"
  std::string what;  ///< "m 1, n 4096, k 14336, Q4_K, 2 threads"
  std::string row_id;
  std::string device;
  std::string runtime;
  std::string label;
  bool counts = true;
  Seconds measured{};
  Estimate<Seconds> predicted;
  std::string bound;
  /// Measured speed over predicted, as `ComparedStep::ratio`.
  double ratio() const { return predicted.point / measured; }
  bool inside() const { return predicted.lo <= measured && measured <= predicted.hi; }
};

struct NotCompared {
  std::string row_id;
  std::string reason;
};

struct Comparison {
  std::vector<ComparedStep> steps;
  std::vector<ComparedKernel> kernels;
  std::vector<NotCompared> not_compared;
};

/// What a comparison comes to.
struct Verdict {
  std::size_t counted = 0;
  std::size_t outside = 0;  ///< of those counted
  double ratio = 0;         ///< median of measured over predicted speed
  double least_ratio = 0;
  double largest_ratio = 0;
  /// 90 % intervals leave one test in ten outside: no more than that are.
  bool inside = false;
  std::vector<std::string> hints;  ///< whole sentences; usual causes that the data show
};

/// Predicts every row at its own conditions. `file_weights`, where not null, are those of the very
/// file that all steps ran, instead of their format's.
Comparison compare(const sim::Library& library, const calibrate::RowStore& rows,
                   const model::WeightAssignment* file_weights = nullptr);

Verdict verdict_of(const Comparison& comparison, const sim::Library& library);

}  // namespace foretoken::validate
