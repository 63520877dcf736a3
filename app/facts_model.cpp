#include <fmt/format.h>

#include "app/digits.h"
#include "app/facts.h"
#include "model/kv_cache.h"
#include "model/tensors.h"

namespace foretoken::app {
namespace {

std::string attention_text(const model::AttentionShape& a) {
  std::string text =
      fmt::format("attention {} heads, {} kv heads of {}", a.heads, a.kv_heads, a.head_dim);
  if (a.window > 0) text += fmt::format(", {} of {}", a.chunked ? "chunks" : "window", a.window);
  if (a.reuses_kv) text += ", reuses an earlier cache";
  return text;
}

/// What a layer is made of, in a line.
std::string layer_text(const model::Layer& layer) {
  std::vector<std::string> parts;
  if (layer.attention) parts.push_back(attention_text(*layer.attention));
  if (layer.mla) {
    parts.push_back(fmt::format("latent attention {} heads, rank {} + {}", layer.mla->heads,
                                layer.mla->kv_lora_rank, layer.mla->rope_dim));
  }
  if (layer.mamba) {
    parts.push_back(fmt::format("Mamba-2 {} heads of {}, state {}", layer.mamba->heads,
                                layer.mamba->head_dim, layer.mamba->state));
  }
  if (layer.delta_net) {
    parts.push_back(fmt::format("gated delta net {} value heads of {}",
                                layer.delta_net->value_heads, layer.delta_net->value_dim));
  }
  if (layer.rwkv) parts.push_back(fmt::format("RWKV-{}", layer.rwkv->version));
  if (layer.short_conv)
    parts.push_back(fmt::format("short convolution of {}", layer.short_conv->kernel));
  if (layer.dense) {
    parts.push_back(
        fmt::format("{} FFN {}", layer.dense->gated ? "gated" : "plain", layer.dense->width));
  }
  if (layer.moe) {
    std::string text = fmt::format("{} of {} experts of {}", layer.moe->experts_per_token,
                                   layer.moe->experts, layer.moe->width);
    if (layer.moe->shared_width > 0) text += fmt::format(", shared {}", layer.moe->shared_width);
    parts.push_back(std::move(text));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace

Facts facts_of(const model::Llm& llm) {
  Facts facts{"model", llm.id, {}};
  facts.add("name", llm.name);
  facts.add("aliases", fmt::format("{}", fmt::join(llm.aliases, ", ")));
  facts.add("family", llm.family);
  facts.add("class", llm.arch_class);
  facts.add("hidden", fmt::format("{}", llm.hidden));
  facts.add("vocabulary", fmt::format("{}{}", llm.vocab, llm.tied_embeddings ? " (tied)" : ""));
  std::size_t first = 0;
  for (std::size_t i = 1; i <= llm.layers.size(); ++i) {
    if (i < llm.layers.size() && llm.layers[i] == llm.layers[first]) continue;
    const std::string which = i - first == 1 ? fmt::format("layer {}", first)
                                             : fmt::format("layers {}..{}", first, i - 1);
    facts.add(which, layer_text(llm.layers[first]));
    first = i;
  }
  facts.add("parameters", significant(model::parameter_count(llm) / 1e9, 4) + " e9");
  if (llm.published_params) {
    facts.add("parameters, published", significant(*llm.published_params / 1e9, 4) + " e9");
  }
  facts.add("parameters read a token",
            significant(model::parameters_read_per_token(llm) / 1e9, 4) + " e9");
  double kv = 0.0;
  for (const model::KvDemand& demand : model::kv_demands(llm)) kv += demand.elements_at(1.0);
  facts.add("kv elements of the first token", fmt::format("{:.0f}", kv));
  if (const double state = model::state_elements(llm); state > 0) {
    facts.add("recurrent state elements", fmt::format("{:.0f}", state));
  }
  if (llm.max_context > 0) facts.add("context", fmt::format("{}", llm.max_context));
  facts.add("published format", llm.default_format);
  facts.add("source", llm.source);
  facts.add("notes", llm.notes);
  return facts;
}

}  // namespace foretoken::app
