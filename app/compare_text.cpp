#include "app/compare_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/digits.h"
#include "app/json_text.h"
#include "app/table.h"
#include "base/csv_table.h"

namespace foretoken::app {
namespace {

using validate::ComparedKernel;
using validate::ComparedStep;
using validate::Comparison;
using validate::Verdict;

constexpr std::size_t kReasonsShown = 8;

struct Figure {
  double point;
  double lo;
  double hi;
  int decimals() const { return decimals_for(point, lo, hi); }
  std::string text() const { return rounded(point, decimals()); }
  std::string range() const {
    return fmt::format("{}..{}", rounded(lo, decimals()), rounded(hi, decimals()));
  }
};

Figure rate_of(const ComparedStep& step) {
  const auto& rate = step.report.rate;
  return {rate.point.base(), rate.lo.base(), rate.hi.base()};
}

Figure micros_of(const ComparedKernel& kernel) {
  constexpr double kMicro = 1e6;
  const auto& time = kernel.predicted;
  return {time.point.base() * kMicro, time.lo.base() * kMicro, time.hi.base() * kMicro};
}

template <typename Test>
std::string state_of(const Test& test) {
  if (!test.counts) return "not judged: " + test.label;
  return test.inside() ? "inside" : test.ratio() < 1.0 ? "slower" : "faster";
}

Table steps_table(const Comparison& comparison) {
  using enum Table::Align;
  Table table({{"test"},
               {"measured t/s", Right},
               {"predicted t/s", Right},
               {"90 %", Right},
               {"of it", Right},
               {""}});
  for (const ComparedStep& step : comparison.steps) {
    const Figure rate = rate_of(step);
    table.add({step.what, significant(step.measured, 4), rate.text(), rate.range(),
               percent(step.ratio()), state_of(step)});
  }
  return table;
}

Table kernels_table(const Comparison& comparison) {
  using enum Table::Align;
  Table table({{"operator"},
               {"shape"},
               {"measured us", Right},
               {"predicted us", Right},
               {"90 %", Right},
               {"speed of it", Right},
               {"bound"},
               {""}});
  for (const ComparedKernel& kernel : comparison.kernels) {
    const Figure micros = micros_of(kernel);
    table.add({kernel.op, kernel.what, significant(kernel.measured.base() * 1e6, 4), micros.text(),
               micros.range(), percent(kernel.ratio()), kernel.bound, state_of(kernel)});
  }
  return table;
}

/// The counted test whose ratio is the median.
template <typename Test>
const Test* middle_of(const std::vector<Test>& tests) {
  std::vector<const Test*> counted;
  for (const Test& test : tests) {
    if (test.counts) counted.push_back(&test);
  }
  if (counted.empty()) return nullptr;
  const auto middle = counted.begin() + static_cast<std::ptrdiff_t>((counted.size() - 1) / 2);
  std::nth_element(counted.begin(), middle, counted.end(),
                   [](const Test* a, const Test* b) { return a->ratio() < b->ratio(); });
  return *middle;
}

/// "weights take 4.8 of 7.9 ms": the largest cause of the predicted step.
std::string cause_text(const ComparedStep& step) {
  const sim::CauseSplit& c = step.report.causes;
  const std::array<std::pair<const char*, Seconds>, 6> causes{
      {{"weights take", c.weights},
       {"the output head takes", c.head},
       {"attention takes", c.attention},
       {"launches and small operators take", c.launches},
       {"links take", c.links},
       {"the host takes", c.host}}};
  const auto* const largest =
      std::max_element(causes.begin(), causes.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return fmt::format("{} {} of the predicted {} ms", largest->first,
                     significant(largest->second.base() * 1e3, 2),
                     significant(step.report.step.point.base() * 1e3, 2));
}

std::string one_step(const ComparedStep& step) {
  const Figure rate = rate_of(step);
  return fmt::format("You get {} of the predicted {} t/s, {} the 90 % interval ({}); {}.",
                     percent(step.ratio()), rate.text(), step.inside() ? "inside" : "outside",
                     rate.range(), cause_text(step));
}

std::string several(const Comparison& comparison, const Verdict& verdict, const char* what) {
  std::string text = fmt::format(
      "Over {} {} you get {} of the predicted speed (median; {} to {}), and {} of them {} outside "
      "the 90 % interval, so the run is {}",
      verdict.counted, what, percent(verdict.ratio), percent(verdict.least_ratio),
      percent(verdict.largest_ratio),
      verdict.outside == 0 ? "none" : fmt::format("{}", verdict.outside),
      verdict.outside == 1 || verdict.outside == 0 ? "lies" : "lie",
      verdict.inside ? "as predicted" : "not as predicted");
  if (const ComparedStep* const step = middle_of(comparison.steps)) {
    return text + fmt::format("; in the middle one {}.", cause_text(*step));
  }
  std::map<std::string, double> by_op;
  double all = 0.0;
  for (const ComparedKernel& kernel : comparison.kernels) {
    if (!kernel.counts) continue;
    by_op[kernel.op] += kernel.measured.base();
    all += kernel.measured.base();
  }
  const auto most = std::max_element(
      by_op.begin(), by_op.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return text + fmt::format("; {} takes {} of the measured time.", most->first,
                            percent(most->second / all));
}

std::string not_compared_text(const Comparison& comparison) {
  std::map<std::string, std::size_t> reasons;
  for (const validate::NotCompared& row : comparison.not_compared) ++reasons[row.reason];
  std::string text;
  std::size_t shown = 0;
  for (const auto& [reason, rows] : reasons) {
    if (shown++ == kReasonsShown) {
      text += fmt::format("and {} more reasons\n", reasons.size() - kReasonsShown);
      break;
    }
    text += fmt::format("not compared, {} {}: {}\n", rows, rows == 1 ? "row" : "rows", reason);
  }
  return text;
}

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{:.6g}", value) : "";
}

Json seconds_json(const sim::CauseSplit& c) {
  return {
      {"weights", json_number(c.weights.base())},     {"head", json_number(c.head.base())},
      {"attention", json_number(c.attention.base())}, {"launches", json_number(c.launches.base())},
      {"links", json_number(c.links.base())},         {"host", json_number(c.host.base())}};
}

}  // namespace

std::string verdict_sentence(const Comparison& comparison, const Verdict& verdict) {
  if (comparison.steps.empty() && comparison.kernels.empty()) {
    return "Nothing of the run can be compared.";
  }
  if (verdict.counted == 0) {
    return "No test of the run is a plain decode of the whole model on this device alone, so none "
           "is judged.";
  }
  const ComparedStep* const step = middle_of(comparison.steps);
  if (step == nullptr) return several(comparison, verdict, "operators");
  return verdict.counted == 1 ? one_step(*step) : several(comparison, verdict, "tests");
}

std::string comparison_text(const Comparison& comparison, const Verdict& verdict, bool markdown) {
  const auto shown = [&](const Table& table) { return markdown ? table.markdown() : table.text(); };
  std::string text;
  if (!comparison.steps.empty()) {
    const sim::Report& report = comparison.steps.front().report;
    text += fmt::format("{}, {}\n{}", report.device, report.runtime, markdown ? "\n" : "");
    text += shown(steps_table(comparison)) + "\n";
  }
  if (!comparison.kernels.empty()) {
    const ComparedKernel& first = comparison.kernels.front();
    text += fmt::format("{}, {}\n{}", first.device, first.runtime, markdown ? "\n" : "");
    text += shown(kernels_table(comparison)) + "\n";
  }
  const std::string reasons = not_compared_text(comparison);
  if (!reasons.empty()) text += reasons + "\n";
  text += verdict_sentence(comparison, verdict) + "\n";
  for (const std::string& hint : verdict.hints) text += "- " + hint + "\n";
  return text;
}

std::string comparison_csv(const Comparison& comparison) {
  std::string text =
      csv_line({"row_id", "kind", "device", "runtime", "what", "unit", "measured", "predicted",
                "lo", "hi", "speed_ratio", "counts", "inside", "label", "bound"});
  for (const ComparedStep& step : comparison.steps) {
    const Figure rate = rate_of(step);
    text += csv_line({step.row_id, "step", step.report.device, step.report.runtime, step.what,
                      "token/s", number(step.measured), number(rate.point), number(rate.lo),
                      number(rate.hi), number(step.ratio()), step.counts ? "1" : "0",
                      step.inside() ? "1" : "0", step.label, step.report.bound});
  }
  for (const ComparedKernel& kernel : comparison.kernels) {
    const auto& time = kernel.predicted;
    text +=
        csv_line({kernel.row_id, kernel.op, kernel.device, kernel.runtime, kernel.what, "s",
                  number(kernel.measured.base()), number(time.point.base()), number(time.lo.base()),
                  number(time.hi.base()), number(kernel.ratio()), kernel.counts ? "1" : "0",
                  kernel.inside() ? "1" : "0", kernel.label, kernel.bound});
  }
  return text;
}

std::string comparison_json(const Comparison& comparison, const Verdict& verdict) {
  Json tests = Json::array();
  for (const ComparedStep& step : comparison.steps) {
    const sim::Report& r = step.report;
    tests.push_back({{"row_id", step.row_id},
                     {"what", step.what},
                     {"device", r.device},
                     {"runtime", r.runtime},
                     {"model", r.model},
                     {"format", r.format},
                     {"batch", json_number(r.batch)},
                     {"context_start", json_number(r.context_start)},
                     {"gen_tokens", json_number(r.gen_tokens)},
                     {"threads", r.threads > 0 ? Json(r.threads) : Json(nullptr)},
                     {"measured_tokens_per_second", json_number(step.measured)},
                     {"predicted_tokens_per_second", json_estimate(r.rate)},
                     {"speed_ratio", json_number(step.ratio())},
                     {"inside", step.inside()},
                     {"counts", step.counts},
                     {"label", step.label},
                     {"bound", r.bound},
                     {"causes_seconds", seconds_json(r.causes)}});
  }
  Json kernels = Json::array();
  for (const ComparedKernel& kernel : comparison.kernels) {
    kernels.push_back({{"row_id", kernel.row_id},
                       {"operator", kernel.op},
                       {"what", kernel.what},
                       {"device", kernel.device},
                       {"runtime", kernel.runtime},
                       {"measured_seconds", json_number(kernel.measured.base())},
                       {"predicted_seconds", json_estimate(kernel.predicted)},
                       {"speed_ratio", json_number(kernel.ratio())},
                       {"inside", kernel.inside()},
                       {"counts", kernel.counts},
                       {"label", kernel.label},
                       {"bound", kernel.bound}});
  }
  Json left = Json::array();
  for (const validate::NotCompared& row : comparison.not_compared) {
    left.push_back({{"row_id", row.row_id}, {"reason", row.reason}});
  }
  return json_document({{"tests", tests},
                        {"operators", kernels},
                        {"not_compared", left},
                        {"counted", verdict.counted},
                        {"outside", verdict.outside},
                        {"speed_ratio", json_number(verdict.ratio)},
                        {"inside", verdict.inside},
                        {"sentence", verdict_sentence(comparison, verdict)},
                        {"hints", verdict.hints}});
}

}  // namespace foretoken::app
