#include "tests/support/gguf_of_llm.h"

#include <algorithm>
#include <map>
#include <utility>

#include "model/tensor_use.h"

namespace foretoken::test {
namespace {

using model::Layer;
using model::TensorRole;
using enum model::TensorRole;
using Dims = std::vector<std::int64_t>;

class Builder {
 public:
  Builder(const model::Llm& llm, const model::WeightAssignment& weights, const FormatTable& formats,
          const GgufKind& kind)
      : llm_(llm), formats_(formats), kind_(kind) {
    for (std::size_t i = 0; i < weights.tensors.size(); ++i) {
      format_of_.emplace(std::pair{weights.tensors[i].layer, weights.tensors[i].role},
                         weights.formats[i]);
    }
  }

  GgufWriter build() {
    write_keys();
    write_globals();
    for (layer_ = 0; layer_ < static_cast<int>(llm_.layers.size()); ++layer_) write_layer();
    return std::move(out_);
  }

 private:
  const Layer& layer() const { return llm_.layers[static_cast<std::size_t>(layer_)]; }
  bool is(std::string_view architecture) const { return kind_.architecture == architecture; }

  std::string key(std::string_view name) const {
    return kind_.architecture + "." + std::string(name);
  }
  void number(std::string_view name, std::int64_t value) {
    out_.u32(key(name), static_cast<std::uint64_t>(value));
  }
  /// One number when all layers agree, a list otherwise, as the converter writes it.
  template <typename Of>
  void per_layer(std::string_view name, Of&& of) {
    std::vector<std::int64_t> values;
    for (const Layer& each : llm_.layers) values.push_back(of(each));
    const bool same = std::all_of(values.begin(), values.end(),
                                  [&](std::int64_t value) { return value == values.front(); });
    if (same) {
      number(name, values.front());
    } else {
      out_.numbers(key(name), values);
    }
  }

  template <typename Has>
  const Layer* first(Has&& has) const {
    const auto found = std::find_if(llm_.layers.begin(), llm_.layers.end(), has);
    return found == llm_.layers.end() ? nullptr : &*found;
  }

  void write_keys() {
    out_.text("general.architecture", kind_.architecture);
    out_.text("general.name", llm_.name);
    out_.u32("general.file_type", static_cast<std::uint64_t>(kind_.file_type));
    number("block_count", static_cast<std::int64_t>(llm_.layers.size()));
    number("embedding_length", llm_.hidden);
    number("context_length", std::max<std::int64_t>(llm_.max_context, 2048));
    write_attention_keys();
    write_state_keys();
    write_expert_keys();
    out_.texts("tokenizer.ggml.tokens", {"<s>", "</s>", "a", "b"});
    out_.f32(key("attention.layer_norm_rms_epsilon"), 1e-5F);
  }

  void write_attention_keys() {
    const Layer* with_window =
        first([](const Layer& l) { return l.attention && l.attention->window > 0; });
    if (with_window != nullptr && !with_window->attention->chunked) {
      number("attention.sliding_window", with_window->attention->window);
    }
    if (const Layer* full = first([](const Layer& l) { return l.attention.has_value(); })) {
      number("attention.head_count", full->attention->heads);
      per_layer("attention.head_count_kv",
                [](const Layer& l) { return l.attention ? l.attention->kv_heads : 0; });
      number("attention.key_length", full->attention->head_dim);
      number("attention.value_length", full->attention->value_dim);
    }
    const auto reusing = std::count_if(llm_.layers.begin(), llm_.layers.end(), [](const Layer& l) {
      return l.attention && l.attention->reuses_kv;
    });
    if (reusing > 0) number("attention.shared_kv_layers", reusing);
    if (llm_.per_layer.dim > 0) number("embedding_length_per_layer_input", llm_.per_layer.dim);
    if (const Layer* l = first([](const Layer& x) { return x.mla.has_value(); })) {
      write_mla_keys(*l->mla);
    }
  }

