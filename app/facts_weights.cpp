#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "app/digits.h"
#include "app/facts.h"

namespace foretoken::app {

Facts facts_of(const model::WeightAssignment& weights, const FormatTable& formats) {
  Facts facts{"weight file", weights.file, {}};
  std::map<FormatId, double> bytes;
  double params = 0.0;
  for (std::size_t i = 0; i < weights.tensors.size(); ++i) {
    const model::Tensor& tensor = weights.tensors[i];
    const double rows = static_cast<double>(tensor.rows) * static_cast<double>(tensor.copies);
    bytes[weights.formats[i]] +=
        formats[weights.formats[i]].bytes_of(rows, static_cast<double>(tensor.row_length)).base();
    params += tensor.params();
  }
  const double total = weights.total_bytes(formats).base();
  facts.add("format", weights.name() + " (per tensor)");
  facts.add("bytes of tensors", fmt::format("{:.0f} ({}, {:.4g} bits a weight)", total,
                                            memory_text(total), total * 8.0 / params));
  std::vector<std::pair<FormatId, double>> largest(bytes.begin(), bytes.end());
  std::stable_sort(largest.begin(), largest.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  for (const auto& [format, part] : largest) {
    facts.add(formats[format].id,
              fmt::format("{} ({} %)", memory_text(part), significant(part / total * 100.0, 3)));
  }
  return facts;
}

}  // namespace foretoken::app
