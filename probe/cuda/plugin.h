#ifndef FORETOKEN_PROBE_CUDA_PLUGIN_H
#define FORETOKEN_PROBE_CUDA_PLUGIN_H

/* The door between the program and its CUDA plug-in, foretoken_cuda.so: plain C, so that neither
 * depends on the other's compiler or libraries. A change of any structure raises the version. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FORETOKEN_CUDA_ABI 1

enum foretoken_cuda_kernel {
  FORETOKEN_CUDA_READ = 0,
  FORETOKEN_CUDA_COPY = 1,
  FORETOKEN_CUDA_GEMV = 2,
  FORETOKEN_CUDA_ATTENTION = 3,
  FORETOKEN_CUDA_LAUNCH = 4
};

/* As the driver tells it; 0 or empty: not told. */
struct foretoken_cuda_device {
  char name[256];
  char pci_bus_id[32];
  char driver[64];         /* of the kernel driver, by NVML */
  int32_t driver_version;  /* CUDA version that it supports, 13000 for 13.0 */
  int32_t runtime_version; /* CUDA version that the plug-in was built with */
  int32_t compute_major;
  int32_t compute_minor;
  int32_t multiprocessors;
  int32_t memory_bus_bits;
  int32_t integrated;
  int32_t ecc;
  int64_t clock_hertz;        /* highest */
  int64_t memory_clock_hertz; /* highest; rate a pin is twice that for HBM and GDDR5 */
  int64_t l2_bytes;
  int64_t shared_bytes; /* of a multiprocessor */
  int64_t memory_bytes;
  int64_t free_bytes;
};

/* Text members live until the callback returns. Times in seconds, the rest as probe/sample.h. */
struct foretoken_cuda_sample {
  int32_t kernel; /* enum foretoken_cuda_kernel */
  int32_t repeats;
  int32_t noisy;
  int32_t check_only; /* only `error` was determined */
  const char* name;
  const char* weight_format;
  const char* activation_format;
  const char* kv_format;
  double m, n, k;
  double heads_q, heads_kv, head_dim, kv_len;
  double bytes;
  double footprint;
  double seconds;
  double spread;
  double clock_hertz;
  double memory_clock_hertz;
  double watts;
  double error;
};

struct foretoken_cuda_request {
  uint32_t abi; /* FORETOKEN_CUDA_ABI */
  int32_t device;
  double budget_seconds;
  int32_t quick;      /* fewer sizes */
  int32_t check_only; /* results of small kernels against the reference, nothing timed */
  const char* only;   /* kernels whose name contains it; NULL or empty: all */
  void* user;         /* handed to the callbacks, which are called from the calling thread */
  void (*on_sample)(void* user, const struct foretoken_cuda_sample* sample);
  void (*on_progress)(void* user, size_t done, size_t planned, const char* now); /* may be NULL */
  void (*on_warning)(void* user, const char* sentence);
};

/* All return NULL, or an error's text that lives until the thread's next call. */
uint32_t foretoken_cuda_abi(void);
const char* foretoken_cuda_describe(int32_t device, struct foretoken_cuda_device* out);
const char* foretoken_cuda_probe(const struct foretoken_cuda_request* request);

#ifdef __cplusplus
}
#endif

#endif
