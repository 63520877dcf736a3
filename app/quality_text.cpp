#include "app/quality_text.h"

#include <cmath>
#include <map>

#include <fmt/format.h>

#include "app/digits.h"
#include "app/json_text.h"
#include "app/table.h"

namespace foretoken::app {
namespace {

using enum Table::Align;

std::string rendered(const Table& table, bool markdown) {
  return markdown ? table.markdown() : table.text();
}

std::string title(const char* text, bool markdown) {
  return fmt::format("\n{}{}\n{}", markdown ? "### " : "", text, markdown ? "\n" : "");
}

Table summary_of(const validate::QualityCard& card) {
  Table table({{"estimate"},
               {"rows", Right},
               {"median error of ln ratio", Right},
               {"median factor of loss", Right},
               {"in 50 %", Right},
               {"in 80 %", Right},
               {"in 90 %", Right},
               {"Kendall tau", Right}});
  const auto line = [&](const char* name, double error, double factor, double tau, bool intervals) {
    table.add({name, fmt::format("{}", card.rows), fmt::format("{:.4f}", error),
               fmt::format("{:.2f}", std::exp(factor)),
               intervals ? percent(card.covered[0], 1) : "-",
               intervals ? percent(card.covered[1], 1) : "-",
               intervals ? percent(card.covered[2], 1) : "-", fmt::format("{:.3f}", tau)});
  };
  line("pooled law", card.median_error, card.median_ln_loss_error, card.tau, true);
  line("bits alone", card.median_error_by_bits, card.median_ln_loss_error_by_bits, card.tau_by_bits,
       false);
  line("mean of the format", card.median_error_by_format, card.median_ln_loss_error_by_format,
       card.tau_by_format, false);
  return table;
}

}  // namespace

std::string quality_fit_text(const sim::QualityCoefficients& fitted,
                             const calibrate::QualityCases& cases) {
  Table table({{"level"}, {"spread, ln", Right}});
  for (int i = 1; i < sim::kQualityLevels; ++i) {
    table.add({std::string(sim::text_of(static_cast<sim::QualityLevel>(i))),
               fmt::format("{:.3f}", fitted.spreads[static_cast<std::size_t>(i)])});
  }
  std::map<std::string, std::size_t> reasons;
  for (const auto& row : cases.rejected) ++reasons[row.reason];
  std::string text = table.text();
  text += fmt::format(
      "misfit {:.3f} (ln of a loss), noise {:.4f} (of a ratio), divergence {:.3f}, first choices "
      "{:.3f}\nwidening by models left out {:.2f}, Student's {} degrees of freedom\n",
      fitted.misfit, fitted.noise, fitted.kl_misfit, fitted.top1_misfit, fitted.widening,
      fitted.tail_dof);
  text += fmt::format("{} rows fitted, {} left out\n", fitted.evidence, cases.rejected.size());
  for (const auto& [reason, count] : reasons) text += fmt::format("  {:>4}  {}\n", count, reason);
  return text;
}

std::string quality_card_text(const validate::QualityCard& card, bool markdown) {
  std::string text = fmt::format(
      "{} rows fitted, {} of them with a stated reference and scored, {} left out. Each model is "
      "left out\nwith others of its series and size.\n\n",
      card.evidence, card.rows, card.rejected);
  text += rendered(summary_of(card), markdown);
  text += title("Models left out", markdown);
  Table folds({{"left out"}, {"rows", Right}, {"median error", Right}, {"in 90 %", Right}});
  for (const validate::QualityFold& fold : card.folds) {
    folds.add({fold.name, fmt::format("{}", fold.rows), fmt::format("{:.4f}", fold.median_error),
               percent(fold.covered)});
  }
  text += rendered(folds, markdown);
  text += title("Order of formats within a model left out", markdown);
  Table ranks({{"source, model, evaluation"},
               {"formats", Right},
               {"pairs", Right},
               {"tau", Right},
               {"bits alone", Right},
               {"mean of the format", Right}});
  for (const validate::QualityRanking& one : card.rankings) {
    ranks.add({one.group, fmt::format("{}", one.formats), fmt::format("{}", one.pairs),
               fmt::format("{:.2f}", one.tau), fmt::format("{:.2f}", one.tau_by_bits),
               fmt::format("{:.2f}", one.tau_by_format)});
  }
  return text + rendered(ranks, markdown);
}

std::string quality_card_json(const validate::QualityCard& card) {
  Json json{{"rows", card.rows},
            {"evidence", card.evidence},
            {"rejected", card.rejected},
            {"covered", Json::object()},
            {"median_error", json_number(card.median_error)},
            {"median_error_by_bits", json_number(card.median_error_by_bits)},
            {"median_error_by_format", json_number(card.median_error_by_format)},
            {"median_ln_loss_error", json_number(card.median_ln_loss_error)},
            {"tau", json_number(card.tau)},
            {"tau_by_bits", json_number(card.tau_by_bits)},
            {"tau_by_format", json_number(card.tau_by_format)},
            {"median_tau", json_number(card.median_tau)}};
  for (std::size_t i = 0; i < 3; ++i) {
    json["covered"][fmt::format("{:.0f}", validate::kQualityLevelsShown[i] * 100.0)] =
        json_number(card.covered[i]);
  }
  json["folds"] = Json::array();
  for (const validate::QualityFold& fold : card.folds) {
    json["folds"].push_back({{"name", fold.name},
                             {"rows", fold.rows},
                             {"median_error", json_number(fold.median_error)},
                             {"covered", json_number(fold.covered)}});
  }
  json["rankings"] = Json::array();
  for (const validate::QualityRanking& one : card.rankings) {
    json["rankings"].push_back({{"group", one.group},
                                {"formats", one.formats},
                                {"pairs", one.pairs},
                                {"tau", json_number(one.tau)},
                                {"tau_by_bits", json_number(one.tau_by_bits)},
                                {"tau_by_format", json_number(one.tau_by_format)}});
  }
  return json_document(json);
}

}  // namespace foretoken::app
