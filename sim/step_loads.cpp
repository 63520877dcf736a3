#include "sim/step_loads.h"

#include <algorithm>
#include <cmath>
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

/// Bytes an element of recurrent state.
double state_bytes(const hwdb::Runtime& runtime, const FormatTable& formats) {
  constexpr double kFp32 = 4.0;
  if (runtime.state_format.empty()) return kFp32;
  return formats[formats.id_of(runtime.state_format)].bytes_per_value();
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
                          const FormatTable& formats, bool repacked) {
  ops::Context context = base;
  ops::add_operator(context, op, formats, repacked);
  const auto found =
      std::find_if(step.contexts.begin(), step.contexts.end(), [&](const ops::Context& c) {
        return c.attributes == context.attributes && c.covariates == context.covariates;
      });
  if (found != step.contexts.end()) {
    return static_cast<std::size_t>(found - step.contexts.begin());
  }
  step.contexts.push_back(std::move(context));
  return step.contexts.size() - 1;
}

/// The step's own context, without an operator yet.
StepLoads empty_step(const Request& request, const model::WeightAssignment& weights) {
  ops::RunFacts facts = with_build_year(request.facts);
  const auto& layers = request.llm->layers;
  facts.has_experts = std::any_of(layers.begin(), layers.end(),
                                  [](const model::Layer& layer) { return layer.moe.has_value(); });
  facts.llm_class = request.llm->arch_class;
  facts.scheme = weights.scheme;
  facts.hidden = static_cast<double>(request.llm->hidden);
  facts.batch = request.batch;
  facts.in_step = true;
  StepLoads step;
  step.sequences = request.batch;
  step.contexts.push_back(ops::context_of(*request.device, *request.runtime, facts));
  return step;
}

/// Adds the operators of one pass through the model, which happens `share` times a step.
void add_pass(StepLoads& step, const Request& request, const model::WeightAssignment& weights,
              const FormatTable& formats, const model::StepShape& shape, double share) {
  const ops::OpGraph graph =
      model::lower(*request.llm, weights, shape, lowering_options(request, formats));
  const ops::Context base = step.contexts.front();
  const double scale = weight_scale(request, weights, formats);
  const ops::Engagement engagement{.threads = request.facts.threads,
                                   .balanced = request.runtime->balances_cores};
  for (const ops::OpNode& node : graph.nodes()) {
    OpLoad op{.name = node.name,
              .family = ops::family_of(node.op),
              .demand = ops::demand_of(node.op, formats),
              .load = {},
              .repeat = node.repeat * share,
              .context = context_index(step, base, node.op, formats, request.facts.repacked)};
    op.demand.weights *= scale;
    if (op.demand.weights.base() > 0.0) {
      const auto& kernels = request.runtime->matrix_kernels;
      const double unpackings =
          kernels
              ? ops::unpackings(node.op, *kernels)
              : ops::unpackings(node.op, ops::rows_per_unpack(node.op, *request.runtime, formats));
      op.demand.intake *= scale * unpackings;
      op.demand.unpacked *= unpackings;
      if (kernels) {
        op.demand.flops *= ops::padded_rows(node.op, *kernels);
        // A vector kernel walks the whole matrix before it comes to the next rows.
        op.demand.weights *= unpackings;
      }
    }
    op.load = ops::load_of(op.demand, node.launches, *request.device, engagement);
    step.ops.push_back(std::move(op));
  }
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
          .fuses_hyper_connections = fuses(hwdb::Fusion::HyperConnections),
          .shares_quantization = fuses(hwdb::Fusion::Quantization),
          .expands_mla = request.expands_mla.value_or(runtime.expands_mla),
          .keeps_windows = ops::keeps_windows(runtime, year),
          .packs_query_heads = packing,
          .quantizes_activations = !runtime.activation_quantization.empty(),
          .plain_formats = plain_formats(formats),
          .embedding_on_host = on_host("embedding"),
          .static_kv_slots = static_cast<double>(runtime.static_kv_slots.value_or(0)),
          .kv_keys = keys,
          .kv_values = values,
          .state_bytes = state_bytes(runtime, formats),
          .activation_table = formats.id_of("F16"),
          .ranks = request.ranks};
}

PromptTraffic prompt_traffic(const hwdb::Runtime& runtime, double tokens_per_step, double prompt) {
  if (tokens_per_step <= 0.0 || prompt <= 0.0 || runtime.prefill_chunk <= 0) return {};
  const double chunk = static_cast<double>(runtime.prefill_chunk);
  const double one = std::min(prompt, chunk);
  const double share = std::max(-std::expm1(-tokens_per_step / one), tokens_per_step / chunk);
  return {.share = share, .tokens = tokens_per_step / share, .prompt = prompt};
}

StepLoads step_loads(const Request& request, const model::WeightAssignment& weights,
                     const FormatTable& formats, double queries, double context) {
  StepLoads step = empty_step(request, weights);
  add_pass(step, request, weights, formats,
           {.batch = request.batch, .queries = queries, .context = context}, 1.0);
  return step;
}

StepLoads mean_step_loads(const Request& request, const model::WeightAssignment& weights,
                          const FormatTable& formats) {
  const model::StepShape decode{
      .batch = request.batch, .queries = 1, .context = request.mean_context()};
  const PromptTraffic& prompts = request.prompts;
  StepLoads step = empty_step(request, weights);
  if (prompts.share <= 0.0) {
    add_pass(step, request, weights, formats, decode, 1.0);
    return step;
  }
  const double one =
      std::min(prompts.prompt, static_cast<double>(std::max(request.runtime->prefill_chunk, 1)));
  const model::PromptChunk chunk{
      .sequences = prompts.tokens / one, .queries = one, .context = (prompts.prompt - one) / 2.0};
  if (ops::mixes_prefill(*request.runtime, with_build_year(request.facts).build_year)) {
    model::StepShape mixed = decode;
    mixed.prompt = chunk;
    const double share = std::min(prompts.share, 1.0);
    if (share < 1.0) add_pass(step, request, weights, formats, decode, 1.0 - share);
    // More passes than steps: a step then carries all that must pass.
    mixed.prompt.sequences *= prompts.share / share;
    add_pass(step, request, weights, formats, mixed, share);
  } else {
    add_pass(step, request, weights, formats, decode, 1.0);
    add_pass(step, request, weights, formats, {.batch = 0, .prompt = chunk}, prompts.share);
  }
  return step;
}

}  // namespace foretoken::sim
