#include "sim/step_loads.h"

#include <algorithm>
#include <utility>

#include "ops/context_of.h"
#include "ops/load.h"

namespace foretoken::sim {
namespace {

/// A runtime whose build nobody states is a current one: the middle of the newest measured rows.
constexpr double kCurrentBuildYear = 2026.0;

ops::RunFacts with_build_year(ops::RunFacts facts) {
  if (!facts.build_year) facts.build_year = kCurrentBuildYear;
  return facts;
}

/// Formats of weights that are multiplied as they are.
std::vector<FormatId> plain_formats(const FormatTable& formats) {
  std::vector<FormatId> plain;
  for (const char* name : {"F32", "F16", "BF16"}) {
    FormatId id{};
    if (formats.find(name, id)) plain.push_back(id);
  }
  return plain;
}

std::string shard_of(const std::string& format, const std::string& fallback) {
  return format.empty() ? fallback : format;
}

/// Real bytes over those of the tensor mix: what the shapes and the scheme leave unsaid.
double weight_scale(const Request& request, const model::WeightAssignment& weights,
                    const FormatTable& formats) {
  // `total_bytes` has the scheme's factor in it, the graph's operators do not.
  if (!request.weight_bytes) return weights.bytes_factor;
  return weights.bytes_factor * (*request.weight_bytes / weights.total_bytes(formats));
}

/// A context per operator format and token count; operators that share them share the context.
std::size_t context_index(StepLoads& step, const ops::Context& base, const ops::Op& op,
                          const FormatTable& formats) {
  ops::Context context = base;
  ops::add_operator(context, op, formats);
  const auto found =
      std::find_if(step.contexts.begin(), step.contexts.end(),
                   [&](const ops::Context& c) { return c.attributes == context.attributes; });
  if (found != step.contexts.end()) {
    return static_cast<std::size_t>(found - step.contexts.begin());
  }
  step.contexts.push_back(std::move(context));
  return step.contexts.size() - 1;
}

}  // namespace

model::LoweringOptions lowering_options(const Request& request, const FormatTable& formats) {
  const hwdb::Runtime& runtime = *request.runtime;
  const auto on_host = [&](const char* name) {
    return std::find(runtime.host_operators.begin(), runtime.host_operators.end(), name) !=
           runtime.host_operators.end();
  };
  const std::optional<double> year = with_build_year(request.facts).build_year;
  const auto fuses = [&](hwdb::Fusion fusion) { return runtime.fuses(fusion, year); };
  const FormatId keys = formats.id_of(shard_of(request.kv_keys, runtime.kv_format));
  const FormatId values = formats.id_of(shard_of(request.kv_values, runtime.kv_format));
  const auto sixteen_bits = [&](FormatId id) { return formats[id].bytes_per_value() >= 2.0; };
  std::vector<hwdb::HeadPacking> packing;
  // A quantized cache is unpacked by the kernels that take it in head by head.
  if (sixteen_bits(keys) && sixteen_bits(values)) {
    packing = ops::head_packing(*request.device, runtime, with_build_year(request.facts));
  }
  return {.fuses_qkv = fuses(hwdb::Fusion::Qkv),
          .fuses_gate_up = fuses(hwdb::Fusion::GateUp),
          .fuses_norm = fuses(hwdb::Fusion::Norm),
          .fuses_rope = fuses(hwdb::Fusion::Rope),
          .fuses_moe = fuses(hwdb::Fusion::Moe),
          .fuses_norm_scale = fuses(hwdb::Fusion::NormScale),
          .fuses_routing = fuses(hwdb::Fusion::Routing),
          .fuses_glu = fuses(hwdb::Fusion::Glu),
          .shares_quantization = fuses(hwdb::Fusion::Quantization),
          .expands_mla = runtime.expands_mla,
          .keeps_windows = ops::keeps_windows(runtime, year),
          .packs_query_heads = packing,
          .quantizes_activations = !runtime.activation_quantization.empty(),
          .plain_formats = plain_formats(formats),
          .embedding_on_host = on_host("embedding"),
          .static_kv_slots = static_cast<double>(runtime.static_kv_slots.value_or(0)),
          .kv_keys = keys,
          .kv_values = values,
          .activation_table = formats.id_of("F16"),
          .ranks = request.ranks};
}

StepLoads step_loads(const Request& request, const model::WeightAssignment& weights,
                     const FormatTable& formats, double queries, double context) {
  const hwdb::Device& device = *request.device;
  const model::StepShape shape{.batch = request.batch, .queries = queries, .context = context};
  const ops::OpGraph graph =
      model::lower(*request.llm, weights, shape, lowering_options(request, formats));
  ops::RunFacts facts = with_build_year(request.facts);
  const auto& layers = request.llm->layers;
  facts.has_experts = std::any_of(layers.begin(), layers.end(),
                                  [](const model::Layer& layer) { return layer.moe.has_value(); });
  facts.llm_class = request.llm->arch_class;
  facts.scheme = weights.scheme;
  facts.hidden = static_cast<double>(request.llm->hidden);
  facts.batch = request.batch;
  const ops::Context base = ops::context_of(device, *request.runtime, facts);
  const double scale = weight_scale(request, weights, formats);

  StepLoads step;
  step.contexts.push_back(base);
  for (const ops::OpNode& node : graph.nodes()) {
    OpLoad op{.name = node.name,
              .family = ops::family_of(node.op),
              .demand = ops::demand_of(node.op, formats),
              .load = {},
              .repeat = node.repeat,
              .context = context_index(step, base, node.op, formats)};
    op.demand.weights *= scale;
    if (op.demand.weights.base() > 0.0) op.demand.intake *= scale;
    const ops::Engagement engagement{.threads = facts.threads};
    op.load = ops::load_of(op.demand, node.launches, device, engagement);
    step.ops.push_back(std::move(op));
  }
  return step;
}

}  // namespace foretoken::sim
