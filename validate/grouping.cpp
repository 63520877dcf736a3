#include "validate/grouping.h"

#include "calibrate/row_keys.h"
#include "validate/metrics.h"

namespace foretoken::validate {

std::vector<std::string> group_names() {
  return {"pool",       "class",  "vendor", "runtime", "format_class",
          "arch_class", "device", "model",  "source"};
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
  if (by == "model") return "model=" + request.llm->id;
  return "";
}

std::string operator_key(const ScoredRow& row) {
  const calibrate::KernelRow& kernel = *row.row->kernel->row;
  std::string key = kernel.op;
  if (!kernel.weight_format.empty()) key += " " + kernel.weight_format;
  if (kernel.op == "gemm" || kernel.op == "moe") key += kernel.m <= 64 ? ", m<=64" : ", m>64";
  return key;
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
