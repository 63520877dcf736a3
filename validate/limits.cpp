#include "validate/limits.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/yaml_map.h"

namespace foretoken::validate {
namespace {

constexpr int kLimitsSchema = 1;

/// What stands before what is left out, of bars of energies.
constexpr const char* kEnergy = "energy ";

void read_folds(YamlMap& map, const std::string& prefix, Limits& limits) {
  for (const char* leave_out : {"device", "model", "pair"}) {
    auto pools = map.find_map(leave_out);
    if (!pools) continue;
    std::vector<Limit>& list = limits[prefix + leave_out];
    for (auto& [pool, bars] : pools->entries()) {
      list.push_back({.pool = pool,
                      .median = bars.number("median", {1e-6, 100.0}),
                      .p90 = bars.number("p90", {1e-6, 100.0}),
                      .covered = bars.find_number("covered", {0.0, 1.0}).value_or(0.0)});
    }
  }
}

/// The figures that a bar is of; null where no clean row has any.
const Metrics* metrics_for(const Scorecard& card, const std::string& name) {
  if (card.energy && name == "all") return card.all.rows > 0 ? &card.all : nullptr;
  const std::string key = (card.energy ? "device=" : "pool=") + name;
  const auto group = std::find_if(card.groups.begin(), card.groups.end(),
                                  [&](const Group& candidate) { return candidate.key == key; });
  return group == card.groups.end() ? nullptr : &group->metrics;
}

Limits read(YamlFile& file) {
  file.require_schema(kLimitsSchema);
  file.top().text("source");
  Limits limits;
  read_folds(file.top(), "", limits);
  if (auto energy = file.top().find_map("energy")) read_folds(*energy, kEnergy, limits);
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
  const auto found = limits.find((card.energy ? kEnergy : "") + card.leave_out);
  if (found == limits.end()) {
    throw Error(fmt::format("no limits {}for leaving out '{}'", card.energy ? "of energies " : "",
                            card.leave_out));
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
    const Metrics* const found_metrics = metrics_for(card, limit.pool);
    if (found_metrics == nullptr) {
      lines.push_back(fmt::format("{}: no clean row", limit.pool));
      continue;
    }
    const Metrics& m = *found_metrics;
    constexpr std::size_t k90 = 2;
    check(limit, "median error", m.median_ape, m.median_ape <= limit.median, limit.median);
    check(limit, "p90 error", m.p90_ape, m.p90_ape <= limit.p90, limit.p90);
    check(limit, "inside the 90 % interval", m.coverage[k90], m.coverage[k90] >= limit.covered,
          limit.covered);
  }
  return lines;
}

}  // namespace foretoken::validate
