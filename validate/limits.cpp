#include "validate/limits.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/yaml_map.h"

namespace foretoken::validate {
namespace {

constexpr int kLimitsSchema = 1;

Limits read(YamlFile& file) {
  file.require_schema(kLimitsSchema);
  file.top().text("source");
  Limits limits;
  for (const char* leave_out : {"device", "model", "pair"}) {
    auto pools = file.top().find_map(leave_out);
    if (!pools) continue;
    std::vector<Limit>& list = limits[leave_out];
    for (auto& [pool, map] : pools->entries()) {
      list.push_back({.pool = pool,
                      .median = map.number("median", {1e-6, 100.0}),
                      .p90 = map.number("p90", {1e-6, 100.0}),
                      .covered = map.find_number("covered", {0.0, 1.0}).value_or(0.0)});
    }
  }
  file.finish();
  return limits;
}

}  // namespace

Limits read_limits(const std::string& path) {
  YamlFile file = YamlFile::read(path);
  return read(file);
}

Limits parse_limits(std::string_view text, const std::string& name) {
  YamlFile file = YamlFile::parse(text, name);
  return read(file);
}

std::vector<std::string> beyond_limits(const Scorecard& card, const Limits& limits,
                                       const std::vector<std::string>& pools) {
  const auto found = limits.find(card.leave_out);
  if (found == limits.end()) {
    throw Error(fmt::format("no limits for leaving out '{}'", card.leave_out));
  }
  std::vector<std::string> lines;
  const auto check = [&](const Limit& limit, const char* what, double value, bool kept,
                         double bar) {
    if (kept) return;
    lines.push_back(fmt::format("{}: {} {:.1f} %, the limit is {:.1f} %", limit.pool, what,
                                100.0 * value, 100.0 * bar));
  };
  for (const Limit& limit : found->second) {
    if (!pools.empty() && std::find(pools.begin(), pools.end(), limit.pool) == pools.end()) {
      continue;
    }
    const auto group =
        std::find_if(card.groups.begin(), card.groups.end(),
                     [&](const Group& candidate) { return candidate.key == "pool=" + limit.pool; });
    if (group == card.groups.end()) {
      lines.push_back(fmt::format("{}: no clean row", limit.pool));
      continue;
    }
    const Metrics& m = group->metrics;
    constexpr std::size_t k90 = 2;
    check(limit, "median error", m.median_ape, m.median_ape <= limit.median, limit.median);
    check(limit, "p90 error", m.p90_ape, m.p90_ape <= limit.p90, limit.p90);
    check(limit, "inside the 90 % interval", m.coverage[k90], m.coverage[k90] >= limit.covered,
          limit.covered);
  }
  return lines;
}

}  // namespace foretoken::validate
