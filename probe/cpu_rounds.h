#pragma once

/// Cases of a plan timed on a processor in rounds over all of them: what disturbs a case for some
/// seconds leaves its other rounds alone.

#include <cstddef>
#include <functional>
#include <vector>

#include "probe/host.h"
#include "probe/sample.h"
#include "probe/timing.h"

namespace foretoken::probe {

/// What one round of a case came to.
struct Round {
  std::vector<Timed> batches;  ///< what a call took
  double seconds = 0.0;        ///< that they took together
  double joules = 0.0;         ///< used meanwhile; 0: not told
  double clock_hertz = 0.0;
  double error = 0.0;  ///< relative deviation from the reference, where it was asked for
};

/// Times one round of a case; its repeats may take `seconds`. With `check` the last call is
/// compared with the reference: a second look at the same would say the same.
using TimeRound = std::function<Round(const Sample& sample, double seconds, bool check)>;

struct RoundsPlan {
  std::size_t rounds = 3;
  double seconds = 60.0;                          ///< for all of them, about
  double (*largest_error)(const Sample& sample);  ///< of a right kernel
};

/// Adds samples and warnings to `findings`. A kernel that deviates from its reference is left out
/// with a warning.
void time_in_rounds(std::vector<Sample> cases, const RoundsPlan& plan, const TimeRound& time_round,
                    const Progress& progress, Findings& findings);

/// What the machine itself limits, as warnings.
void warn_of_limits(const CpuMachine& machine, const Host& host, Findings& findings);

}  // namespace foretoken::probe
