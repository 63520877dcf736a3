#include "ops/context_of.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "ops/cores.h"
#include "ops/energy.h"

namespace foretoken::ops {
namespace {

struct FormatOf {
  std::optional<FormatId> operator()(const Gemm& op) const { return op.weights; }
  std::optional<FormatId> operator()(const ExpertGemm& op) const { return op.weights; }
  std::optional<FormatId> operator()(const Attention& op) const { return op.keys; }
  std::optional<FormatId> operator()(const LatentAttention& op) const { return op.kv; }
  std::optional<FormatId> operator()(const Gather& op) const { return op.table; }
  std::optional<FormatId> operator()(const Recurrence&) const { return std::nullopt; }
  std::optional<FormatId> operator()(const Elementwise&) const { return std::nullopt; }
  std::optional<FormatId> operator()(const AllReduce&) const { return std::nullopt; }
};

struct TokenRowsOf {
  double operator()(const Gemm& op) const { return op.m; }
  double operator()(const ExpertGemm& op) const { return op.m; }
  double operator()(const Attention& op) const { return op.batch; }
  double operator()(const LatentAttention& op) const { return op.batch; }
  double operator()(const Gather& op) const { return op.rows; }
  double operator()(const Recurrence& op) const { return op.batch; }
  double operator()(const Elementwise&) const { return 0; }
  double operator()(const AllReduce&) const { return 0; }
};

struct CacheHeadsOf {
  double operator()(const Attention& op) const { return op.kv_heads; }
  double operator()(const LatentAttention&) const { return 1; }
  template <typename Other>
  double operator()(const Other&) const {
    return 0;
  }
};

/// Heads of a cache that an array of engines reads side by side: XDNA2 has eight columns, and the
/// growth of its steps with the context looks as if each head stayed in one (inferred from rows).
constexpr double kHeadsSideBySide = 8.0;

constexpr double kReferenceThreads = 8.0;
constexpr double kReferenceSimd = 32.0;
/// Two channels of fast DIMMs. The fabric between cores and wider memory need not keep up with it.
constexpr double kDesktopMemory = 100e9;

/// Int8 products a clock of the fastest cores; where the sheet states no core types, what cores
/// with such an instruction set usually do.
double int8_macs(const hwdb::Device& device) {
  if (!device.core_types.empty()) return device.core_types.front().macs;
  const std::string& isa = device.isa;
  const auto has = [&](const char* text) { return isa.find(text) != std::string::npos; };
  if (has("avx512")) return 64.0;
  if (has("avx")) return 32.0;
  if (has("sse")) return 8.0;
  if (has("rv")) return 8.0;
  // Apple cores have four 128-bit pipes where other Arm cores have two.
  if (device.vendor == "Apple") return 64.0;
  if (has("i8mm") || has("sme")) return 48.0;
  if (has("dotprod")) return 32.0;
  return 16.0;
}

}  // namespace

std::string memory_kind(const std::string& type) {
  for (const char* kind : {"HBM", "GDDR", "LPDDR", "DDR"}) {
    if (type.find(kind) != std::string::npos) return kind;
  }
  return type.empty() ? "" : "other";
}

std::string token_bucket(double rows) {
  if (rows <= 0) return "";
  if (rows <= 1) return "1";
  if (rows <= 3) return "2-3";
  if (rows <= 16) return "4-16";
  if (rows <= 64) return "17-64";
  return rows <= 256 ? "65-256" : "257+";
}

std::string generation_of(const hwdb::Device& device) {
  const std::string& text = device.architecture;
  std::size_t end = text.find('-');
  // "Apple-M3-Max": the maker's name alone says nothing.
  if (end != std::string::npos && text.substr(0, end) == device.vendor) {
    end = text.find('-', end + 1);
  }
  return text.substr(0, end);
}

namespace {

/// "AMD gpu", integrated or not, "AMD npu": parts of one maker that are alike in how they are
/// built.
std::string vendor_of_kind(const hwdb::Device& device) {
  const bool integrated = device.device_class == hwdb::DeviceClass::IntegratedGpu;
  const auto kind = integrated ? hwdb::DeviceClass::Gpu : device.device_class;
  return device.vendor + " " + std::string(hwdb::text_of(kind));
}

/// 86 of "sm_86"; 0 for any other instruction set.
int compute_capability(const hwdb::Device& device) {
  int sm = 0;
  if (device.isa.rfind("sm_", 0) == 0) {
    std::from_chars(device.isa.data() + 3, device.isa.data() + device.isa.size(), sm);
  }
  return sm;
}

}  // namespace

bool captures_graphs(const hwdb::Device& device, const hwdb::Runtime& runtime,
                     const RunFacts& facts) {
  if (!runtime.graph_capture) return false;
  const auto too_old = [&](const std::optional<double>& since) {
    return since && facts.build_year && *facts.build_year < *since;
  };
  if (too_old(runtime.graph_capture_since)) return false;
  if (facts.has_experts && too_old(runtime.graph_capture_moe_since)) return false;
  if (runtime.graph_capture_max_batch > 0 && facts.batch > runtime.graph_capture_max_batch) {
    return false;
  }
  const int sm = compute_capability(device);
  return sm == 0 || sm >= runtime.graph_capture_min_sm;
}

bool keeps_windows(const hwdb::Runtime& runtime, std::optional<double> build_year) {
  if (!runtime.sliding_windows_since) return false;
  return !build_year || *build_year >= *runtime.sliding_windows_since;
}

bool mixes_prefill(const hwdb::Runtime& runtime, std::optional<double> build_year) {
  if (!runtime.mixes_prefill_since) return false;
  return !build_year || *build_year >= *runtime.mixes_prefill_since;
}

std::optional<bool> flash_attention(const hwdb::Runtime& runtime, const RunFacts& facts) {
  if (facts.flash_attention || !runtime.flash_attention_since) return facts.flash_attention;
  return !facts.build_year || *facts.build_year >= *runtime.flash_attention_since;
}

std::vector<hwdb::HeadPacking> head_packing(const hwdb::Device& device,
                                            const hwdb::Runtime& runtime, const RunFacts& facts) {
  std::vector<hwdb::HeadPacking> fitting;
  if (!flash_attention(runtime, facts).value_or(false)) return fitting;
  const int sm = compute_capability(device);
  for (const hwdb::HeadPacking& rule : runtime.packs_query_heads) {
    const bool built = !facts.build_year || *facts.build_year >= rule.since;
    if (built && sm >= rule.min_sm && sm <= rule.max_sm) fitting.push_back(rule);
  }
  return fitting;
}

Context context_of(const hwdb::Device& device, const hwdb::Runtime& runtime,
                   const RunFacts& facts) {
  Context c;
  c[Attribute::Device] = device.id;
  c[Attribute::Architecture] = device.architecture;
  c[Attribute::Generation] = generation_of(device);
  c[Attribute::Vendor] = vendor_of_kind(device);
  c[Attribute::DeviceClass] = hwdb::text_of(device.device_class);
  c[Attribute::Isa] = device.isa;
  c[Attribute::Memory] = memory_kind(device.memory.type);
  c[Attribute::Runtime] = runtime.id;
  c[Attribute::RuntimeFamily] = runtime.family;
  c[Attribute::RuntimeVersion] = facts.runtime_version;
  c[Attribute::Source] = facts.source;
  c[Attribute::Llm] = facts.llm_class;
  c[Attribute::Scheme] = facts.scheme;
  const bool former =
      runtime.engine_since && facts.build_year && *facts.build_year < *runtime.engine_since;
  c[Attribute::Engine] = former ? "former" : "present";
  const std::optional<bool> flash = flash_attention(runtime, facts);
  c[Attribute::Flash] = !flash ? "unknown" : *flash ? "on" : "off";

  constexpr double kBuildOrigin = 2024.0;
  if (facts.build_year) c[Covariate::BuildYear] = *facts.build_year - kBuildOrigin;
  c[Covariate::Graphs] = captures_graphs(device, runtime, facts) ? 1.0 : 0.0;
  c[Covariate::Ecc] = device.memory.ecc_costs_bandwidth ? 1.0 : 0.0;
  // Nothing where no constants were read, and so no law of energy that would ask.
  if (device.tdp && device.energy.watts_per_rate > 0.0)
    c[Covariate::LogRated] = std::log(*device.tdp / power_of_bandwidth(device));
  c[Covariate::LogBandwidth] = std::log(device.memory.bandwidth.base() / 500e9);
  if (device.cores) c[Covariate::LogCores] = std::log(*device.cores / 64.0);
  if (device.clock) c[Covariate::LogClock] = std::log(device.clock->base() / 2e9);
  c[Covariate::InStep] = facts.in_step ? 1.0 : 0.0;
  c[Covariate::LogBatch] = std::log(std::max(facts.batch, 1.0));
  if (facts.hidden > 0) c[Covariate::LogHidden] = std::log(facts.hidden / 4096.0);
  if (device.device_class == hwdb::DeviceClass::Cpu) {
    c[Covariate::LogSimd] = std::log(int8_macs(device) / kReferenceSimd);
  }
  if (device.device_class == hwdb::DeviceClass::Cpu) {
    const double cores = engaged_cores(device, facts.threads, runtime.balances_cores).count;
    const double threads = facts.threads > 0 ? facts.threads : cores;
    if (threads > 0.0) c[Covariate::LogThreads] = std::log(threads / kReferenceThreads);
    if (device.cores) c[Covariate::LogThreadShare] = std::log(cores / *device.cores);
    c[Covariate::LogWide] =
        std::log(std::max(1.0, device.memory.bandwidth.base() / kDesktopMemory));
  }
  return c;
}

void add_operator(Context& context, const Op& op, const FormatTable& formats, bool repacked) {
  context[Attribute::Format].clear();
  context[Attribute::FormatKind].clear();
  context[Attribute::Unpack].clear();
  context[Covariate::LogBits] = 0.0;
  context[Covariate::Interleaved] = 0.0;
  const double cache_heads = std::visit(CacheHeadsOf{}, op);
  context[Covariate::LogCacheHeads] =
      cache_heads > 0 ? std::log(std::min(cache_heads / kHeadsSideBySide, 1.0)) : 0.0;
  if (const auto format = std::visit(FormatOf{}, op)) {
    context[Attribute::Format] = formats[*format].id;
    context[Attribute::FormatKind] = formats[*format].kind;
    context[Attribute::Unpack] = formats[*format].unpack;
    constexpr double kReferenceBits = 4.5;
    context[Covariate::LogBits] =
        std::log(8.0 * formats[*format].bytes_per_value() / kReferenceBits);
    const bool gemm = std::holds_alternative<Gemm>(op) || std::holds_alternative<ExpertGemm>(op);
    if (formats[*format].interleaved || (gemm && repacked)) context[Covariate::Interleaved] = 1.0;
  }
  context[Attribute::Tokens] = token_bucket(std::visit(TokenRowsOf{}, op));
}

}  // namespace foretoken::ops
