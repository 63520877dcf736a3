/* A plug-in without a GPU: one known device, two samples and a warning, or a stream when streams are
 * asked for; or a version of its own. */

#include <string.h>

#include "probe/cuda/plugin.h"

#ifndef PLUGIN_ABI
#define PLUGIN_ABI FORETOKEN_CUDA_ABI
#endif

uint32_t foretoken_cuda_abi(void) { return PLUGIN_ABI; }

const char* foretoken_cuda_describe(int32_t device, struct foretoken_cuda_device* out) {
  if (device != 0) return "there is no such device";
  memset(out, 0, sizeof *out);
  strcpy(out->name, "Invented GPU");
  strcpy(out->driver, "1.2.3");
  out->driver_version = 12040;
  out->compute_major = 8;
  out->compute_minor = 9;
  out->multiprocessors = 10;
  out->clock_hertz = 2000000000;
  out->memory_clock_hertz = 5000000000;
  out->memory_bus_bits = 128;
  out->memory_bytes = (int64_t)8 << 30;
  out->l2_bytes = 1 << 20;
  return NULL;
}

const char* foretoken_cuda_probe(const struct foretoken_cuda_request* request) {
  struct foretoken_cuda_sample sample;
  memset(&sample, 0, sizeof sample);
  if (strcmp(request->only, "read_") == 0) {
    sample.kernel = FORETOKEN_CUDA_READ;
    sample.name = "read_cuda";
    sample.footprint = 1 << 30;
    sample.bytes = 144e9;
    sample.seconds = 1;
    request->on_sample(request->user, &sample);
    return NULL;
  }
  request->on_progress(request->user, 0, 2, "a launch");
  sample.kernel = FORETOKEN_CUDA_LAUNCH;
  sample.name = "launch_graph_cuda";
  sample.seconds = 2e-6;
  request->on_sample(request->user, &sample);
  request->on_progress(request->user, 1, 2, "a matrix");
  sample.kernel = FORETOKEN_CUDA_GEMV;
  sample.name = "gemv_q4_k_int8_cuda";
  sample.weight_format = "Q4_K";
  sample.activation_format = "INT8";
  sample.m = 1;
  sample.n = 64;
  sample.k = 256;
  sample.noisy = 1;
  request->on_sample(request->user, &sample);
  request->on_warning(request->user, "It was warm.");
  if (strcmp(request->only, "break") == 0) return "the device fell off the bus";
  if (strcmp(request->only, "unknown") == 0) {
    sample.kernel = 77;
    request->on_sample(request->user, &sample);
  }
  return NULL;
}
