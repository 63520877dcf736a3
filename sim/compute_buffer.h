#pragma once

/// The buffer that a runtime holds for the activations of its largest pass. The equation stands in
/// memory_fit.h; sizes that llama.cpp prints when it loads are met to the megabyte (tests).

#include "base/quantity.h"
#include "sim/request.h"

namespace foretoken::sim {

/// Cells that the cache's length is a multiple of, as the run has flash attention or not.
double cache_cells(const Request& request, const hwdb::PassBuffers& buffers);

/// `tokens` is the cache's length: a pass is not longer than that.
Bytes compute_buffer(const Request& request, const hwdb::PassBuffers& buffers, double tokens);

}  // namespace foretoken::sim
