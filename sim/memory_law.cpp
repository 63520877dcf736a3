#include "sim/memory_law.h"

#include <cmath>

#include <fmt/format.h>

#include "base/yaml_map.h"

namespace foretoken::sim {

MemoryOverhead MemoryLaw::overhead_of(const std::string& runtime, hwdb::DeviceClass device,
                                      Bytes stated) const {
  const auto found = overheads.find({runtime, device});
  if (found != overheads.end()) return found->second;
  return {.constant = stated.base(),
          .share = 1.0,
          .constant_variance = std::pow(constant_spread * stated.base(), 2.0),
          .share_variance = share_spread * share_spread,
          .noise = noise};
}

void read_memory_law(const std::string& path, MemoryLaw& law) {
  YamlFile file = YamlFile::read(path);
  file.require_schema(kMemoryLawSchema);
  YamlMap& top = file.top();
  top.text("source");
  constexpr double kMost = 1e12;  // bytes
  law.constant_spread = top.number("constant_spread", {.low = 0.0, .high = 100.0});
  law.share_spread = top.number("share_spread", {.low = 0.0, .high = 100.0});
  law.noise = top.number("noise", {.low = 0.0, .high = 10.0});
  for (YamlMap& entry : top.maps("overheads")) {
    const std::string runtime = entry.text("runtime");
    const auto device = hwdb::device_class_of(entry.choice("class", {"gpu", "igpu", "cpu", "npu"}));
    MemoryOverhead overhead;
    overhead.constant = entry.number("constant_bytes", {.low = -kMost, .high = kMost});
    overhead.share = entry.number("share", {.low = -100.0, .high = 100.0});
    overhead.constant_variance =
        std::pow(entry.number("constant_deviation_bytes", {.low = 0.0, .high = kMost}), 2.0);
    overhead.share_variance =
        std::pow(entry.number("share_deviation", {.low = 0.0, .high = 100.0}), 2.0);
    overhead.covariance = entry.number("correlation", {.low = -1.0, .high = 1.0}) *
                          std::sqrt(overhead.constant_variance * overhead.share_variance);
    overhead.noise = entry.number("noise", {.low = 0.0, .high = 10.0});
    overhead.rows = entry.number("rows", {.low = 0.0, .high = 1e9});
    law.overheads.insert_or_assign({runtime, device.value_or(hwdb::DeviceClass::Gpu)}, overhead);
  }
  file.finish();
}

std::string memory_law_text(const MemoryLaw& law, const std::string& source) {
  std::string text = fmt::format(
      "schema: 1\nsource: >-\n  {}\nconstant_spread: {:.4g}\nshare_spread: {:.4g}\nnoise: {:.4g}\n",
      source, law.constant_spread, law.share_spread, law.noise);
  if (!law.overheads.empty()) text += "overheads:\n";
  for (const auto& [key, o] : law.overheads) {
    const double both = std::sqrt(o.constant_variance * o.share_variance);
    text += fmt::format(
        "  - {{runtime: \"{}\", class: {}, rows: {:.0f}, constant_bytes: {:.0f}, "
        "constant_deviation_bytes: {:.0f}, share: {:.4g}, share_deviation: {:.4g}, "
        "correlation: {:.4g}, noise: {:.4g}}}\n",
        key.first, hwdb::text_of(key.second), o.rows, o.constant, std::sqrt(o.constant_variance),
        o.share, std::sqrt(o.share_variance), both > 0.0 ? o.covariance / both : 0.0, o.noise);
  }
  return text;
}

}  // namespace foretoken::sim
