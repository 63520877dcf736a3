#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "calibrate/import_readers.h"
#include "calibrate/labels.h"

namespace foretoken::calibrate {
namespace {

/// "a, b" -> a, b; the same for other separators.
std::vector<std::string> parts_of(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = trimmed(text.substr(0, end));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

/// Builds before `backends` had a flag for each.
std::string backends_of(const ForeignRecord& record) {
  if (record.has("backends")) return record.text("backends");
  for (const auto& [column, name] : std::array<std::pair<const char*, const char*>, 4>{
           {{"cuda", "CUDA"}, {"metal", "Metal"}, {"opencl", "OpenCL"}, {"vulkan", "Vulkan"}}}) {
    const std::string set = record.text(column);
    if (set == "1" || set == "true") return name;
  }
  return record.has("cuda") ? "CPU" : "";
}

std::string version_of(const ForeignRecord& record) {
  std::string commit = record.text("build_commit");
  if (commit == "unknown") commit.clear();
  const double number = record.number("build_number").value_or(0.0);
  if (!(number > 0.0 && number < 1e9)) return commit;
  return fmt::format("b{:.0f}{}", number, commit.empty() ? "" : fmt::format(" ({})", commit));
}

/// "qwen2 7B Q4_K - Medium" -> "Q4_K - Medium".
std::string format_in_type(std::string_view type) {
  for (int word = 0; word < 2; ++word) {
    const std::size_t blank = type.find(' ');
    if (blank == std::string_view::npos) return {};
    type = trimmed(type.substr(blank + 1));
  }
  for (const std::string_view extra : {"(guessed)", "mostly "}) {
    if (type.starts_with(extra)) type = trimmed(type.substr(extra.size()));
  }
  return std::string(type);
}

/// "/m/a-00001-of-00003.gguf" -> "a".
std::string stem_of(std::string_view path) {
  path = path.substr(path.find_last_of("/\\") + 1);  // npos + 1 is 0
  if (path.ends_with(".gguf")) path.remove_suffix(5);
  constexpr std::size_t kShard = 15;  // "-00001-of-00003"
  if (path.size() > kShard) {
    const std::string_view tail = path.substr(path.size() - kShard);
    if (tail[0] == '-' && tail.substr(6, 4) == "-of-") path.remove_suffix(kShard);
  }
  return std::string(path);
}

std::string kv_format_of(const ForeignRecord& record) {
  const std::string keys = record.text("type_k");
  const std::string values = record.text("type_v");
  if (keys.empty() && values.empty()) return {};
  const std::string other = "f16";
  if (keys == values) return keys;
  return (keys.empty() ? other : keys) + "/" + (values.empty() ? other : values);
}

/// Which of the GPUs took part, and whether several did.
void place(const ForeignRecord& record, ForeignDecode& found) {
  const std::vector<std::string> gpus = parts_of(record.text("gpu_info"), ',');
  const std::string cpu = record.text("cpu_info");
  const std::string backends = backends_of(record);
  found.row.runtime = llama_cpp_runtime(backends);
  found.layers_on_device = record.signed_number("n_gpu_layers").value_or(-1.0);
  const bool on_gpu = found.row.runtime != "llama.cpp-cpu" && found.layers_on_device != 0.0;
  if (!on_gpu) {
    found.row.runtime = "llama.cpp-cpu";
    found.layers_on_device = -1;
    if (!cpu.empty()) found.devices = {cpu + " CPU", cpu};
    return;
  }
  std::vector<std::string> named = parts_of(record.text("devices"), '/');
  if (named.size() == 1 && (named[0] == "auto" || named[0] == "none")) named.clear();
  const bool alone = record.text("split_mode") == "none" || named.size() == 1;
  std::size_t chosen = 0;
  if (named.size() == 1) {  // "CUDA1"
    const std::size_t digits = named[0].find_last_not_of("0123456789") + 1;
    if (const auto index = number_in(named[0].substr(digits))) {
      chosen = static_cast<std::size_t>(std::min(*index, 64.0));
    }
  } else if (alone) {
    chosen = static_cast<std::size_t>(std::min(record.number("main_gpu").value_or(0.0), 64.0));
  }
  const std::size_t many = std::max(gpus.size(), named.size());
  if (!alone && many > 1) {
    found.row.n_devices = static_cast<double>(named.empty() ? many : named.size());
    found.row.parallelism = fmt::format(
        "{}{:.0f}", record.text("split_mode") == "row" ? "row" : "pp", found.row.n_devices);
    add_label(found.row.label, "multi-device");
  }
  if (chosen < gpus.size()) found.devices = {gpus[chosen], gpus[chosen] + " GPU"};
}

void settings(const ForeignRecord& record, ForeignDecode& found) {
  DecodeRow& row = found.row;
  row.threads = static_cast<int>(std::min(record.number("n_threads").value_or(0.0), 4096.0));
  row.kv_format = kv_format_of(record);
  const auto flash = record.signed_number("flash_attn");
  if (flash && *flash >= 0.0) row.flash_attention = *flash > 0.0;
  const std::string overrides = record.text("tensor_buft_overrides");
  const bool elsewhere = record.number("n_cpu_moe").value_or(0.0) > 0.0 ||
                         record.number("no_kv_offload").value_or(0.0) > 0.0 ||
                         (!overrides.empty() && overrides != "none");
  if (elsewhere && row.runtime != "llama.cpp-cpu") add_label(row.label, "partial-offload");
}

void add_test(const ForeignRecord& record, ForeignFile& result) {
  const double prompt = record.number("n_prompt").value_or(0.0);
  const double generated = record.number("n_gen").value_or(0.0);
  if (!record.has("n_prompt") && !record.has("n_gen")) {
    record.stop("neither 'n_prompt' nor 'n_gen'; expected a test of llama-bench");
  }
  const auto leave = [&](Unused why, std::string reason) {
    result.unused.push_back({record.line, why, std::move(reason)});
  };
  if (generated <= 0.0) {
    leave(Unused::NotDecode, "prompt processing (pp): nothing is generated");
    return;
  }
  if (prompt > 0.0) {
    leave(Unused::Combined, "combined test (pp+tg): its rate mixes prefill and decode");
    return;
  }
  if (record.number("embeddings").value_or(0.0) > 0.0) {
    leave(Unused::NotDecode, "embeddings: no token is chosen");
    return;
  }
  const double rate = record.required("avg_ts");
  if (rate <= 0.0) {
    leave(Unused::NoFigure, "its rate is 0");
    return;
  }
  ForeignDecode found;
  DecodeRow& row = found.row;
  row.file = record.file;
  row.line = record.line;
  place(record, found);
  settings(record, found);
  row.gen_tokens = generated;
  row.context_start = record.number("n_depth").value_or(0.0);
  row.tokens_per_second = rate;
  row.runtime_version = version_of(record);
  if (const auto bytes = record.number("model_size"); bytes && *bytes > 0.0) {
    row.weight_bytes = *bytes;
  }
  found.params = record.number("model_n_params");
  const std::string stem = stem_of(record.text("model_filename"));
  const std::string type = record.text("model_type");
  for (const std::string& name : {stem, type}) {
    if (!name.empty()) found.models.push_back(name);
  }
  for (const std::string& name : {stem, format_in_type(type)}) {
    if (!name.empty()) found.formats.push_back(name);
  }
  found.from.build = row.runtime_version;
  found.from.measured = record.text("test_time");
  result.decode.push_back(std::move(found));
}

}  // namespace

std::string llama_cpp_runtime(std::string_view backends) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kBackends{{
      {"CUDA", "llama.cpp-cuda"},
      {"ROCm", "llama.cpp-rocm"},
      {"HIP", "llama.cpp-rocm"},
      {"Vulkan", "llama.cpp-vulkan"},
      {"Metal", "llama.cpp-metal"},
      {"MTL", "llama.cpp-metal"},
      {"SYCL", "llama.cpp-sycl"},
      {"OpenCL", "llama.cpp-opencl"},
      {"GPUOpenCL", "llama.cpp-opencl"},
      {"CANN", "llama.cpp-cann"},
      {"HTP", "llama.cpp-hexagon"},
      {"Hexagon", "llama.cpp-hexagon"},
      {"CPU", "llama.cpp-cpu"},
      {"BLAS", "llama.cpp-cpu"},
  }};
  for (const auto& [backend, runtime] : kBackends) {
    for (const std::string& part : parts_of(backends, ',')) {
      if (part.starts_with(backend)) return std::string(runtime);
    }
  }
  return "llama.cpp";
}

void add_llama_bench(const std::vector<ForeignRecord>& records, ForeignFile& result) {
  result.tool = "llama-bench";
  for (const ForeignRecord& record : records) add_test(record, result);
}

}  // namespace foretoken::calibrate
