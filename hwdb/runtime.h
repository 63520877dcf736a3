#pragma once

/// What a runtime does with a decode step, as data: which operators it fuses, how many launches
/// each costs, whether graphs are captured, what stays on the host, and which pool of measurements
/// its coefficients are fitted in. Read from `data/runtimes/<id>.yaml`.

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "hwdb/device.h"

namespace foretoken::hwdb {

/// A selector "class gpu of vendor NVIDIA"; an empty vendor means any.
struct DefaultFor {
  DeviceClass device_class = DeviceClass::Gpu;
  std::string vendor;
};

/// Devices of this class (and vendor, unless empty) belong to `pool` under this runtime.
struct PoolRule {
  DeviceClass device_class = DeviceClass::Gpu;
  std::string vendor;
  std::string pool;
};

struct Runtime {
  std::string id;    ///< "llama.cpp-cuda"
  std::string name;  ///< "llama.cpp (CUDA)"
  std::vector<std::string> aliases;
  std::string family;  ///< "llama.cpp": runtimes that share kernels share a family
  /// Which pool's rows are fitted together. A rule that names the vendor goes before one that does
  /// not; a device that no rule fits is not supported.
  std::vector<PoolRule> pools;
  std::vector<DefaultFor> default_for;

  bool fuses_qkv = false;                     ///< one GEMM for q, k and v
  bool fuses_gate_up = false;                 ///< one GEMM for gate and up
  bool fuses_norm = false;                    ///< residual add and norm are one launch
  bool fuses_rope = false;                    ///< rope and KV store are one launch
  bool fuses_moe = false;                     ///< experts run in one grouped launch a matrix
  bool graph_capture = false;                 ///< a step is replayed as one captured graph
  std::optional<double> graph_capture_since;  ///< year of the first build that captures; always
  int graph_capture_min_sm = 0;               ///< least NVIDIA compute capability, as in "sm_80"
  /// Year of the first build that keeps and reads only a sliding window's tokens; 0: every build,
  /// absent: none does, windows are masks over the whole cache.
  std::optional<double> sliding_windows_since = 0.0;
  bool whole_step_graph = false;  ///< an NPU graph runs a whole step: the launch coefficient is
                                  ///< what an operator adds to it
  bool expands_mla = false;       ///< MLA decodes with per-head K and V instead of the latent
  std::optional<int> static_kv_slots;   ///< KV slots computed whether used or not
  /// Most prompt tokens that one step takes in while others decode; 0: prompts are not served beside.
  int prefill_chunk = 0;
  /// Year of the first build whose decode steps carry prompt tokens along; 0: every build, absent:
  /// prompts have passes of their own, before the next decode step.
  std::optional<double> mixes_prefill_since;
  /// Part of the memory that weights and KV cache may fill together.
  double memory_share = 0.9;
  /// A request is admitted when its cache fits at full length, not as it grows.
  bool reserves_full_length = false;
  /// Year of the first build of the present engine loop; absent: it has always been this one.
  std::optional<double> engine_since;
  std::string activation_quantization;  ///< "", "int8", "fp8": done before quantized GEMMs
  std::string default_format;     ///< weight format people usually run with it; "": none named
  std::string kv_format = "F16";  ///< default KV cache format
  std::vector<std::string> host_operators;  ///< "embedding", "sampling"

  Bytes memory_overhead_fixed{};            ///< context, workspaces
  double memory_overhead_per_hidden = 0.0;  ///< compute buffer: bytes per (hidden + ffn + vocab/8)
  std::string check_command;        ///< "{model} {threads} {context} {gen} {batch}" are filled in
  bool backend_not_stated = false;  ///< a family's name: rows mean the device's usual backend
  std::string source;
  std::string notes;
  std::string file;  ///< where it was read from; empty when made in memory

  /// The pool for this device; "" when the runtime does not support it.
  const std::string& pool_of(const Device& device) const;
  bool supports(const Device& device) const { return !pool_of(device).empty(); }
};

}  // namespace foretoken::hwdb
