#pragma once

/// Measured rows as a file gives them, before anything is resolved: names are as written, a figure
/// that the file does not state is absent.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace foretoken::calibrate {

/// What a served row's `batch` counts: sequences that decode, or requests that a client keeps in
/// flight, of which some may wait; in waves when they start and end together.
enum class BatchKind : std::uint8_t { Running, InFlight, Waves };
/// What a served row's time a token is: undisturbed steps, the mean over all tokens (prompts of
/// others in it), or the median between two tokens.
enum class TimeKind : std::uint8_t { Step, Mean, Median };

/// One end-to-end decode measurement.
struct DecodeRow {
  std::string row_id;
  std::string source;
  std::string device;
  std::string device_class;
  double n_devices = 1;
  std::string parallelism;  ///< "tp2", "pp4 (layer split)"
  std::string runtime;
  std::string runtime_version;
  std::optional<double> build_year;  ///< like 2025.5
  int threads = 0;                   ///< 0: not said
  std::string model;
  std::string weight_format;
  std::optional<double> weight_bytes;
  std::string kv_format;
  double batch = 1;
  double context_start = 0;
  double gen_tokens = 0;
  std::optional<double> tokens_per_second;  ///< of the whole batch
  std::optional<double> seconds_per_token;  ///< of one sequence
  double prefill_tokens = 0;
  BatchKind batch_kind = BatchKind::Running;
  TimeKind time_kind = TimeKind::Step;
  std::optional<double> memory_bytes;
  std::optional<double> power_watts;  ///< of all devices together, while decoding
  std::string power_scope;            ///< where it was read, in the source's words
  std::optional<double> joules_per_token;
  std::optional<bool> flash_attention;
  std::optional<bool> expands_mla;  ///< MLA with a cache of keys and values for every head
  bool repacked = false;            ///< rows of weights interleaved while loading
  std::string power_mode;           ///< as the board calls it: "15W"; empty: not said
  std::string label;                ///< ";"-separated, of `known_labels()`
  std::string notes;
  std::string file;
  int line = 0;
};

/// One kernel measurement.
struct KernelRow {
  std::string row_id;
  std::string source;
  std::string device;
  std::string runtime;
  std::string runtime_version;
  std::string kernel;
  std::string op;
  std::string weight_format;
  std::string activation_format;
  std::string kv_format;
  double m = 0, n = 0, k = 0;
  double batch = 0, heads_q = 0, heads_kv = 0, head_dim = 0, kv_len = 0;
  double experts = 0, experts_active = 0;
  int threads = 0;  ///< of a CPU; 0: not said
  double tp = 1;
  double ep = 1;        ///< devices that share the experts
  std::string routing;  ///< of tokens to experts: "balanced", ...; empty: not said
  double latency_seconds = 0;
  std::optional<double> bytes;  ///< that one call touches, as the tool that timed it counts them
  std::optional<double> footprint_over_llc;
  std::string label;
  std::string notes;
  std::string file;
  int line = 0;
};

}  // namespace foretoken::calibrate