  void write_mla_keys(const model::MlaShape& a) {
    number("attention.head_count", a.heads);
    number("attention.head_count_kv", kind_.old_mla ? a.heads : 1);
    if (a.q_lora_rank > 0) number("attention.q_lora_rank", a.q_lora_rank);
    number("attention.kv_lora_rank", a.kv_lora_rank);
    number("rope.dimension_count", a.rope_dim);
    if (kind_.old_mla) {
      number("attention.key_length", a.nope_dim + a.rope_dim);
      number("attention.value_length", a.value_dim);
      return;
    }
    number("attention.key_length", a.kv_lora_rank + a.rope_dim);
    number("attention.value_length", a.kv_lora_rank);
    number("attention.key_length_mla", a.nope_dim + a.rope_dim);
    number("attention.value_length_mla", a.value_dim);
  }

  void write_ssm_keys(std::int64_t conv, std::int64_t inner, std::int64_t state, std::int64_t rank,
                      std::int64_t groups) {
    number("ssm.conv_kernel", conv);
    number("ssm.inner_size", inner);
    number("ssm.state_size", state);
    number("ssm.time_step_rank", rank);
    number("ssm.group_count", groups);
  }

  void write_state_keys() {
    if (const Layer* l = first([](const Layer& x) { return x.mamba.has_value(); })) {
      const auto& a = *l->mamba;
      write_ssm_keys(a.conv, a.heads * a.head_dim, a.state, a.heads, a.groups);
    }
    if (const Layer* l = first([](const Layer& x) { return x.delta_net.has_value(); })) {
      const auto& a = *l->delta_net;
      write_ssm_keys(a.conv, a.value_heads * a.value_dim, a.key_dim, a.value_heads, a.key_heads);
    }
    if (const Layer* l = first([](const Layer& x) { return x.rwkv.has_value(); })) {
      number("wkv.head_size", l->rwkv->head_dim);
    }
    if (const Layer* l = first([](const Layer& x) { return x.short_conv.has_value(); })) {
      number("shortconv.l_cache", l->short_conv->kernel);
    }
  }

  void write_expert_keys() {
    const Layer* moe = first([](const Layer& l) { return l.moe.has_value(); });
    if (moe == nullptr) return;
    number("expert_count", moe->moe->experts);
    number("expert_used_count", moe->moe->experts_per_token);
    number("expert_feed_forward_length", moe->moe->width);
  }

  FormatId format(TensorRole role) const {
    const auto found = format_of_.find({layer_, role});
    return found == format_of_.end() ? formats_.id_of("F32") : found->second;
  }

  void put(const std::string& name, const Dims& dims, FormatId format) {
    const NumberFormat& f = formats_[format];
    double rows = 1;
    for (std::size_t i = 1; i < dims.size(); ++i) rows *= static_cast<double>(dims[i]);
    const Bytes bytes = f.bytes_of(rows, static_cast<double>(dims[0]));
    const std::string prefix = layer_ < 0 ? "" : "blk." + std::to_string(layer_) + ".";
    out_.tensor(prefix + name, dims, f.ggml_type.value_or(0),
                static_cast<std::uint64_t>(bytes.base()));
  }
  void matrix(const std::string& name, TensorRole role, std::int64_t inputs, std::int64_t outputs) {
    put(name + ".weight", {inputs, outputs}, format(role));
  }
  void small(const std::string& name, const Dims& dims) { put(name, dims, formats_.id_of("F32")); }
  void norm(const std::string& name, std::int64_t width) {
    small(name + ".weight", {width});
    if (llm_.norm_width == 2) small(name + ".bias", {width});
  }

