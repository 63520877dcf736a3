#include "app/sustained_text.h"

#include <fmt/format.h>

#include "app/digits.h"
#include "app/json_text.h"
#include "app/table.h"

namespace foretoken::app {

std::string sustained_card_text(const validate::SustainedCard& card, bool markdown) {
  using enum Table::Align;
  Table table({{"curve"},
               {"start"},
               {"ratio measured", Right},
               {"predicted", Right},
               {"last minute, t/s", Right},
               {"predicted", Right},
               {"90 %", Right}});
  for (const validate::SustainedCurve& curve : card.curves) {
    const bool told = curve.refused.empty();
    table.add({curve.what, curve.cool ? "cool" : "warm",
               fmt::format("{:.2f}", curve.measured_ratio),
               told ? fmt::format("{:.2f}", curve.predicted_ratio) : "-",
               fmt::format("{:.1f}", curve.measured_rate),
               told ? fmt::format("{:.1f}", curve.predicted_rate) : "-",
               told ? fmt::format("{:.1f}..{:.1f}", curve.predicted_lo, curve.predicted_hi)
                    : curve.refused});
  }
  const char* const gap = markdown ? "\n\n" : "\n";
  return fmt::format(
      "sustained rate under the power budget of the other curves{}{}\n"
      "last minute over first 20 s, {} curves that started cool: median error {}, {} if nothing "
      "slowed down{}"
      "rate of the last minute, {} curves: median error {}, {} at full speed; {} inside of 90 %{}"
      "delay before the drop: {:.0f} s ({:.0f}..{:.0f})\n",
      gap, markdown ? table.markdown() : table.text(), card.cool, percent(card.ratio_error, 1),
      percent(card.no_heat_error, 1), gap, card.predicted, percent(card.rate_error, 1),
      percent(card.full_speed_error, 1), percent(card.coverage), gap, card.delay_median,
      card.delay_least, card.delay_most);
}

std::string sustained_card_json(const validate::SustainedCard& card) {
  Json curves = Json::array();
  for (const validate::SustainedCurve& curve : card.curves) {
    const bool told = curve.refused.empty();
    const auto number = [&](double value) { return told ? json_number(value) : Json(nullptr); };
    curves.push_back({{"id", curve.id},
                      {"what", curve.what},
                      {"start", curve.cool ? "cool" : "warm"},
                      {"measured_ratio", json_number(curve.measured_ratio)},
                      {"predicted_ratio", number(curve.predicted_ratio)},
                      {"measured_tokens_per_second", json_number(curve.measured_rate)},
                      {"predicted_tokens_per_second", number(curve.predicted_rate)},
                      {"predicted_lo", number(curve.predicted_lo)},
                      {"predicted_hi", number(curve.predicted_hi)},
                      {"budget_watts", json_number(curve.budget)},
                      {"refused", curve.refused}});
  }
  return json_document({{"curves", curves},
                        {"cool_curves", card.cool},
                        {"ratio_median_ape", json_number(card.ratio_error)},
                        {"ratio_median_ape_without_heat", json_number(card.no_heat_error)},
                        {"predicted_curves", card.predicted},
                        {"rate_median_ape", json_number(card.rate_error)},
                        {"rate_median_ape_at_full_speed", json_number(card.full_speed_error)},
                        {"coverage_90", json_number(card.coverage)},
                        {"delay_seconds",
                         {{"median", json_number(card.delay_median)},
                          {"least", json_number(card.delay_least)},
                          {"most", json_number(card.delay_most)}}}});
}

}  // namespace foretoken::app
