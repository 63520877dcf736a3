#pragma once

/// Where a served row operated. A server that admits requests as others finish does not run the
/// step that a fixed batch would: of the requests in flight only those decode whose cache fits into
/// memory, and prompts of new requests are read while they do. Neither uses anything measured of
/// the row but its stated load: requests, prompt and answer lengths.

#include "base/number_format.h"
#include "calibrate/measurement.h"
#include "model/weight_scheme.h"
#include "sim/request.h"

namespace foretoken::calibrate {

/// Sequences whose cache fits beside the weights at once; no limit where the device's capacity is
/// not stated.
double most_sequences(const sim::Request& request, const model::WeightAssignment& weights,
                      const FormatTable& formats);

/// Sets batch and prompt traffic of a request from the row's load. A row that does not say what its
/// time is (`TimeKind::Step`) is left alone. A median between tokens meets no prompts: half of the
/// steps and more go without, or with a short one, since lengths of prompts are skewed.
void serve(const DecodeRow& row, const model::WeightAssignment& weights, const FormatTable& formats,
           sim::Request& request);

}  // namespace foretoken::calibrate