  void write_globals() {
    layer_ = -1;
    matrix("token_embd", TokenEmbedding, llm_.hidden, llm_.vocab);
    const bool is_lfm = is("lfm2") || is("lfm2moe");
    if (llm_.embed_norm || is_lfm) norm("token_embd_norm", llm_.hidden);
    if (!is_lfm) norm("output_norm", llm_.hidden);
    if (!llm_.tied_embeddings) matrix("output", Output, llm_.hidden, llm_.vocab);
    if (llm_.lm_head_bias) small("output.bias", {llm_.vocab});
    const model::PerLayerInput& input = llm_.per_layer;
    if (input.dim == 0) return;
    const std::int64_t width = input.dim * static_cast<std::int64_t>(llm_.layers.size());
    matrix("per_layer_token_embd", PerLayerTable, width, input.vocab);
    matrix("per_layer_model_proj", PerLayerModelProjection, llm_.hidden, width);
    small("per_layer_proj_norm.weight", {input.dim});
    if (input.altup == 0) return;
    for (const char* name : {"altup_proj.weight", "altup_unembd_proj.weight"}) {
      put(name, {llm_.hidden, llm_.hidden, input.altup - 1}, format(AltUp));
    }
  }

  std::vector<std::string> norm_names() const {
    if (is("rwkv7")) return {"attn_norm", "attn_norm_2"};
    if (is("olmo2")) return {"post_attention_norm", "post_ffw_norm"};
    if (layer().norms == 1) return {"attn_norm"};
    if (layer().norms == 4) {
      return {"attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"};
    }
    const bool after = is("gpt-oss") || is("glm4moe") || is("qwen3next") || is("qwen35");
    return {"attn_norm", after ? "post_attention_norm" : "ffn_norm"};
  }

  void write_layer() {
    for (const std::string& name : norm_names()) norm(name, llm_.hidden);
    if (layer().attention) write_attention(*layer().attention);
    if (layer().mla) write_mla(*layer().mla);
    if (layer().mamba) write_mamba(*layer().mamba);
    if (layer().delta_net) write_delta_net(*layer().delta_net);
    if (layer().rwkv) write_rwkv(*layer().rwkv);
    if (layer().short_conv) {
      small("shortconv.conv.weight", {layer().short_conv->kernel, llm_.hidden});
      matrix("shortconv.in_proj", ShortConvIn, llm_.hidden, 3 * llm_.hidden);
      matrix("shortconv.out_proj", ShortConvOut, llm_.hidden, llm_.hidden);
    }
    if (layer().dense) write_dense(*layer().dense);
    if (layer().moe) write_moe(*layer().moe);
    if (llm_.per_layer.dim > 0) write_layer_input(llm_.per_layer);
  }

  void write_attention(const model::AttentionShape& a) {
    const std::int64_t q = a.heads * a.head_dim;
    const std::int64_t k = a.kv_heads * a.head_dim;
    const std::int64_t v = a.kv_heads * a.value_dim;
    const bool gate_in_q = a.gate_outputs > 0 && (is("qwen3next") || is("qwen35"));
    if (llm_.fused_qkv) {
      matrix("attn_qkv", AttnQ, llm_.hidden, q + k + v);
      if (a.qkv_bias) small("attn_qkv.bias", {q + k + v});
    } else {
      matrix("attn_q", AttnQ, llm_.hidden, gate_in_q ? 2 * q : q);
      matrix("attn_k", AttnK, llm_.hidden, k);
      matrix("attn_v", AttnV, llm_.hidden, v);
      if (a.qkv_bias) {
        small("attn_q.bias", {q});
        small("attn_k.bias", {k});
        small("attn_v.bias", {v});
      }
    }
    if (a.gate_outputs > 0 && !gate_in_q) {
      matrix("attn_gate", AttnGate, llm_.hidden, a.gate_outputs);
    }
    matrix("attn_output", AttnOutput, a.heads * a.value_dim, llm_.hidden);
    if (a.o_bias) small("attn_output.bias", {llm_.hidden});
    if (a.qk_norm_params > 0) {
      const bool full = a.qk_norm_params == q + k;
      small("attn_q_norm.weight", {full ? q : a.head_dim});
      small("attn_k_norm.weight", {full ? k : a.head_dim});
    }
    if (a.sinks) small("attn_sinks.weight", {a.heads});
    if (a.attn_sub_norm) small("attn_sub_norm.weight", {a.heads * a.value_dim});
  }

