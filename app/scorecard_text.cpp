#include "app/scorecard_text.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/digits.h"
#include "app/table.h"
#include "validate/energy_baselines.h"

namespace foretoken::app {
namespace {

using enum Table::Align;
using validate::Group;
using validate::Metrics;
using validate::Scorecard;

constexpr std::size_t kReasonsShown = 10;

/// A baseline that predicted nothing (no rows to fit it to) is a dash.
std::string baseline_cell(const Metrics& metrics) {
  return metrics.rows == 0 ? "-" : percent(metrics.median_ape, 1);
}

std::string_view baseline_name(bool energy, int baseline) {
  return energy ? validate::energy_baseline_name(baseline) : validate::baseline_name(baseline);
}

Table groups_table(const Scorecard& card, const std::vector<Group>& groups, const char* heading) {
  std::vector<Table::Column> columns{{heading},          {"rows", Right},    {"median", Right},
                                     {"MAPE", Right},    {"p90", Right},     {"bias", Right},
                                     {"in 50 %", Right}, {"in 80 %", Right}, {"in 90 %", Right},
                                     {"width", Right}};
  for (int b = 0; b < validate::kBaselines; ++b) {
    columns.push_back({std::string(baseline_name(card.energy, b)), Right});
  }
  Table table(std::move(columns));
  for (const Group& group : groups) {
    const Metrics& m = group.metrics;
    std::vector<std::string> cells{group.key,
                                   fmt::format("{}", m.rows),
                                   percent(m.median_ape, 1),
                                   percent(m.mape, 1),
                                   percent(m.p90_ape, 1),
                                   fmt::format("{:+.1f} %", m.bias * 100.0),
                                   percent(m.coverage[0]),
                                   percent(m.coverage[1]),
                                   percent(m.coverage[2]),
                                   fmt::format("+-{}", percent(std::expm1(m.width)))};
    for (const Metrics& baseline : group.baselines) cells.push_back(baseline_cell(baseline));
    table.add(std::move(cells));
  }
  return table;
}

std::string shown(const Table& table, ScorecardStyle style) {
  return style == ScorecardStyle::Markdown ? table.markdown() : table.text();
}

std::string section(const std::string& title, const Table& table, ScorecardStyle style) {
  if (table.size() == 0) return "";
  const char* const mark = style == ScorecardStyle::Markdown ? "### " : "";
  const char* const gap = style == ScorecardStyle::Markdown ? "\n\n" : "\n";
  return fmt::format("\n{}{}{}{}", mark, title, gap, shown(table, style));
}

std::string skipped_text(const Scorecard& card) {
  if (card.skipped.empty()) return "";
  std::map<std::string, std::size_t> counts;
  for (const validate::Skipped& row : card.skipped) ++counts[row.reason];
  std::vector<std::pair<std::string, std::size_t>> reasons(counts.begin(), counts.end());
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text = fmt::format("\n{} rows could not be predicted\n", card.skipped.size());
  for (std::size_t i = 0; i < std::min(reasons.size(), kReasonsShown); ++i) {
    text += fmt::format("  {:>6}  {}\n", reasons[i].second, reasons[i].first);
  }
  if (reasons.size() > kReasonsShown) {
    text += fmt::format("  and {} more reasons (-o json names each row)\n",
                        reasons.size() - kReasonsShown);
  }
  return text;
}

Table worst_table(const Scorecard& card) {
  const std::string unit = card.energy ? "J/token" : "t/s";
  Table table({{"row"},
               {"measured " + unit, Right},
               {"predicted " + unit, Right},
               {"error", Right},
               {"what"}});
  for (const validate::Worst& row : card.worst) {
    table.add({row.row_id, significant(row.measured, 3), significant(row.predicted, 3),
               fmt::format("{:+.0f} %", (row.predicted / row.measured - 1.0) * 100.0), row.what});
  }
  return table;
}

/// How the figures compare with those of the same rows at their measured time.
std::string time_words(const Scorecard& card) {
  if (!card.predicted_time) return ", time as measured";
  std::string text = ", time as foretold";
  if (card.at_measured_time) {
    const Metrics& m = *card.at_measured_time;
    text += fmt::format(
        "\nthe same {} rows, time as measured: median error {}, MAPE {}, p90 {}, bias {:+.1f} %, "
        "in 90 % {}",
        m.rows, percent(m.median_ape, 1), percent(m.mape, 1), percent(m.p90_ape, 1), m.bias * 100.0,
        percent(m.coverage[2]));
  }
  return text;
}

std::string headline(const Scorecard& card) {
  const std::string how =
      card.leave_out.empty()
          ? "rows from outside, nothing fitted to them"
          : fmt::format("each {} left out in turn, {} refits", card.leave_out, card.folds);
  return fmt::format(
      "{}\n{} rows, {} clean ones predicted: median error {}, MAPE {}, p90 {}, bias {:+.1f} %{}\n",
      how, card.rows, card.predicted, percent(card.all.median_ape, 1), percent(card.all.mape, 1),
      percent(card.all.p90_ape, 1), card.all.bias * 100.0,
      card.energy ? time_words(card) : fmt::format(", Kendall tau {:.2f}", card.kendall_tau));
}

}  // namespace

std::vector<std::string> unbeaten(const Scorecard& card) {
  std::vector<std::string> sentences;
  const auto consider = [&](const Group& group) {
    if (group.metrics.rows <= kCountingRows) return;
    for (int b = 0; b < validate::kBaselines; ++b) {
      const Metrics& baseline = group.baselines[static_cast<std::size_t>(b)];
      if (baseline.rows == 0 || baseline.median_ape > group.metrics.median_ape) continue;
      sentences.push_back(fmt::format("{} ({} rows): '{}' has {}, we have {}", group.key,
                                      group.metrics.rows, baseline_name(card.energy, b),
                                      percent(baseline.median_ape, 1),
                                      percent(group.metrics.median_ape, 1)));
    }
  };
  for (const Group& group : card.groups) consider(group);
  return sentences;
}

std::string scorecard_text(const Scorecard& card, ScorecardStyle style) {
  std::vector<Group> groups = card.groups;
  groups.push_back({"all", card.all, card.baselines});
  std::string text = headline(card);
  text += section(fmt::format("clean rows (errors of {} per token; baselines: median error)",
                              card.energy ? "energy" : "time"),
                  groups_table(card, groups, "group"), style);
  text += section("clean rows by pool and kind of model (the same rows)",
                  groups_table(card, card.clean_by_kind, "pool and kind"), style);
  text += section("operators", groups_table(card, card.operators, "operator"), style);
  text += section("clean rows by label (counted above)",
                  groups_table(card, card.clean_by_label, "label"), style);
  text += section("rows with an excluding label, not counted above",
                  groups_table(card, card.labelled, "label"), style);
  text += section("worst rows", worst_table(card), style);
  text += skipped_text(card);
  const std::vector<std::string> not_beaten = unbeaten(card);
  if (not_beaten.empty()) {
    text += fmt::format("\nevery baseline is beaten in every group of more than {} rows\n",
                        kCountingRows);
  } else {
    text += fmt::format("\nbaselines not beaten in groups of more than {} rows\n", kCountingRows);
    for (const std::string& sentence : not_beaten) text += "  " + sentence + "\n";
  }
  return text;
}

}  // namespace foretoken::app
