#include "app/scorecard_json.h"

#include "app/json_text.h"
#include "app/scorecard_text.h"

namespace foretoken::app {
namespace {

using validate::Group;
using validate::Metrics;

Json coverage_json(const Metrics& metrics) {
  return {{"50", json_number(metrics.coverage[0])},
          {"80", json_number(metrics.coverage[1])},
          {"90", json_number(metrics.coverage[2])}};
}

Json baselines_json(const std::array<Metrics, validate::kBaselines>& baselines) {
  Json json = Json::object();
  for (int b = 0; b < validate::kBaselines; ++b) {
    const Metrics& m = baselines[static_cast<std::size_t>(b)];
    json[std::string(validate::baseline_name(b))] = {{"rows", m.rows},
                                                     {"mape", json_number(m.mape)},
                                                     {"median_ape", json_number(m.median_ape)},
                                                     {"p90_ape", json_number(m.p90_ape)},
                                                     {"bias", json_number(m.bias)}};
  }
  return json;
}

Json metrics_json(const Metrics& m) {
  return {{"rows", m.rows},
          {"mape", json_number(m.mape)},
          {"median_ape", json_number(m.median_ape)},
          {"p90_ape", json_number(m.p90_ape)},
          {"bias", json_number(m.bias)},
          {"coverage", coverage_json(m)},
          {"width", json_number(m.width)}};
}

Json groups_json(const std::vector<Group>& groups) {
  Json json = Json::array();
  for (const Group& group : groups) {
    const Metrics& m = group.metrics;
    json.push_back({{"key", group.key},
                    {"rows", m.rows},
                    {"mape", json_number(m.mape)},
                    {"median_ape", json_number(m.median_ape)},
                    {"p90_ape", json_number(m.p90_ape)},
                    {"bias", json_number(m.bias)},
                    {"coverage", coverage_json(m)},
                    {"width", json_number(m.width)},
                    {"baselines", baselines_json(group.baselines)}});
  }
  return json;
}

}  // namespace

std::string scorecard_json(const validate::Scorecard& card) {
  Json skipped = Json::array();
  for (const validate::Skipped& row : card.skipped) {
    skipped.push_back({{"row_id", row.row_id}, {"reason", row.reason}});
  }
  Json worst = Json::array();
  for (const validate::Worst& row : card.worst) {
    worst.push_back({{"row_id", row.row_id},
                     {"measured", json_number(row.measured)},
                     {"predicted", json_number(row.predicted)},
                     {"what", row.what}});
  }
  return json_document(
      {{"leave_out", card.leave_out.empty() ? Json(nullptr) : Json(card.leave_out)},
       {"folds", card.folds},
       {"rows", card.rows},
       {"predicted", card.predicted},
       {"skipped", skipped},
       {"mape", json_number(card.all.mape)},
       {"median_ape", json_number(card.all.median_ape)},
       {"p90_ape", json_number(card.all.p90_ape)},
       {"bias", json_number(card.all.bias)},
       {"time", card.energy ? Json(card.predicted_time ? "predicted" : "measured") : Json(nullptr)},
       {"at_measured_time",
        card.at_measured_time ? metrics_json(*card.at_measured_time) : Json(nullptr)},
       {"kendall_tau", json_number(card.kendall_tau)},
       {"coverage", coverage_json(card.all)},
       {"width", json_number(card.all.width)},
       {"baselines", baselines_json(card.baselines)},
       {"groups", groups_json(card.groups)},
       {"operators", groups_json(card.operators)},
       {"clean_by_kind", groups_json(card.clean_by_kind)},
       {"clean_by_label", groups_json(card.clean_by_label)},
       {"labelled", groups_json(card.labelled)},
       {"worst", worst},
       {"unbeaten", unbeaten(card)}});
}

}  // namespace foretoken::app
