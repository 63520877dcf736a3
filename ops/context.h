#pragma once

/// What a coefficient may depend on: attributes of the device, the runtime, the operator's formats
/// and of the measurement. Levels of pooling are named by these attributes.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foretoken::ops {

enum class Attribute : std::uint8_t {
  Device,
  Architecture,  ///< "Ada-AD102"
  Generation,    ///< architecture without its chip: "Ada", "Apple-M3"
  Vendor,        ///< of a kind of engine: "AMD gpu" (integrated ones too), "AMD npu"
  DeviceClass,
  Isa,
  Memory,  ///< kind of DRAM: "HBM", "GDDR", "DDR", "LPDDR"
  Runtime,
  RuntimeFamily,
  RuntimeVersion,
  Source,  ///< who measured; empty in a prediction
  Format,  ///< of the operator's weights, or of its KV cache
  FormatKind,
  Unpack,  ///< the kind, i-quants with a table of 16 values apart
  Tokens,  ///< token rows of the operator: "1", "2-3", "4-16", "17-64", ...
  Kernel,
  Flash,   ///< flash attention: "on", "off", "unknown"
  Llm,     ///< architecture class of the model: "dense", "moe", ...
  Scheme,  ///< the model's weight format as a whole
  Engine,  ///< the runtime's engine loop as built then: "present" or "former"
  Scope,   ///< where power was read: "chip", "soc", "gpu", "board", "wall"
  Group,   ///< how several devices share a step: "tp", "ep"; empty for one
};
inline constexpr int kAttributes = 22;

std::string_view text_of(Attribute attribute);
std::optional<Attribute> attribute_of(std::string_view text);
std::vector<std::string> attribute_names();

/// Numbers that shift a coefficient log-linearly; 0 means "as the pool's base".
enum class Covariate : std::uint8_t {
  BuildYear,       ///< years since 2024-01 of the runtime's build
  Ecc,             ///< 1 where inline ECC takes bandwidth
  LogThreads,      ///< ln of CPU threads used over 8
  LogThreadShare,  ///< ln of threads over cores
  LogBandwidth,    ///< ln of peak bandwidth over 500 GB/s
  LogCores,        ///< ln of cores over 64
  LogClock,        ///< ln of clock over 2 GHz
  LogHidden,       ///< ln of the model's hidden size over 4096
  Graphs,          ///< 1 where the runtime replays the step as a captured graph
  LogBits,         ///< ln of the operator format's bits a value over 4.5
  LogSimd,         ///< ln of int8 products a clock of a CPU's fastest cores over 32
  LogBatch,        ///< ln of the sequences decoded together
  LogWide,         ///< ln of a CPU's peak bandwidth over 100 GB/s, 0 below: wider than a desktop's
  Interleaved,     ///< 1 where the kernel reads rows of weights interleaved
  LogCacheHeads,   ///< ln of a cache's key-value heads over 8, 0 from 8 heads on
  LogRated,        ///< ln of rated power over that of the bandwidth, 0 where it is not rated
  InStep,          ///< 1 for an operator inside a step, 0 for one that is timed alone
};
inline constexpr int kCovariates = 17;

std::string_view text_of(Covariate covariate);
std::optional<Covariate> covariate_of(std::string_view text);
std::vector<std::string> covariate_names();

struct Context {
  std::array<std::string, kAttributes> attributes;
  std::array<double, kCovariates> covariates{};

  std::string& operator[](Attribute a) { return attributes[static_cast<std::size_t>(a)]; }
  const std::string& operator[](Attribute a) const {
    return attributes[static_cast<std::size_t>(a)];
  }
  double& operator[](Covariate c) { return covariates[static_cast<std::size_t>(c)]; }
  double operator[](Covariate c) const { return covariates[static_cast<std::size_t>(c)]; }
};

/// Whether the host issues the launches of a step one by one; a captured graph is issued at once.
inline bool issues_launches(const Context& context) { return context[Covariate::Graphs] == 0.0; }

}  // namespace foretoken::ops
