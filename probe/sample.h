#pragma once

/// What a probe of any backend hands up: kernels timed on this machine, and what was noticed.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace foretoken::probe {

enum class Kernel : std::uint8_t {
  Read,       ///< streaming read of `bytes`
  Copy,       ///< streaming copy; `bytes` counts what is read and what is written
  Gemv,       ///< m x k activations times n x k weights in `weight_format`
  Attention,  ///< decode attention of one sequence over a KV cache
  Launch,     ///< an empty kernel, or a barrier of the thread team: the fixed cost alone
};

/// One kernel at one size: the median of `repeats` timings after a warm-up.
struct Sample {
  Kernel kernel = Kernel::Read;
  std::string name;               ///< of the implementation: "gemv_q4_k_int8_avx2"
  std::string weight_format;      ///< of the format catalogue: "Q4_K"; Gemv only
  std::string activation_format;  ///< what the weights are multiplied with: "INT8", "F32"
  std::string kv_format;          ///< Attention only
  bool interleaved = false;       ///< rows of weights stand interleaved
  bool prefetched = false;        ///< weights are asked for ahead, as engines do not
  double m = 0, n = 0, k = 0;     ///< token rows, outputs, length of the dot products
  double heads_q = 0, heads_kv = 0, head_dim = 0, kv_len = 0;
  int threads = 0;       ///< of a CPU; 0: a device that schedules its own
  double bytes = 0;      ///< that one call moves
  double footprint = 0;  ///< bytes over which calls rotate before any is touched again
  double seconds = 0;    ///< median of one call
  double spread = 0;     ///< half the distance of the quartiles, as a share of the median
  int repeats = 0;
  double clock_hertz = 0;  ///< while it ran; 0: not told
  double watts = 0;        ///< while it ran; 0: not told
  double error = 0;        ///< largest deviation from the double-precision reference, relative
  bool noisy = false;      ///< measured again and still spread widely
};

struct Findings {
  std::string backend;  ///< "cpu", "ggml", "opencl", "cuda"
  std::string device;   ///< as the system names it
  std::string driver;   ///< version of what ran it; empty: none
  std::string runtime;  ///< whose kernels these are, an id of data/runtimes; empty: the probe's own
  std::vector<Sample> samples;
  std::vector<std::string> warnings;  ///< whole sentences
};

/// (samples done, samples planned, what runs now)
using Progress = std::function<void(std::size_t, std::size_t, const std::string&)>;

}  // namespace foretoken::probe