  void write_mla(const model::MlaShape& a) {
    const std::int64_t q = a.heads * (a.nope_dim + a.rope_dim);
    if (a.q_lora_rank > 0) {
      matrix("attn_q_a", MlaQDown, llm_.hidden, a.q_lora_rank);
      small("attn_q_a_norm.weight", {a.q_lora_rank});
      matrix("attn_q_b", MlaQUp, a.q_lora_rank, q);
    } else {
      matrix("attn_q", AttnQ, llm_.hidden, q);
    }
    matrix("attn_kv_a_mqa", MlaKvDown, llm_.hidden, a.kv_lora_rank + a.rope_dim);
    small("attn_kv_a_norm.weight", {a.kv_lora_rank});
    if (kind_.old_mla) {
      matrix("attn_kv_b", MlaVUp, a.kv_lora_rank, a.heads * (a.nope_dim + a.value_dim));
    } else {
      put("attn_k_b.weight", {a.nope_dim, a.kv_lora_rank, a.heads}, format(MlaKUp));
      put("attn_v_b.weight", {a.kv_lora_rank, a.value_dim, a.heads}, format(MlaVUp));
    }
    matrix("attn_output", AttnOutput, a.heads * a.value_dim, llm_.hidden);
  }

  void write_mamba(const model::Mamba2Shape& a) {
    const std::int64_t inner = a.heads * a.head_dim;
    const std::int64_t conv = inner + 2 * a.groups * a.state;
    matrix("ssm_in", SsmIn, llm_.hidden, inner + conv + a.heads);
    small("ssm_conv1d.weight", {a.conv, conv});
    small("ssm_conv1d.bias", {conv});
    small("ssm_dt.bias", {a.heads});
    small("ssm_a", {1, a.heads});
    small("ssm_d", {1, a.heads});
    if (a.norm) small("ssm_norm.weight", {inner / a.groups, a.groups});
    matrix("ssm_out", SsmOut, inner, llm_.hidden);
  }

  void write_delta_net(const model::GatedDeltaNetShape& a) {
    const std::int64_t value = a.value_heads * a.value_dim;
    const std::int64_t qkv = 2 * a.key_heads * a.key_dim + value;
    matrix("attn_qkv", DeltaIn, llm_.hidden, qkv);
    matrix("attn_gate", DeltaGate, llm_.hidden, value);
    if (kind_.split_delta) {
      matrix("ssm_beta", DeltaBetaAlpha, llm_.hidden, a.value_heads);
      matrix("ssm_alpha", DeltaBetaAlpha, llm_.hidden, a.value_heads);
    } else {
      matrix("ssm_ba", DeltaBetaAlpha, llm_.hidden, 2 * a.value_heads);
    }
    small("ssm_conv1d.weight", {a.conv, qkv});
    small("ssm_dt.bias", {a.value_heads});
    small("ssm_a", {a.value_heads});
    small("ssm_norm.weight", {a.value_dim});
    matrix("ssm_out", DeltaOut, value, llm_.hidden);
  }

  void write_rwkv(const model::RwkvShape& a) {
    const std::int64_t h = llm_.hidden;
    matrix("time_mix_receptance", RwkvReceptance, h, h);
    matrix("time_mix_key", RwkvKey, h, h);
    matrix("time_mix_value", RwkvValue, h, h);
    matrix("time_mix_output", RwkvOutput, h, h);
    const std::pair<const char*, std::int64_t> ranks[] = {
        {"w", a.lora_w}, {"a", a.lora_a}, {"v", a.lora_v}, {"g", a.lora_g}};
    for (const auto& [letter, rank] : ranks) {
      if (rank == 0) continue;
      matrix(std::string("time_mix_") + letter + "1", RwkvLora, h, rank);
      matrix(std::string("time_mix_") + letter + "2", RwkvLora, rank, h);
      if (*letter != 'g') small(std::string("time_mix_") + letter + "0.weight", {h});
    }
    small("time_mix_lerp_fused.weight", {h, 1, 1, 6});
    small("channel_mix_lerp_k.weight", {h});
    small("time_mix_k_k.weight", {h});
    small("time_mix_k_a.weight", {h});
    small("time_mix_r_k.weight", {h});
    norm("time_mix_ln", h);
    matrix("channel_mix_key", FfnUp, h, layer().dense->width);
    matrix("channel_mix_value", FfnDown, layer().dense->width, h);
  }

