#pragma once

/// What a runtime does with a decode step, as data: which operators it fuses, how many launches
/// each costs, whether graphs are captured, what stays on the host, and which pool of measurements
/// its coefficients are fitted in. Read from `data/runtimes/<id>.yaml`.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

/// On devices of this class, rows of a runtime are taken as rows of another one.
struct SpeaksFor {
  DeviceClass device_class = DeviceClass::Gpu;
  std::string runtime;
};

/// What a runtime may run as one launch.
enum class Fusion : std::uint8_t {
  Qkv,           ///< one GEMM for q, k and v
  GateUp,        ///< one GEMM for gate and up
  Norm,          ///< residual add and norm
  NormScale,     ///< a norm and the product with its weights
  Rope,          ///< rope and KV store
  Moe,           ///< the experts of a matrix, one grouped launch
  Routing,       ///< softmax, top-k and weights of the experts; the weighted sum of their outputs
  Glu,           ///< the activation and its product with the gated half
  Quantization,  ///< an input is quantized once for all GEMMs that read it
  HyperConnections,  ///< the mixing of residual streams, with all its Sinkhorn rounds
};
inline constexpr int kFusions = 10;

/// "qkv", "gate_up", "norm", "norm_scale", "rope", "moe", "routing", "glu", "quantization",
/// "hyper_connections".
std::string_view text_of(Fusion fusion);

/// Decode attention reads keys and values once for all query heads that share them, instead of
/// once for each: kernels for flash attention over a 16-bit cache, where all of these hold.
struct HeadPacking {
  double since = 0.0;  ///< year of the first build
  int min_sm = 0;      ///< NVIDIA compute capabilities, as in "sm_80", both included
  int max_sm = 999;
  double min_group = 2.0;    ///< query heads for each key/value head
  double min_context = 0.0;  ///< tokens in the cache
};

/// Which kernels multiply weights with several token rows: few rows are vectors, more rows fill
/// tiles that cost the same when they are not full.
struct MatrixKernels {
  int vector_rows = 1;  ///< rows that a vector kernel serves with one unpacking of the weights
  int tile_above = 0;   ///< rows beyond which tiles are computed
  int tile_rows = 1;    ///< rows of a tile
  int tile_experts_from = 0;  ///< token rows from which routed experts get tiles; below, every row
                              ///< unpacks its own experts
};

/// How the files that a runtime reads lay weights out, which says what formats it can be asked for.
enum class WeightLayout : std::uint8_t {
  Gguf,      ///< llama.cpp's tensor types, norms in 32 bit
  GgufFork,  ///< those and the types of its forks
  Mlx,
  Exllama,
  Mlc,
  Checkpoint,  ///< as published for servers, norms in BF16
  Compiled,    ///< by a vendor's tool for its engine, norms in F16
};
inline constexpr int kWeightLayouts = 7;
/// "gguf", "gguf_fork", "mlx", "exllama", "mlc", "checkpoint", "compiled".
std::string_view text_of(WeightLayout layout);

/// Where tables lie of which a token takes one row (embeddings).
enum class TablePlace : std::uint8_t {
  Device,  ///< with the other weights
  Mapped,  ///< in the file, mapped into the host's memory: no memory of the device, rows come as
           ///< used
  Pinned,  ///< in host memory that a built-in GPU's driver counts as its own, a tied one twice
};

/// Buffers for the activations of one pass, sized when a model is loaded for the largest pass that
/// the runtime will run, and the cells that its cache is made of.
struct PassBuffers {
  int tokens = 0;                 ///< token rows of the largest pass (llama.cpp's n_ubatch)
  bool all_logits = false;        ///< holds logits of all of them; else of one a sequence
  double activation_bytes = 4.0;  ///< of one element
  int kv_cells = 1;               ///< the cache's length is a multiple of this,
  int kv_cells_plain = 1;         ///< without flash attention of this
  bool skips_mtp = false;         ///< prediction layers that a file holds are not loaded
};

