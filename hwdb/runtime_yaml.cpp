#include "hwdb/runtime_yaml.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/suggest.h"
#include "base/yaml_map.h"
#include "base/year.h"

namespace foretoken::hwdb {
namespace {

const std::vector<std::string> kClasses{"gpu", "igpu", "cpu", "npu"};

DeviceClass read_class(YamlMap& map) {
  return device_class_of(map.choice("class", kClasses)).value_or(DeviceClass::Gpu);
}

/// The words of list `key`, each of which must be one of `known`.
std::vector<std::string> words(YamlMap& map, std::string_view key,
                               const std::vector<std::string>& known) {
  std::vector<std::string> found = map.texts(key);
  for (const std::string& word : found) {
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    map.fault(key, fmt::format("'{}' holds '{}'; expected some of: {}{}", map.path(key), word,
                               fmt::join(known, ", "), did_you_mean(word, known)));
  }
  return found;
}

/// "2025-06" as a year; a fault otherwise.
double date(YamlMap& map, std::string_view key) {
  const std::string text = map.text(key);
  const auto year = year_of(text);
  if (!year) {
    map.fault(key,
              fmt::format("'{}' must be a month like 2025-06; found '{}'", map.path(key), text));
  }
  return year.value_or(0.0);
}

/// `sliding_windows: always | never | 2025-06`.
void read_windows(YamlMap& top, Runtime& runtime) {
  const auto text = top.find_text("sliding_windows");
  if (!text || *text == "always") return;
  if (*text == "never") {
    runtime.sliding_windows_since.reset();
  } else {
    runtime.sliding_windows_since = date(top, "sliding_windows");
  }
}

/// How a server puts prompts of new requests beside those that decode.
void read_serving(YamlMap& top, Runtime& runtime) {
  if (top.has("engine_since")) runtime.engine_since = date(top, "engine_since");
  auto serving = top.find_map("serving");
  if (!serving) return;
  runtime.prefill_chunk = static_cast<int>(serving->integer("prefill_chunk", 1, 10'000'000));
  const std::string mixes = serving->text("mixes_prefill");
  if (mixes == "always") {
    runtime.mixes_prefill_since = 0.0;
  } else if (mixes != "never") {
    runtime.mixes_prefill_since = date(*serving, "mixes_prefill");
  }
  runtime.memory_share = serving->number("memory_share", {.low = 0.05, .high = 1.0});
  runtime.reserves_full_length = serving->boolean("reserves_full_length");
}

void read_head_packing(YamlMap& top, Runtime& runtime) {
  for (YamlMap& rule : top.maps("packs_query_heads")) {
    HeadPacking packing;
    if (rule.has("since")) packing.since = date(rule, "since");
    packing.min_sm = static_cast<int>(rule.find_integer("min_sm", 1, 999).value_or(0));
    packing.max_sm = static_cast<int>(rule.find_integer("max_sm", 1, 999).value_or(999));
    packing.min_group = static_cast<double>(rule.find_integer("min_group", 1, 1024).value_or(2));
    packing.min_context =
        static_cast<double>(rule.find_integer("min_context", 0, 10'000'000).value_or(0));
    runtime.packs_query_heads.push_back(packing);
  }
}

void read_matrix_kernels(YamlMap& top, Runtime& runtime) {
  auto kernels = top.find_map("matrix_kernels");
  if (!kernels) return;
  const auto rows = [&](const char* key) {
    return static_cast<int>(kernels->integer(key, 1, 1024));
  };
  runtime.matrix_kernels = {.vector_rows = rows("vector_rows"),
                            .tile_above = rows("tile_above"),
                            .tile_rows = rows("tile_rows"),
                            .tile_experts_from = rows("tile_experts_from")};
}

/// `fuses: [moe, glu]` for every build, `fuses_since: {norm_scale: 2025-08}` from a month on.
void read_fused_words(YamlMap& top, Runtime& runtime) {
  std::vector<std::string> known;
  for (int i = 0; i < kFusions; ++i) known.emplace_back(text_of(static_cast<Fusion>(i)));
  const auto since = [&](const std::string& word) -> std::optional<double>* {
    const auto found = std::find(known.begin(), known.end(), word);
    if (found == known.end()) return nullptr;
    return &runtime.fuses_since[static_cast<std::size_t>(found - known.begin())];
  };
  for (const std::string& word : words(top, "fuses", known)) {
    if (auto* const year = since(word)) *year = 0.0;
  }
  auto dated = top.find_map("fuses_since");
  if (!dated) return;
  for (const std::string& word : dated->keys()) {
    auto* const year = since(word);
    if (year == nullptr) continue;  // reported as an unknown key
    if (*year) dated->fault(word, fmt::format("'{}' is in 'fuses' too", word));
    *year = date(*dated, word);
  }
}

void read_fusion(YamlMap& top, Runtime& runtime) {
  read_fused_words(top, runtime);
  runtime.graph_capture = top.boolean("graph_capture");
  if (top.has("graph_capture_since"))
    runtime.graph_capture_since = date(top, "graph_capture_since");
  if (top.has("graph_capture_moe_since")) {
    runtime.graph_capture_moe_since = date(top, "graph_capture_moe_since");
  }
  runtime.graph_capture_max_batch =
      static_cast<int>(top.find_integer("graph_capture_max_batch", 1, 65536).value_or(0));
  runtime.graph_capture_min_sm =
      static_cast<int>(top.find_integer("graph_capture_min_sm", 1, 999).value_or(0));
  read_windows(top, runtime);
  if (top.has("flash_attention_since")) {
    runtime.flash_attention_since = date(top, "flash_attention_since");
  }
  runtime.values_need_flash = top.find_boolean("values_need_flash").value_or(false);
  read_head_packing(top, runtime);
  runtime.whole_step_graph = top.find_boolean("whole_step_graph").value_or(false);
  runtime.expands_mla = top.find_boolean("expands_mla").value_or(false);
  runtime.repacks_on_request = top.find_boolean("repacks_on_request").value_or(false);
  runtime.balances_cores = top.find_boolean("balances_cores").value_or(false);
  if (const auto rows = top.find_integer("rows_per_unpack", 1, 1024)) {
    runtime.rows_per_unpack = static_cast<int>(*rows);
  }
  if (const auto rows = top.find_integer("float_rows_per_unpack", 1, 1024)) {
    runtime.float_rows_per_unpack = static_cast<int>(*rows);
  }
  read_matrix_kernels(top, runtime);
  if (const auto slots = top.find_integer("static_kv_slots", 1, 10'000'000)) {
    runtime.static_kv_slots = static_cast<int>(*slots);
  }
  runtime.activation_quantization =
      top.find_choice("activation_quantization", {"int8", "fp8", "fp4", "int16"}).value_or("");
  runtime.default_format = top.find_text("default_format").value_or("");
  runtime.kv_format = top.find_text("kv_format").value_or("F16");
  runtime.state_format = top.find_text("state_format").value_or("");
  runtime.host_operators = words(top, "host_operators", {"embedding", "head", "sampling"});
}

void read_weight_layout(YamlMap& top, Runtime& runtime) {
  std::vector<std::string> names;
  for (int i = 0; i < kWeightLayouts; ++i) {
    names.emplace_back(text_of(static_cast<WeightLayout>(i)));
  }
  const auto text = top.find_choice("weight_layout", names);
  if (!text) return;
  for (int i = 0; i < kWeightLayouts; ++i) {
    const auto layout = static_cast<WeightLayout>(i);
    if (text_of(layout) == *text) runtime.weight_layout = layout;
  }
}

void read_memory(YamlMap& top, Runtime& runtime) {
  if (auto overhead = top.find_map("memory_overhead")) {
    if (const auto fixed = overhead->find_quantity<Bytes>("fixed")) {
      runtime.memory_overhead_fixed = *fixed;
    }
    runtime.memory_overhead_per_hidden =
        overhead->find_number("bytes_per_hidden", {.low = 0.0, .high = 1e9}).value_or(0.0);
  }
  const std::vector<std::string> places{"device", "mapped", "pinned"};
  if (const auto place = top.find_choice("tables", places)) {
    const auto found = std::find(places.begin(), places.end(), *place);
    runtime.tables = static_cast<TablePlace>(std::min<std::ptrdiff_t>(found - places.begin(), 2));
  }
  if (top.has("tables_since")) runtime.tables_since = date(top, "tables_since");
  auto buffers = top.find_map("pass_buffers");
  if (!buffers) return;
  runtime.pass_buffers = {
      .tokens = static_cast<int>(buffers->integer("tokens", 1, 1'000'000)),
      .all_logits = buffers->boolean("all_logits"),
      .activation_bytes = buffers->number("activation_bytes", {.low = 1.0, .high = 8.0}),
      .kv_cells = static_cast<int>(buffers->find_integer("kv_cells", 1, 1'000'000).value_or(1)),
      .skips_mtp = buffers->find_boolean("skips_mtp").value_or(false)};
  runtime.pass_buffers->kv_cells_plain =
      static_cast<int>(buffers->find_integer("kv_cells_plain", 1, 1'000'000)
                           .value_or(runtime.pass_buffers->kv_cells));
}

void read_pools(YamlMap& top, Runtime& runtime) {
  for (YamlMap& rule : top.maps("pools")) {
    runtime.pools.push_back({.device_class = read_class(rule),
                             .vendor = rule.find_text("vendor").value_or(""),
                             .pool = rule.text("pool")});
  }
  if (runtime.pools.empty()) top.fault("pools", "'pools' must list at least one class and pool");
  for (YamlMap& rule : top.maps("default_for")) {
    runtime.default_for.push_back(
        {.device_class = read_class(rule), .vendor = rule.find_text("vendor").value_or("")});
  }
  for (YamlMap& rule : top.maps("speaks_for")) {
    runtime.speaks_for.push_back(
        {.device_class = read_class(rule), .runtime = rule.text("runtime")});
  }
}

Runtime read_top(YamlFile& file, std::string_view expected_id) {
  file.require_schema(kRuntimeSchema);
  YamlMap& top = file.top();
  Runtime runtime;
  runtime.id = top.text("id");
  runtime.name = top.text("name");
  runtime.aliases = top.texts("aliases");
  runtime.family = top.text("family");
  read_weight_layout(top, runtime);
  read_pools(top, runtime);
  read_fusion(top, runtime);
  read_serving(top, runtime);
  read_memory(top, runtime);
  runtime.check_command = top.find_text("check_command").value_or("");
  runtime.backend_not_stated = top.find_boolean("backend_not_stated").value_or(false);
  runtime.source = top.text("source");
  runtime.notes = top.find_text("notes").value_or("");
  if (!expected_id.empty() && runtime.id != expected_id) {
    top.fault("id", fmt::format("'id' must be the file's name '{}'; found '{}'", expected_id,
                                runtime.id));
  }
  runtime.file = file.name();
  file.finish();
  return runtime;
}

}  // namespace

Runtime read_runtime(const std::string& path) {
  YamlFile file = YamlFile::read(path);
  return read_top(file, std::filesystem::path(path).stem().string());
}

Runtime parse_runtime(std::string_view text, const std::string& name) {
  YamlFile file = YamlFile::parse(text, name);
  return read_top(file, "");
}

}  // namespace foretoken::hwdb
