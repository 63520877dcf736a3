#include <array>

#include <fmt/format.h>

#include "app/digits.h"
#include "app/facts.h"
#include "base/year.h"

namespace foretoken::app {
namespace {

constexpr std::array<const char*, hwdb::kFusions> kFused{
    "q, k and v",
    "gate and up",
    "residual add and norm",
    "norm and its weights",
    "rope and KV store",
    "experts of a matrix",
    "routing of experts",
    "activation and product",
    "one quantization for all GEMMs of an input"};

std::string fused(const hwdb::Runtime& runtime) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < kFused.size(); ++i) {
    const auto& since = runtime.fuses_since[i];
    if (!since) continue;
    words.emplace_back(*since > 0.0 ? fmt::format("{} (since {})", kFused[i], month_of(*since))
                                    : kFused[i]);
  }
  return words.empty() ? "nothing" : fmt::format("{}", fmt::join(words, "; "));
}

std::string graphs(const hwdb::Runtime& runtime) {
  if (runtime.whole_step_graph) return "one graph runs a whole step";
  return runtime.graph_capture ? "a step is replayed as one captured graph" : "none";
}

}  // namespace

Facts facts_of(const hwdb::Runtime& runtime) {
  Facts facts{"runtime", runtime.id, {}};
  facts.add("name", runtime.name);
  facts.add("aliases", fmt::format("{}", fmt::join(runtime.aliases, ", ")));
  facts.add("family", runtime.family);
  for (const hwdb::PoolRule& rule : runtime.pools) {
    const std::string_view kind = hwdb::text_of(rule.device_class);
    facts.add("runs on", fmt::format("{} {} (pool {})", rule.vendor.empty() ? "any" : rule.vendor,
                                     kind, rule.pool));
  }
  facts.add("usual format", runtime.default_format);
  facts.add("usual kv format", runtime.kv_format);
  facts.add("recurrent state format", runtime.state_format.empty() ? "F32" : runtime.state_format);
  facts.add("fuses", fused(runtime));
  facts.add("graphs", graphs(runtime));
  facts.add("quantizes activations", runtime.activation_quantization);
  if (runtime.static_kv_slots) facts.add("kv slots", fmt::format("{}", *runtime.static_kv_slots));
  facts.add("on the host", fmt::format("{}", fmt::join(runtime.host_operators, ", ")));
  if (runtime.pass_buffers) {
    facts.add("largest pass", fmt::format("{} tokens", runtime.pass_buffers->tokens));
  }
  if (runtime.memory_overhead_fixed > Bytes{}) {
    facts.add("memory overhead", memory_text(runtime.memory_overhead_fixed.base()));
  }
  facts.add("check command", runtime.check_command);
  facts.add("source", runtime.source);
  facts.add("notes", runtime.notes);
  facts.add("file", runtime.file);
  return facts;
}

Facts facts_of(const NumberFormat& format) {
  Facts facts{"number format", format.id, {}};
  facts.add("aliases", fmt::format("{}", fmt::join(format.aliases, ", ")));
  facts.add("kind", format.kind);
  facts.add("block",
            fmt::format("{} values in {} bytes", format.values_per_block, format.bytes_per_block));
  if (format.bytes_per_row > 0)
    facts.add("more a row", fmt::format("{} bytes", format.bytes_per_row));
  facts.add("bits a value", fmt::format("{:.5g}", format.bytes_per_value() * 8.0));
  return facts;
}

}  // namespace foretoken::app
