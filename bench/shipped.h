#pragma once

/// The shipped data, and the question that the benchmarks ask of it: Llama 3.1 8B in Q4_K_M on an
/// RTX 4090 with llama.cpp. Coefficients are left out: what they hold does not change the work.

#include "sim/library.h"
#include "sim/request.h"

namespace foretoken::bench {

inline const sim::Library& shipped_library() {
  static const sim::Library library = sim::read_library({FORETOKEN_DATA_DIR}, false);
  return library;
}

inline sim::Request usual_request() {
  const sim::Library& library = shipped_library();
  sim::Request request;
  request.llm = library.models.known("llama-3.1-8b");
  request.device = &library.devices.find("nvidia-rtx-4090");
  request.runtime = &library.runtimes.find("llama.cpp-cuda");
  request.scheme = "Q4_K_M";
  request.context_start = 4096;
  return request;
}

}  // namespace foretoken::bench
