#include "validate/grouping.h"

#include <algorithm>

#include "calibrate/row_keys.h"
#include "validate/metrics.h"

namespace foretoken::validate {

std::vector<std::string> group_names() {
  return {"pool",       "class",     "vendor", "runtime", "format_class",
          "arch_class", "arch_kind", "device", "model",   "source"};
}

std::string_view arch_kind(const model::Llm& llm) {
  const auto any = [&](auto has) { return std::any_of(llm.layers.begin(), llm.layers.end(), has); };
  if (any([](const model::Layer& l) { return l.mamba || l.delta_net || l.rwkv || l.short_conv; })) {
    return "hybrid";
  }
  return any([](const model::Layer& l) { return l.moe.has_value(); }) ? "moe" : "dense";
}

std::string group_key(const ScoredRow& row, const std::string& by) {
  if (by == "pool") return "pool=" + row.pool->name;
  const bool decode = row.row->decode != nullptr;
  const hwdb::Device& device = decode ? *row.row->decode->request.device : *row.row->kernel->device;
  if (by == "class") return "class=" + std::string(hwdb::text_of(device.device_class));
  if (by == "vendor") return "vendor=" + device.vendor;
  if (by == "device") return "device=" + device.id;
  if (by == "source") return "source=" + calibrate::source_key(*row.row);
  if (!decode) return "";
  const sim::Request& request = row.row->decode->request;
  if (by == "runtime") return "runtime=" + request.runtime->id;
  if (by == "format_class") return "format_class=" + request.scheme;
  if (by == "arch_class") return "arch_class=" + request.llm->arch_class;
  if (by == "arch_kind") return "arch_kind=" + std::string(arch_kind(*request.llm));
  if (by == "model") return "model=" + request.llm->id;
  return "";
}

std::string kind_key(const ScoredRow& row) {
  return group_key(row, "pool") + ", " + group_key(row, "arch_kind");
}

std::string operator_key(const ScoredRow& row) {
  const calibrate::KernelRow& kernel = *row.row->kernel->row;
  std::string key = kernel.op;
  if (!kernel.weight_format.empty()) key += " " + kernel.weight_format;
  if (kernel.op == "gemm" || kernel.op == "moe") key += kernel.m <= 64 ? ", m<=64" : ", m>64";
  return key;
}

std::vector<std::string> joint_operator_keys(const calibrate::KernelRow& kernel) {
  std::vector<std::string> keys;
  constexpr double kDecodeRows = 64;
  if (kernel.op == "gemm" && kernel.m <= kDecodeRows) keys.emplace_back("gemm, all formats, m<=64");
  constexpr double kBeyondCache = 2;
  if (kernel.op == "attention" && kernel.footprint_over_llc.value_or(0.0) >= kBeyondCache) {
    keys.emplace_back("attention, cache >= 2x LLC");
  }
  return keys;
}

std::vector<Group> groups_of(const Grouped& grouped) {
  std::vector<Group> groups;
  for (const auto& [key, rows] : grouped) {
    if (key.empty()) continue;
    groups.push_back({.key = key, .metrics = metrics_of(rows), .baselines = all_baselines(rows)});
  }
  return groups;
}

}  // namespace foretoken::validate
