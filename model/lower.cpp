#include "model/lower.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "model/layer_groups.h"
#include "model/lower_mixer.h"
#include "model/tensor_use.h"

namespace foretoken::model {
namespace {

/// Rows of a matrix that a step streams, all copies of it together; the experts' share is the
/// expert GEMM's own business.
double streamed_rows(const Tensor& tensor) {
  const TensorUse use = use_of(tensor.role);
  const bool routed = use == TensorUse::ExpertInput || use == TensorUse::ExpertOutput;
  const double rows = static_cast<double>(tensor.rows);
  return routed ? rows : rows * static_cast<double>(tensor.copies) * tensor.read_share;
}

/// Adds operators stage by stage: what is added between two `next_stage` calls may run side by
/// side.
class Stages {
 public:
  Stages(ops::OpGraph& graph, double repeat) : graph_(graph), repeat_(repeat) {}

  void set_repeat(double repeat) { repeat_ = repeat; }

  void add(std::string name, ops::Op op, double launches = 1) {
    current_.push_back(graph_.add(
        {.name = std::move(name), .op = op, .repeat = repeat_, .launches = launches}, previous_));
  }
  void next_stage() {
    if (current_.empty()) return;
    previous_ = std::exchange(current_, {});
  }

 private:
  ops::OpGraph& graph_;
  double repeat_;
  std::vector<std::size_t> previous_;
  std::vector<std::size_t> current_;
};

struct Matrix {
  std::string name;
  ops::Op op;
  FormatId format;
};

std::vector<Matrix> joined(std::vector<Matrix> a, const std::vector<Matrix>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

struct Lowering {
  const Llm& llm;
  const WeightAssignment& weights;
  const StepShape& step;
  const LoweringOptions& options;
  Stages& stages;

  double tokens() const {
    return step.batch * step.queries + step.prompt.sequences * step.prompt.queries;
  }
  /// Token rows of the head: the last one of every sequence.
  double sampled() const { return step.batch + step.prompt.sequences; }
  double ranks() const { return static_cast<double>(options.ranks); }

  ops::Op matrix(const Tensor& tensor, FormatId format, double rows, const MoeFfn* moe) const {
    const TensorUse use = use_of(tensor.role);
    double n = rows;
    double k = static_cast<double>(tensor.row_length);
    (splits_outputs(use) ? n : k) /= ranks();
    if (moe != nullptr && (use == TensorUse::ExpertInput || use == TensorUse::ExpertOutput)) {
      return ops::ExpertGemm{.m = tokens(),
                             .n = n,
                             .k = k,
                             .experts = static_cast<double>(moe->experts),
                             .experts_per_token = static_cast<double>(moe->experts_per_token),
                             .weights = format};
    }
    const double m = use == TensorUse::Head ? sampled() : tokens();
    return ops::Gemm{.m = m, .n = n, .k = k, .weights = format};
  }

  bool fuses(int group) const {
    if (group == 1) return options.fuses_qkv;
    if (group == 2 || group == 3) return options.fuses_gate_up;
    return group == 4 && options.fuses_moe;
  }

  /// The GEMMs of one use among a layer's tensors, fused where the runtime fuses them.
  std::vector<Matrix> matrices(const std::vector<std::size_t>& members, TensorUse use,
                               const MoeFfn* moe) const {
    std::vector<bool> done(members.size(), false);
    std::vector<Matrix> found;
    for (std::size_t i = 0; i < members.size(); ++i) {
      const Tensor& tensor = weights.tensors[members[i]];
      if (done[i] || use_of(tensor.role) != use) continue;
      const FormatId format = weights.formats[members[i]];
      // Weights that no operator reads (a reusing layer's k and v) are in the file all the same.
      if (tensor.read_share == 0.0) continue;
      double rows = streamed_rows(tensor);
      const int group = fusion_group(tensor.role);
      for (std::size_t j = i + 1; group != 0 && fuses(group) && j < members.size(); ++j) {
        const Tensor& other = weights.tensors[members[j]];
        if (done[j] || fusion_group(other.role) != group || weights.formats[members[j]] != format ||
            other.row_length != tensor.row_length) {
          continue;
        }
        rows += streamed_rows(other);
        done[j] = true;
      }
      found.push_back(
          {std::string(text_of(tensor.role)), matrix(tensor, format, rows, moe), format});
    }
    return found;
  }

  void add(const std::vector<Matrix>& matrices) {
    for (const Matrix& matrix : matrices) stages.add(matrix.name, matrix.op);
  }

  void add_small(const char* name, double width, double launches) {
    if (launches > 0) stages.add(name, ops::Elementwise{.values = tokens() * width}, launches);
    stages.next_stage();
  }

  /// The input of these GEMMs is quantized, for each of them unless they share it. Weights of 16
  /// and more bits are multiplied as they are.
  void quantize_input(const char* name, double width, const std::vector<Matrix>& matrices) {
    if (!options.quantizes_activations) return;
    const auto& plain = options.plain_formats;
    const auto launches = std::count_if(matrices.begin(), matrices.end(), [&](const Matrix& m) {
      return std::find(plain.begin(), plain.end(), m.format) == plain.end();
    });
    const double most = options.shares_quantization ? 1.0 : 1e9;
    add_small(name, width, std::min(static_cast<double>(launches), most));
  }

  void all_reduce(const char* name) {
    if (options.ranks <= 1) return;
    stages.add(name, ops::AllReduce{.bytes = tokens() * static_cast<double>(llm.hidden) * 2.0,
                                    .ranks = ranks()});
    stages.next_stage();
  }

  void add_mixers(const Layer& layer, const StepShape& part, const char* suffix) {
    if (part.batch <= 0.0) return;
    for (MixerOp& mixer : mixer_ops(llm, layer, {part, options})) {
      stages.add(mixer.name + suffix, mixer.op, mixer.launches);
    }
  }

  /// Residual streams mixed before a half of a layer and written back after it. Operator by
  /// operator that is: a norm of all streams and its scaling, product with the mixing matrix, scale
  /// and bias, three slices, two sigmoids with their scaling, softmax, weighted sum; then in every
  /// Sinkhorn round two sums and two divisions; after the half two products and a sum.
  void add_hyper_connection() {
    if (llm.hyper.streams == 0) return;
    constexpr double kOutsideRounds = 16;
    constexpr double kOfRound = 4;
    const double launches = options.fuses_hyper_connections
                                ? 2.0
                                : kOutsideRounds + kOfRound * static_cast<double>(llm.hyper.rounds);
    add_small("hyper_connection", static_cast<double>(llm.hidden), launches);
  }

  void add_mixer_half(const Layer& layer, const std::vector<std::size_t>& members) {
    const double hidden = static_cast<double>(llm.hidden);
    const std::vector<Matrix> inputs = matrices(members, TensorUse::InputProjection, nullptr);
    if (inputs.empty()) return;
    quantize_input("quantize_mixer_input", hidden, inputs);
    add(inputs);
    stages.next_stage();
    const std::vector<Matrix> latent = matrices(members, TensorUse::LatentProjection, nullptr);
    quantize_input("quantize_latent_input", hidden, latent);
    add(latent);
    stages.next_stage();
    add_small("rope_and_store", hidden, small_launches_before_mixer(layer, options));
    add_mixers(layer, step, "");
    // Sequences that decode and prompts that are read share every matrix, not the attention.
    const PromptChunk& prompt = step.prompt;
    add_mixers(layer,
               {.batch = prompt.sequences, .queries = prompt.queries, .context = prompt.context},
               "_prompt");
    stages.next_stage();
    const std::vector<Matrix> outputs = matrices(members, TensorUse::OutputProjection, nullptr);
    quantize_input("quantize_mixer_output", hidden, outputs);
    add(outputs);
    stages.next_stage();
    all_reduce("attn_all_reduce");
  }

  /// Softmax, top-k, gather, sum, division and product with the weights, then the additions of the
  /// experts' outputs.
  double routing_launches(const MoeFfn& moe) const {
    if (options.fuses_routing) return 2;
    return 6.0 + static_cast<double>(moe.experts_per_token - 1);
  }

  void add_ffn_half(const Layer& layer, const std::vector<std::size_t>& members) {
    const MoeFfn* const moe = layer.moe ? &*layer.moe : nullptr;
    const double width = moe != nullptr
                             ? static_cast<double>(moe->width * moe->experts_per_token)
                             : static_cast<double>(layer.dense ? layer.dense->width : llm.hidden);
    const std::vector<Matrix> inputs = joined(matrices(members, TensorUse::FfnInput, moe),
                                              matrices(members, TensorUse::ExpertInput, moe));
    if (inputs.empty()) return;
    quantize_input("quantize_ffn_input", static_cast<double>(llm.hidden), inputs);
    add(inputs);
    stages.next_stage();
    if (moe != nullptr) add_small("routing", width, routing_launches(*moe));
    const bool gated = moe != nullptr ? moe->gated : layer.dense && layer.dense->gated;
    add_small("activation", width, gated && !options.fuses_glu ? 2 : 1);
    const std::vector<Matrix> outputs = joined(matrices(members, TensorUse::FfnOutput, moe),
                                               matrices(members, TensorUse::ExpertOutput, moe));
    quantize_input("quantize_ffn_hidden", width, outputs);
    add(outputs);
    stages.next_stage();
    all_reduce("ffn_all_reduce");
  }

  void add_layer(const LayerGroup& group) {
    stages.set_repeat(group.count);
    const Layer& layer = llm.layers[group.layer];
    const double hidden = static_cast<double>(llm.hidden);
    // A residual add belongs to each half; fused with the norm that follows it, it costs nothing.
    const int norms = std::max(layer.norms, 1);
    const int halves = norms > 1 ? 2 : 1;
    const double small =
        norms * norm_launches(options) + (options.fuses_norm ? 0.0 : static_cast<double>(halves));
    add_small("norms_and_residuals", hidden, small);
    add_hyper_connection();
    add_mixer_half(layer, group.tensors);
    add_hyper_connection();
    add_ffn_half(layer, group.tensors);
  }

  void add_step_inputs(const std::vector<std::size_t>& members) {
    stages.set_repeat(1);
    for (const std::size_t i : members) {
      const Tensor& tensor = weights.tensors[i];
      if (use_of(tensor.role) != TensorUse::Table) continue;
      stages.add(std::string(text_of(tensor.role)),
                 ops::Gather{.rows = tokens(),
                             .row_length = static_cast<double>(tensor.row_length),
                             .table = weights.formats[i]},
                 options.embedding_on_host ? 0 : 1);
    }
    stages.next_stage();
    add(matrices(members, TensorUse::StepProjection, nullptr));
    // Projections of the residual streams (AltUp) that belong to no layer.
    add(matrices(members, TensorUse::InputProjection, nullptr));
    stages.next_stage();
  }

  void add_head(const std::vector<std::size_t>& members) {
    stages.set_repeat(1);
    add_small("output_norm", static_cast<double>(llm.hidden), norm_launches(options));
    std::vector<Matrix> head = matrices(members, TensorUse::Head, nullptr);
    if (llm.tied_embeddings) {
      head.clear();
      for (const std::size_t i : members) {
        const Tensor& tensor = weights.tensors[i];
        if (tensor.role != TensorRole::TokenEmbedding) continue;
        head.push_back({"output",
                        ops::Gemm{.m = sampled(),
                                  .n = static_cast<double>(tensor.rows) / ranks(),
                                  .k = static_cast<double>(tensor.row_length),
                                  .weights = weights.formats[i]},
                        weights.formats[i]});
      }
    }
    quantize_input("quantize_output", static_cast<double>(llm.hidden), head);
    add(head);
    stages.next_stage();
  }
};

}  // namespace

ops::OpGraph lower(const Llm& llm, const WeightAssignment& weights, const StepShape& step,
                   const LoweringOptions& options) {
  ops::OpGraph graph;
  Stages stages(graph, 1);
  Lowering lowering{llm, weights, step, options, stages};
  const LayerGroups groups = group_layers(llm, weights);
  lowering.add_step_inputs(groups.outside);
  for (const LayerGroup& group : groups.layers) lowering.add_layer(group);
  lowering.add_head(groups.outside);
  return graph;
}

}  // namespace foretoken::model