struct Runtime {
  std::string id;    ///< "llama.cpp-cuda"
  std::string name;  ///< "llama.cpp (CUDA)"
  std::vector<std::string> aliases;
  std::string family;  ///< "llama.cpp": runtimes that share kernels share a family
  std::optional<WeightLayout> weight_layout;  ///< absent: not stated
  /// Which pool's rows are fitted together. A rule that names the vendor goes before one that does
  /// not; a device that no rule fits is not supported.
  std::vector<PoolRule> pools;
  std::vector<DefaultFor> default_for;
  /// Kernels written as another runtime's: their rows teach its coefficients, not some of their
  /// own.
  std::vector<SpeaksFor> speaks_for;

  /// Year of the first build that fuses each; 0: every build, absent: none.
  std::array<std::optional<double>, kFusions> fuses_since;
  bool graph_capture = false;                     ///< a step is replayed as one captured graph
  std::optional<double> graph_capture_since;      ///< year of the first build that captures; always
  std::optional<double> graph_capture_moe_since;  ///< the same for models with experts; as the rest
  int graph_capture_max_batch = 0;  ///< sequences beyond which none is captured; 0: any
  int graph_capture_min_sm = 0;     ///< least NVIDIA compute capability, as in "sm_80"
  /// Year of the first build that keeps and reads only a sliding window's tokens; 0: every build,
  /// absent: none does, windows are masks over the whole cache.
  std::optional<double> sliding_windows_since = 0.0;
  /// Year of the first build that turns flash attention on by itself; absent: none does.
  std::optional<double> flash_attention_since;
  bool values_need_flash = false;              ///< values are quantized under flash attention alone
  std::vector<HeadPacking> packs_query_heads;  ///< any that fits; none: never
  bool whole_step_graph = false;    ///< an NPU graph runs a whole step: the launch coefficient is
                                    ///< what an operator adds to it
  bool expands_mla = false;         ///< MLA decodes with per-head K and V instead of the latent
  bool repacks_on_request = false;  ///< an option interleaves rows of weights while loading
  bool balances_cores = false;      ///< idle CPU threads take work from slower ones
  /// Token rows that share one unpacking of a weight row; absent: all of them.
  std::optional<int> rows_per_unpack;
  /// The same for weights in floating point, whose kernels may be others; absent: as above.
  std::optional<int> float_rows_per_unpack;
  std::optional<MatrixKernels> matrix_kernels;  ///< absent: rows share weights and fill every tile
  std::optional<int> static_kv_slots;           ///< KV slots computed whether used or not
  /// Most prompt tokens that one step takes in while others decode; 0: prompts are not served
  /// beside.
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
  std::string state_format;       ///< of the state of recurrent layers; empty: FP32
  std::vector<std::string> host_operators;  ///< "embedding", "sampling"

  Bytes memory_overhead_fixed{};  ///< context, workspaces
  /// Compute buffer where `pass_buffers` is absent: bytes per (hidden + vocab/8) and sequence.
  double memory_overhead_per_hidden = 0.0;
  std::optional<PassBuffers> pass_buffers;
  /// Absent: mapped where a GPU looks tables up on the host, else with the other weights.
  std::optional<TablePlace> tables;
  /// Year of the first build that does so; builds before it held tables and head in 16 bit.
  double tables_since = 0.0;
  std::string check_command;        ///< "{model} {threads} {context} {gen} {batch}" are filled in
  bool backend_not_stated = false;  ///< a family's name: rows mean the device's usual backend
  std::string source;
  std::string notes;
  std::string file;  ///< where it was read from; empty when made in memory

  /// The pool for this device; "" when the runtime does not support it.
  const std::string& pool_of(const Device& device) const;
  /// Id of the runtime whose coefficients rows on this device teach: usually its own.
  const std::string& taught_on(const Device& device) const;
  /// Whether builds of that year fuse; without a year, whether the newest do.
  bool fuses(Fusion fusion, std::optional<double> build_year) const;
  bool supports(const Device& device) const { return !pool_of(device).empty(); }
};

}  // namespace foretoken::hwdb
