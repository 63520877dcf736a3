#pragma once

/// The context that coefficients are looked up in, from a device, a runtime and an operator.

#include <optional>
#include <string>
#include <vector>

#include "base/number_format.h"
#include "hwdb/device.h"
#include "hwdb/runtime.h"
#include "ops/context.h"
#include "ops/op.h"

namespace foretoken::ops {

/// What is known of a run beyond device and runtime; empty and absent mean "not said".
struct RunFacts {
  std::optional<double> build_year;  ///< like 2025.5
  std::optional<bool> flash_attention;
  int threads = 0;  ///< CPU threads; 0: not said
  std::string runtime_version;
  std::string source;
  std::string llm_class;     ///< architecture class of the model
  std::string scheme;        ///< weight format of the model
  bool repacked = false;     ///< weights were interleaved while loading
  bool has_experts = false;  ///< any layer of the model routes tokens to experts
  bool in_step = false;      ///< the operator runs between others, not in a timing loop of its own
  double batch = 1;          ///< sequences decoded together
  double hidden = 0;         ///< of the model; 0: not said
};

/// The architecture's family: "Ada" of "Ada-AD102", "Apple-M3" of "Apple-M3-Max".
std::string generation_of(const hwdb::Device& device);

/// Whether the runtime, as built then, replays a step of this model and batch as one captured graph
/// on this device.
bool captures_graphs(const hwdb::Device& device, const hwdb::Runtime& runtime,
                     const RunFacts& facts);

/// Whether the runtime, as built then, reads only a sliding window's tokens.
bool keeps_windows(const hwdb::Runtime& runtime, std::optional<double> build_year);

/// Whether the runtime, as built then, lets decode steps carry prompt tokens of other requests.
bool mixes_prefill(const hwdb::Runtime& runtime, std::optional<double> build_year);

/// As the run says, else the default of the build; nothing where that is not known either.
std::optional<bool> flash_attention(const hwdb::Runtime& runtime, const RunFacts& facts);

/// The runtime's rules of packed query heads that hold for this device, build and setting of flash
/// attention; what the operator must fulfil is left.
std::vector<hwdb::HeadPacking> head_packing(const hwdb::Device& device,
                                            const hwdb::Runtime& runtime, const RunFacts& facts);

/// Everything but the operator's own attributes.
Context context_of(const hwdb::Device& device, const hwdb::Runtime& runtime, const RunFacts& facts);

/// Adds the operator's: its format and how many token rows it has.
void add_operator(Context& context, const Op& op, const FormatTable& formats,
                  bool repacked = false);

/// "HBM", "GDDR", "LPDDR", "DDR" or "other", from a memory type like "GDDR6X".
std::string memory_kind(const std::string& type);

/// "1", "2-3", "4-16", "17-64", "65-256", "257+".
std::string token_bucket(double rows);

}  // namespace foretoken::ops
