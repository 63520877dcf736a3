#include "app/tradeoff.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/pareto.h"
#include "base/error.h"
#include "model/tensors.h"
#include "sim/predict.h"

namespace foretoken::app {
namespace {

std::string kv_of(const sim::Request& request) {
  const std::string& usual = request.runtime->kv_format;
  const std::string& keys = request.kv_keys.empty() ? usual : request.kv_keys;
  const std::string& values = request.kv_values.empty() ? usual : request.kv_values;
  return keys == values ? keys : keys + "/" + values;
}

sim::QualityQuestion quality_question(const sim::Request& request) {
  const std::string& usual = request.runtime->kv_format;
  return {.llm = request.llm,
          .scheme = request.scheme,
          .weights = request.weights,
          .kv_keys = request.kv_keys.empty() ? usual : request.kv_keys,
          .kv_values = request.kv_values.empty() ? usual : request.kv_values};
}

double bits_of(const sim::Report& report, const model::Llm& llm) {
  const double parameters = model::parameter_count(llm);
  // Tables that stay on the host are of the file too.
  const Bytes file = report.memory.weights * report.ranks + report.memory.host_tables;
  return parameters > 0.0 ? file.base() * 8.0 / parameters : 0.0;
}

/// The first constraint that the choice breaks, in words; "" when it keeps all.
std::string broken_by(const Choice& choice, const Constraints& c) {
  const sim::Report& r = choice.report;
  if (c.max_memory) {
    if (r.memory.total() > *c.max_memory) return "memory";
  } else if (!r.memory.fits().value_or(true)) {
    return "does not fit";
  }
  if (c.min_rate) {
    const double rate = (c.sure ? r.rate.lo : r.rate.point).base();
    if (rate < *c.min_rate) return "rate";
  }
  if (c.max_energy) {
    if (!r.energy) return "energy not known";
    const auto& joules = r.energy->per_token;
    if ((c.sure ? joules.hi : joules.point).base() > *c.max_energy) return "energy";
  }
  if (c.max_loss) {
    if (!choice.quality.loss) return "loss not known";
    if ((c.sure ? choice.quality.loss->hi : choice.quality.loss->point) > *c.max_loss) {
      return "loss";
    }
  }
  return "";
}

std::optional<double> cost_of(const Choice& choice, Objective objective) {
  const sim::Report& r = choice.report;
  switch (objective) {
    case Objective::Rate:
      return -r.rate.point.base();
    case Objective::Energy:
      if (!r.energy) return std::nullopt;
      return r.energy->per_token.point.base();
    case Objective::Bytes:
      return r.memory.total().base();
    case Objective::Loss:
      if (!choice.quality.loss) return std::nullopt;
      return choice.quality.loss->point;
  }
  return std::nullopt;
}

void mark_pareto(std::vector<Choice>& choices, const std::vector<Objective>& objectives) {
  std::vector<std::optional<std::vector<double>>> costs;
  for (const Choice& choice : choices) {
    std::vector<double> all;
    for (const Objective objective : objectives) {
      const auto cost = choice.keeps ? cost_of(choice, objective) : std::nullopt;
      if (cost) all.push_back(*cost);
    }
    costs.push_back(all.size() == objectives.size() ? std::optional(std::move(all)) : std::nullopt);
  }
  const std::vector<bool> members = pareto_set(costs);
  for (std::size_t i = 0; i < choices.size(); ++i) choices[i].pareto = members[i];
}

}  // namespace

std::vector<Choice> choices_of(const Question& question, const TradeoffOptions& options,
                               const sim::Library& library, const sim::QualityLibrary& quality,
                               std::vector<std::string>& refused) {
  std::vector<Choice> choices;
  for (const Combination& asked : question.combinations) {
    try {
      Choice choice{.asked = &asked,
                    .report = sim::predict(asked.request, library),
                    .quality = sim::quality_of(quality_question(asked.request), library, quality,
                                               sim::kIntervalLevel)};
      choice.bits = bits_of(choice.report, *asked.request.llm);
      choice.kv = kv_of(asked.request);
      choice.broken = broken_by(choice, options.constraints);
      choice.keeps = choice.broken.empty();
      choices.push_back(std::move(choice));
    } catch (const Error& error) {
      refused.push_back(fmt::format("skipped {}: {}", asked.request.scheme, error.what()));
    }
  }
  if (choices.empty()) throw Error(fmt::format("{}", fmt::join(refused, "\n")));
  mark_pareto(choices, options.objectives);
  std::stable_sort(choices.begin(), choices.end(), [](const Choice& a, const Choice& b) {
    if (a.keeps != b.keeps) return a.keeps;
    return a.report.rate.point > b.report.rate.point;
  });
  return choices;
}

const Choice* best_of(const std::vector<Choice>& choices, Best best) {
  const auto key = [best](const Choice& choice) {
    if (best == Best::Smallest) return cost_of(choice, Objective::Bytes);
    if (best == Best::MostFrugal) return cost_of(choice, Objective::Energy);
    if (best == Best::MostAccurate) return cost_of(choice, Objective::Loss);
    return cost_of(choice, Objective::Rate);
  };
  // What nobody knows the loss of is recommended only where nothing else is left.
  for (const bool loss_known : {true, false}) {
    const Choice* found = nullptr;
    for (const Choice& choice : choices) {
      const auto cost = key(choice);
      if (!choice.keeps || !cost || choice.quality.loss.has_value() != loss_known) continue;
      if (found == nullptr || *cost < *key(*found)) found = &choice;
    }
    if (found != nullptr) return found;
  }
  return nullptr;
}

std::string name_of(const Choice& choice) {
  const std::string& usual = choice.asked->request.runtime->kv_format;
  return choice.report.format + (choice.kv == usual ? "" : " with cache " + choice.kv);
}

}  // namespace foretoken::app
