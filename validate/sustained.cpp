#include "validate/sustained.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "base/csv_table.h"
#include "base/error.h"
#include "calibrate/csv_cells.h"
#include "sim/predict.h"

namespace foretoken::validate {
namespace {

struct Curve {
  std::string id;
  std::string device;
  std::string runtime;
  std::string model;
  std::string format;
  bool cool = true;
  double first = 0;
  double last = 0;
  std::optional<double> power;
  std::string scope;
  std::optional<double> delay;
};

void read_curves(const std::string& path, std::vector<Curve>& curves) {
  const CsvTable table = CsvTable::read(path);
  for (const char* needed : {"curve_id", "device", "runtime", "model", "weight_format", "start",
                             "first_20s_tok_s", "last_60s_tok_s"}) {
    table.column(needed);
  }
  std::vector<Fault> faults;
  calibrate::CsvCells cells(table, faults);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    cells.select(i);
    curves.push_back({.id = cells.text("curve_id"),
                      .device = cells.text("device"),
                      .runtime = cells.text("runtime"),
                      .model = cells.text("model"),
                      .format = cells.text("weight_format"),
                      .cool = cells.choice("start", {"cool", "warm"}).value_or(0) == 0,
                      .first = cells.positive("first_20s_tok_s").value_or(1.0),
                      .last = cells.positive("last_60s_tok_s").value_or(1.0),
                      .power = cells.positive("power_w"),
                      .scope = cells.text("power_scope"),
                      .delay = cells.number("fit_delay_s")});
  }
  if (!faults.empty()) throw ConfigError(std::move(faults));
}

double quantile(std::vector<double> values, double p) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  const double at = p * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
}

/// Budgets of the curves that are not this one: of its machine, else of any.
std::vector<double> other_budgets(const std::vector<Curve>& curves, const Curve& curve,
                                  const sim::Library& library) {
  const auto machine = [&](const Curve& c) {
    const hwdb::Device* const device = library.devices.lookup(c.device);
    return device == nullptr ? c.device : device->architecture;
  };
  for (const bool same : {true, false}) {
    std::vector<double> budgets;
    for (const Curve& other : curves) {
      if (&other == &curve || !other.power) continue;
      if (!same || machine(other) == machine(curve)) budgets.push_back(*other.power);
    }
    if (!budgets.empty()) return budgets;
  }
  return {};
}

void predict_curve(const std::vector<Curve>& curves, const Curve& curve,
                   const sim::Library& library, SustainedCurve& result) {
  const std::vector<double> budgets = other_budgets(curves, curve, library);
  sim::Request request;
  const hwdb::Device* const device = library.devices.lookup(curve.device);
  request.runtime = library.runtimes.lookup(curve.runtime);
  request.llm = library.models.known(curve.model);
  request.scheme = library.schemes.find(curve.format);
  if (device == nullptr || request.runtime == nullptr || request.llm == nullptr ||
      request.scheme.empty() || budgets.empty()) {
    result.refused = "a name or every budget is unknown";
    return;
  }
  hwdb::Device warm = *device;
  warm.sustained = {.budget = Watts::of(quantile(budgets, 0.5)),
                    .low = Watts::of(quantile(budgets, 0.05)),
                    .high = Watts::of(quantile(budgets, 0.95)),
                    .scope = "board"};
  request.device = &warm;
  result.budget = warm.sustained->budget.base();
  constexpr double kLevel = 0.9;
  try {
    const sim::Report report = sim::predict(request, library, kLevel);
    if (!report.sustained) {
      result.refused = "idling alone takes the budget";
      return;
    }
    result.predicted_ratio = report.sustained->rate.point / report.rate.point;
    result.predicted_rate = report.sustained->rate.point.base();
    result.predicted_lo = report.sustained->rate.lo.base();
    result.predicted_hi = report.sustained->rate.hi.base();
  } catch (const Error& error) {
    result.refused = error.what();
  }
}

}  // namespace

SustainedCard validate_sustained(const sim::Library& library,
                                 const std::vector<std::string>& data_folders) {
  std::vector<Curve> curves;
  for (const std::string& folder : data_folders) {
    const std::string path = folder + "/measurements/thermal_curves.csv";
    if (std::filesystem::exists(path)) read_curves(path, curves);
  }
  SustainedCard card;
  std::vector<double> ratio_errors;
  std::vector<double> no_heat_errors;
  std::vector<double> rate_errors;
  std::vector<double> full_errors;
  std::vector<double> delays;
  for (const Curve& curve : curves) {
    SustainedCurve result{.id = curve.id,
                          .what = fmt::format("{} / {} / {} / {}", curve.device, curve.model,
                                              curve.format, curve.runtime),
                          .cool = curve.cool,
                          .measured_ratio = curve.last / curve.first,
                          .measured_rate = curve.last};
    predict_curve(curves, curve, library, result);
    if (curve.cool && curve.delay) delays.push_back(*curve.delay);
    if (result.refused.empty()) {
      const double rate = result.predicted_rate;
      rate_errors.push_back(std::abs(rate / curve.last - 1.0));
      full_errors.push_back(std::abs(rate / result.predicted_ratio / curve.last - 1.0));
      if (result.predicted_lo <= curve.last && curve.last <= result.predicted_hi) {
        card.coverage += 1.0;
      }
      if (curve.cool) {
        ratio_errors.push_back(std::abs(result.predicted_ratio / result.measured_ratio - 1.0));
        no_heat_errors.push_back(std::abs(1.0 / result.measured_ratio - 1.0));
      }
    }
    card.curves.push_back(std::move(result));
  }
  card.cool = ratio_errors.size();
  card.predicted = rate_errors.size();
  if (card.predicted > 0) card.coverage /= static_cast<double>(card.predicted);
  card.ratio_error = quantile(ratio_errors, 0.5);
  card.no_heat_error = quantile(no_heat_errors, 0.5);
  card.rate_error = quantile(rate_errors, 0.5);
  card.full_speed_error = quantile(full_errors, 0.5);
  card.delay_median = quantile(delays, 0.5);
  card.delay_least = quantile(delays, 0.0);
  card.delay_most = quantile(delays, 1.0);
  return card;
}

}  // namespace foretoken::validate
