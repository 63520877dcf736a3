#pragma once

/// What the probe of a processor measures: every case as a sample without its timing.

#include <vector>

#include "probe/sample.h"
#include "probe/weight_format.h"

namespace foretoken::probe {

struct CpuProbeOptions {
  std::vector<int> threads;  ///< counts to measure; empty: powers of two, all cores, all threads
  double seconds = 60.0;     ///< that the probe may take, about
  bool quick = false;        ///< few cases, to see that all works
};

/// The sizes that decide what to measure.
struct CpuMachine {
  int cores = 1;        ///< that the process may use, SMT not counted
  int threads = 1;      ///< that the process may use, SMT counted
  double l1_bytes = 0;  ///< data cache of a core; 0: not told
  double l2_bytes = 0;  ///< of a core
  double last_level_bytes = 0;
  double pool_bytes = 0;
  std::string instruction_set;
  bool interleaves_rows = false;  ///< of formats that have both, interleaved rows are faster
};

/// Powers of two, the number of cores and the number of threads; ascending, each once.
std::vector<int> thread_counts(const CpuMachine& machine, const CpuProbeOptions& options);

/// Bytes of memory that a probe wants to rotate its operands over.
double wanted_pool(const CpuMachine& machine, const CpuProbeOptions& options);

/// Cases in the order to measure them: ladder, barrier, matrix-vector by format, attention. Weights
/// of a format that do not fit the pool are left out.
std::vector<Sample> cpu_plan(const CpuMachine& machine, const CpuProbeOptions& options);

/// Format whose data the pool must hold for a case; F16 for attention and streams.
WeightFormat data_format(const Sample& sample);

/// Bytes of one set of operands in the pool: weights, or keys and values.
std::size_t operand_bytes(const Sample& sample);

}  // namespace foretoken::probe
