#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "calibrate/import_op_params.h"
#include "calibrate/import_readers.h"

namespace foretoken::calibrate {
namespace {

/// Why an operator is no row of ours; an empty reason: it is one.
struct Refusal {
  Unused why = Unused::NotModelled;
  std::string reason;
};

bool is_plain(const OpParams& params, std::string_view name, std::initializer_list<double> wanted) {
  if (!params.has(name)) return true;
  const std::vector<double> found = params.counts(name);
  return std::equal(found.begin(), found.end(), wanted.begin(), wanted.end());
}

/// a: k x m weights, b: k x n activations; n token rows make m outputs each.
Refusal read_matmul(const OpParams& params, KernelRow& row) {
  const auto m = params.count("m");
  const auto n = params.count("n");
  const auto k = params.count("k");
  if (!m || !n || !k || *m < 1 || *n < 1 || *k < 1) return {.reason = "without the sizes m, n, k"};
  row.op = "gemm";
  row.weight_format = params.text("type_a");
  row.activation_format = params.text("type_b");
  row.m = *n;
  row.n = *m;
  row.k = *k;
  if (!is_plain(params, "bs", {1, 1}) || !is_plain(params, "nr", {1, 1})) {
    return {.reason = "a batch of matrices is no linear layer"};
  }
  const bool view = params.count("k_v", 0.0).value_or(1.0) > 0.0 ||
                    params.count("v", 0.0).value_or(1.0) > 0.0 ||
                    params.count("o", 1.0).value_or(0.0) != 1.0;
  if (view || !is_plain(params, "per", {0, 1, 2, 3})) {
    return {.reason = "a permuted or strided matrix is no linear layer"};
  }
  return {};
}

Refusal read_matmul_id(const OpParams& params, KernelRow& row) {
  const Refusal refusal = read_matmul(params, row);
  const auto experts = params.count("n_mats");
  const auto used = params.count("n_used");
  row.op = "expert_gemm";
  if (!refusal.reason.empty()) return refusal;
  if (!experts || !used || *experts < 1 || *used < 1 || *used > *experts) {
    return {.reason = "without the counts n_mats, n_used"};
  }
  row.experts = *experts;
  row.experts_active = *used;
  return {};
}

Refusal read_attention(const OpParams& params, KernelRow& row) {
  const auto keys = params.count("hsk", params.count("hs"));
  const auto values = params.count("hsv", keys);
  const auto heads = params.count("nh");
  const auto length = params.count("kv");
  const auto queries = params.count("nb");
  std::vector<double> repeats = params.counts(params.has("nr23") ? "nr23" : "nr");
  if (repeats.empty()) repeats = {1.0};
  if (!keys || !values || !heads || !length || !queries || *keys < 1 || *heads < 1 || *length < 1 ||
      *queries < 1 || repeats[0] < 1) {
    return {.reason = "without the sizes hsk, hsv, nh, kv, nb"};
  }
  row.op = "attention";
  row.heads_kv = *heads;
  row.heads_q = *heads * repeats[0];
  row.batch = repeats.size() > 1 ? std::max(repeats[1], 1.0) : 1.0;
  row.head_dim = *keys;
  row.kv_len = *length;
  const std::string one = params.has("type_KV") ? params.text("type_KV") : "f16";
  const std::string key_type = params.has("type_K") ? params.text("type_K") : one;
  const std::string value_type = params.has("type_V") ? params.text("type_V") : key_type;
  row.kv_format = key_type;
  if (*queries > 1.0) return {Unused::NotDecode, "attention of several query tokens"};
  if (key_type != value_type) return {.reason = "keys and values in different formats"};
  if (*keys == *values) return {};
  // DeepSeek's latent cache: 512 values that are keys and values, 64 of rotary keys.
  if (*keys != 576.0 || *values != 512.0) return {.reason = "keys and values of different size"};
  row.op = "mla";
  return {};
}

/// Operators that pass over a tensor of rows: how the program calls them and what their shape is.
struct RowOp {
  std::string_view name;
  std::string_view op;
};
constexpr std::array<RowOp, 9> kRowOps{{{"RMS_NORM", "rmsnorm"},
                                        {"NORM", "layernorm"},
                                        {"ROPE", "rope"},
                                        {"ADD", "add"},
                                        {"SILU", "activation"},
                                        {"GELU", "activation"},
                                        {"SWIGLU", "activation"},
                                        {"GEGLU", "activation"},
                                        {"REGLU", "activation"}}};

Refusal read_rows(const OpParams& params, std::string_view op, KernelRow& row) {
  row.op = op;
  const std::vector<double> shape = params.counts(params.has("ne_a") ? "ne_a" : "ne");
  if (shape.empty() || shape[0] < 1.0) return {.reason = "without the shape 'ne'"};
  row.n = shape[0];
  row.m = 1.0;
  for (std::size_t i = 1; i < shape.size(); ++i) row.m *= shape[i];
  if (row.m < 1.0) return {.reason = "an empty tensor"};
  row.activation_format = params.text("type");
  return {};
}

Refusal read_get_rows(const OpParams& params, KernelRow& row) {
  const auto length = params.count("n");
  const auto taken = params.count("r");
  if (!length || !taken || *length < 1 || *taken < 1) return {.reason = "without the sizes n, r"};
  row.op = "embedding";
  row.weight_format = params.text("type");
  row.n = *length;
  row.m = *taken;
  return {};
}

Refusal read_op(std::string_view name, const OpParams& params, KernelRow& row) {
  if (name == "MUL_MAT") return read_matmul(params, row);
  if (name == "MUL_MAT_ID") return read_matmul_id(params, row);
  if (name == "FLASH_ATTN_EXT") return read_attention(params, row);
  if (name == "GET_ROWS") return read_get_rows(params, row);
  for (const RowOp& known : kRowOps) {
    if (known.name == name) return read_rows(params, known.op, row);
  }
  return {.reason = fmt::format("no law for operator {}", in_quotes(name))};
}

void add_kernel(const ForeignRecord& record, ForeignFile& result) {
  const auto leave = [&](Unused why, std::string reason) {
    result.unused.push_back({record.line, why, std::move(reason)});
  };
  const std::string name = record.text("op_name");
  if (name.empty()) record.stop("'op_name' is missing; expected an operator like 'MUL_MAT'");
  const std::string mode = record.text("test_mode");
  if (!mode.empty() && mode != "perf") {
    leave(Unused::NoFigure, fmt::format("test mode {}; times need 'perf'", in_quotes(mode)));
    return;
  }
  const std::string supported = record.text("supported");
  if (supported == "0" || supported == "no" || supported == "false") {
    leave(Unused::NoFigure, fmt::format("{} is not supported by the back end", in_quotes(name)));
    return;
  }
  if (!record.has("time_us")) {
    leave(Unused::NoFigure,
          "csv of test-backend-ops carries no times; use '--output sql' or the console's text");
    return;
  }
  const double microseconds = record.number("time_us").value_or(0.0);
  if (microseconds <= 0.0) {
    leave(Unused::NoFigure, "its time is 0");
    return;
  }
  const auto params = OpParams::parse(record.text("op_params"));
  if (!params) {
    record.stop("expected parameters like 'm=4096,n=1,k=14336'; found " +
                in_quotes(record.text("op_params")));
  }
  ForeignKernel found;
  KernelRow& row = found.row;
  if (Refusal refusal = read_op(name, *params, row); !refusal.reason.empty()) {
    leave(refusal.why, std::move(refusal.reason));
    return;
  }
  row.file = record.file;
  row.line = record.line;
  row.kernel = "test-backend-ops";
  row.latency_seconds = microseconds * 1e-6;
  if (const auto kibibytes = record.number("memory_kb"); kibibytes && *kibibytes > 0.0) {
    row.bytes = *kibibytes * 1024.0;
  }
  const std::string backend = record.text("backend_name");
  const std::string family = record.text("backend_reg_name");
  row.runtime = llama_cpp_runtime(family.empty() ? backend : family);
  const std::string commit = record.text("build_commit");
  if (commit != "unknown") row.runtime_version = commit;
  const std::string device = record.text("device_description");
  if (!device.empty()) {
    const bool cpu = row.runtime == "llama.cpp-cpu";
    found.devices = cpu ? std::vector<std::string>{device + " CPU", device}
                        : std::vector<std::string>{device, device + " GPU"};
  }
  found.from.build = row.runtime_version;
  found.from.measured = record.text("test_time");
  result.kernels.push_back(std::move(found));
}

}  // namespace

void add_op_perf(const std::vector<ForeignRecord>& records, ForeignFile& result) {
  result.tool = "test-backend-ops";
  for (const ForeignRecord& record : records) add_kernel(record, result);
}

}  // namespace foretoken::calibrate
