#include "model/hf_layers.h"

#include <string>

#include <fmt/format.h>

namespace foretoken::model {
namespace {

std::vector<LayerKind> kinds_by_names(HfContext& c, const std::vector<std::string>& names) {
  std::vector<LayerKind> kinds;
  for (const std::string& name : names) {
    if (name == "full_attention" || name == "attention") {
      kinds.push_back(LayerKind::Full);
    } else if (name == "sliding_attention") {
      kinds.push_back(LayerKind::Window);
    } else if (name == "chunked_attention") {
      kinds.push_back(LayerKind::Chunked);
    } else if (name == "linear_attention") {
      kinds.push_back(LayerKind::Linear);
    } else if (name == "conv") {
      kinds.push_back(LayerKind::Conv);
    } else if (name == "mamba") {
      kinds.push_back(LayerKind::Mamba);
    } else {
      c.keys.fault("layer_types",
                   fmt::format("unknown layer type '{}'; known are full_attention, "
                               "sliding_attention, chunked_attention, linear_attention, conv, "
                               "mamba",
                               name));
      return {};
    }
  }
  return kinds;
}

std::vector<LayerKind> kinds_by_pattern(HfContext& c, const std::string& pattern) {
  std::vector<LayerKind> kinds;
  for (const char letter : pattern) {
    if (letter == 'M') {
      kinds.push_back(LayerKind::OnlyMamba);
    } else if (letter == '*') {
      kinds.push_back(LayerKind::OnlyAttention);
    } else if (letter == '-') {
      kinds.push_back(LayerKind::OnlyDense);
    } else if (letter == 'E') {
      kinds.push_back(LayerKind::OnlyMoe);
    } else {
      c.keys.fault(
          "hybrid_override_pattern",
          fmt::format("'hybrid_override_pattern' has '{}'; expected M, *, - and E", letter));
      return {};
    }
  }
  return kinds;
}

/// Every `period`-th layer is full attention, the others `other`.
std::vector<LayerKind> kinds_by_period(std::size_t layers, std::size_t period, LayerKind other) {
  std::vector<LayerKind> kinds;
  kinds.reserve(layers);
  for (std::size_t i = 0; i < layers; ++i) {
    kinds.push_back((i + 1) % period == 0 ? LayerKind::Full : other);
  }
  return kinds;
}

std::vector<LayerKind> window_kinds(HfContext& c) {
  const auto all = [&](LayerKind kind) { return std::vector<LayerKind>(c.layers, kind); };
  const std::vector<std::int64_t> layout = c.keys.integers("sliding_window_layout");
  if (!layout.empty()) {
    std::vector<LayerKind> kinds;
    kinds.reserve(layout.size());
    for (const std::int64_t slides : layout) {
      kinds.push_back(slides != 0 ? LayerKind::Window : LayerKind::Full);
    }
    return kinds;
  }
  const bool has_window = c.keys.find_size({"sliding_window"}) > 0;
  if (!has_window || !c.keys.flag("use_sliding_window", true)) return all(LayerKind::Full);
  switch (c.family.window) {
    case WindowRule::All:
      return all(LayerKind::Window);
    case WindowRule::None:
      return all(LayerKind::Full);
    case WindowRule::EverySecond:
      return kinds_by_period(c.layers, 2, LayerKind::Window);
    case WindowRule::ByPattern:
      break;
  }
  const std::int64_t period =
      c.keys.size({"sliding_window_pattern", "global_attn_every_n_layers"}, HfKeys::kMostSize);
  return kinds_by_period(c.layers, static_cast<std::size_t>(period), LayerKind::Window);
}

std::vector<LayerKind> stated_kinds(HfContext& c) {
  const std::string pattern = c.keys.text("hybrid_override_pattern", "");
  if (!pattern.empty()) return kinds_by_pattern(c, pattern);
  const std::vector<std::string> names = c.keys.texts("layer_types");
  if (!names.empty()) return kinds_by_names(c, names);
  if (const std::int64_t period = c.keys.find_size({"full_attention_interval"}); period > 0) {
    return kinds_by_period(c.layers, static_cast<std::size_t>(period), LayerKind::Linear);
  }
  if (c.keys.has("mamba_n_heads")) return std::vector<LayerKind>(c.layers, LayerKind::Parallel);
  return window_kinds(c);
}

}  // namespace

std::vector<LayerKind> layer_kinds(HfContext& c) {
  std::vector<LayerKind> kinds = stated_kinds(c);
  if (kinds.size() != c.layers) {
    if (!c.keys.has_faults()) {
      c.keys.fault("num_hidden_layers",
                   fmt::format("'num_hidden_layers' is {} and {} layers are described", c.layers,
                               kinds.size()));
    }
    kinds.resize(c.layers, LayerKind::Full);
  }
  return kinds;
}

}  // namespace foretoken::model