  void write_dense(const model::DenseFfn& ffn) {
    if (is("rwkv7")) return;
    if (is("phi3") || is("chatglm") || is("glm4")) {
      matrix("ffn_up", FfnUp, llm_.hidden, 2 * ffn.width);
    } else {
      if (ffn.gated) matrix("ffn_gate", FfnGate, llm_.hidden, ffn.width);
      matrix("ffn_up", FfnUp, llm_.hidden, ffn.width);
    }
    matrix("ffn_down", FfnDown, ffn.width, llm_.hidden);
    if (ffn.bias) {
      small("ffn_up.bias", {ffn.width});
      small("ffn_down.bias", {llm_.hidden});
    }
    if (ffn.sub_norm) small("ffn_sub_norm.weight", {ffn.width});
  }

  void write_moe(const model::MoeFfn& ffn) {
    const std::int64_t h = llm_.hidden;
    small("ffn_gate_inp.weight", {h, ffn.experts});
    if (ffn.router_bias) {
      small(is("gpt-oss") ? "ffn_gate_inp.bias" : "exp_probs_b.bias", {ffn.experts});
    }
    if (ffn.gated) put("ffn_gate_exps.weight", {h, ffn.width, ffn.experts}, format(ExpertGate));
    put("ffn_up_exps.weight", {h, ffn.width, ffn.experts}, format(ExpertUp));
    put("ffn_down_exps.weight", {ffn.width, h, ffn.experts}, format(ExpertDown));
    if (ffn.expert_bias) {
      small("ffn_gate_exps.bias", {ffn.width, ffn.experts});
      small("ffn_up_exps.bias", {ffn.width, ffn.experts});
      small("ffn_down_exps.bias", {h, ffn.experts});
    }
    if (ffn.shared_width == 0) return;
    if (ffn.gated) matrix("ffn_gate_shexp", SharedGate, h, ffn.shared_width);
    matrix("ffn_up_shexp", SharedUp, h, ffn.shared_width);
    matrix("ffn_down_shexp", SharedDown, ffn.shared_width, h);
    if (ffn.shared_gate) small("ffn_gate_inp_shexp.weight", {h});
  }

  void write_layer_input(const model::PerLayerInput& input) {
    const std::int64_t h = llm_.hidden;
    matrix("inp_gate", PerLayerGate, h, input.dim);
    matrix("proj", PerLayerProjection, input.dim, h);
    small("post_norm.weight", {h});
    if (input.altup == 0) return;
    const std::int64_t n = input.altup;
    matrix("altup_router", AltUp, h, n);
    small("altup_router_norm.weight", {h});
    small("altup_correct_scale.weight", {h});
    small("altup_correct_coef.weight", {n, n});
    small("altup_predict_coef.weight", {n, n * n});
    matrix("laurel_l", Laurel, h, input.laurel_rank);
    matrix("laurel_r", Laurel, input.laurel_rank, h);
    small("laurel_post_norm.weight", {h});
  }

  const model::Llm& llm_;
  const FormatTable& formats_;
  const GgufKind& kind_;
  std::map<std::pair<int, TensorRole>, FormatId> format_of_;
  GgufWriter out_;
  int layer_ = -1;
};

}  // namespace

GgufWriter gguf_of(const model::Llm& llm, const model::WeightAssignment& weights,
                   const FormatTable& formats, const GgufKind& kind) {
  return Builder(llm, weights, formats, kind).build();
}

}  // namespace foretoken::test
