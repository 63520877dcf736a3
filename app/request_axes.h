#pragma once

/// The axes of a cross product that neither model, device, runtime nor weight format bring: batch,
/// context, generated tokens, KV formats, threads, tensor parallelism.

#include <vector>

#include "app/predict_options.h"
#include "sim/request.h"

namespace foretoken::app {

/// `base` once for every point along the axes, the last axis fastest.
std::vector<sim::Request> along_axes(const sim::Request& base, const PredictOptions& options);

}  // namespace foretoken::app
