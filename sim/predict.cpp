#include "sim/predict.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.h"
#include "ops/load.h"
#include "sim/check_command.h"
#include "sim/interval.h"

namespace foretoken::sim {
namespace {

/// Where collectives are measured on many devices.
constexpr const char* kLinkPool = "serving";

void add_cause(CauseSplit& causes, const OpLoad& op, const OpCost& cost) {
  const Seconds work = cost.time - cost.launch;
  causes.launches += cost.launch;
  switch (op.family) {
    case ops::Family::Gemm:
      (op.name == "output" ? causes.head : causes.weights) += work;
      break;
    case ops::Family::Expert:
      causes.weights += work;
      break;
    case ops::Family::Attention:
    case ops::Family::Latent:
    case ops::Family::Recurrence:
      causes.attention += work;
      break;
    case ops::Family::Small:
    case ops::Family::Gather:
      causes.launches += work;
      break;
    case ops::Family::AllReduce:
      causes.links += work;
      break;
  }
}

void fill_ops(Report& report, const StepLoads& step, const StepCost& cost) {
  for (std::size_t i = 0; i < step.ops.size(); ++i) {
    const OpLoad& op = step.ops[i];
    const OpCost& c = cost.ops[i];
    add_cause(report.causes, op, c);
    report.weights_read += op.demand.weights * op.repeat;
    report.kv_read += (op.demand.kv + op.demand.state) * op.repeat;
    report.activations += op.demand.activations * op.repeat;
    report.ops.push_back({.name = op.name,
                          .family = std::string(ops::text_of(op.family)),
                          .repeat = op.repeat,
                          .time = c.time,
                          .launch = c.launch,
                          .bytes = op.demand.memory() * op.repeat,
                          .flops = op.demand.flops * op.repeat,
                          .bound = std::string(text_of(c.bound)),
                          .basis = std::string(ops::text_of(c.basis)),
                          .rows = c.rows});
  }
  report.causes.host = cost.host;
}

/// The cause that takes most of the step.
std::string bound_of(const StepCost& cost) {
  std::map<std::string, double> time;
  time["host"] = cost.host.base();
  for (const OpCost& op : cost.ops) {
    time["launch"] += op.launch.base();
    time[std::string(text_of(op.bound))] += (op.time - op.launch).base();
  }
  const auto largest = std::max_element(
      time.begin(), time.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return largest->first;
}

/// One line for each operator family and basis, largest share of the step first.
std::vector<BasisReport> basis_of(const Report& report, Seconds step) {
  std::vector<BasisReport> lines;
  for (const OpReport& op : report.ops) {
    const auto same = std::find_if(lines.begin(), lines.end(), [&](const BasisReport& line) {
      return line.what == op.family && line.level == op.basis;
    });
    const double share = op.time / step;
    if (same == lines.end()) {
      lines.push_back({op.family, op.basis, op.rows, share});
    } else {
      same->share += share;
      same->rows = std::max(same->rows, op.rows);
    }
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const BasisReport& a, const BasisReport& b) { return a.share > b.share; });
  return lines;
}

void fill_rate(Report& report, const ops::PoolCoefficients& pool, Seconds step, double level) {
  const LogInterval log = log_interval(residuals_for(pool, report.known_device), level);
  report.step = {
      .point = step, .lo = step * std::exp(log.lo), .hi = step * std::exp(log.hi), .level = level};
  const Tokens tokens = Tokens::of(report.batch);
  report.rate = {.point = tokens / report.step.point,
                 .lo = tokens / report.step.hi,
                 .hi = tokens / report.step.lo,
                 .level = level};
}

/// Whether "gemm.dram[device=a,format=b]" has the level "device=a" in full, not only as the start
/// of a longer name.
bool has_level(const std::string& parameter, const std::string& level) {
  const std::size_t at = parameter.find(level);
  if (at == std::string::npos || at == 0) return false;
  const char before = parameter[at - 1];
  const std::size_t end = at + level.size();
  const bool closed = end < parameter.size() && (parameter[end] == ']' || parameter[end] == ',');
  return closed && (before == '[' || before == ',');
}

}  // namespace

bool knows_device(const ops::PoolCoefficients& pool, const Request& request) {
  if (request.device_changed) return false;
  const std::string level = "device=" + request.device->id;
  return std::any_of(pool.parameters.begin(), pool.parameters.end(), [&](const auto& entry) {
    return entry.second.rows > 0.0 && has_level(entry.first, level);
  });
}

Pricing pricing_for(const Request& request, const Library& library) {
  const std::string& name = request.runtime->pool_of(*request.device);
  if (name.empty()) {
    throw Error("runtime '" + request.runtime->id + "' does not run on '" + request.device->id +
                "'");
  }
  const ops::PoolCoefficients* const pool = library.coefficients.find(name);
  if (pool == nullptr) {
    throw Error("no law file for pool '" + name + "' of runtime '" + request.runtime->id + "'");
  }
  return {.pool = pool, .links = library.coefficients.find(kLinkPool)};
}

Report predict(const Request& request, const Library& library, double level) {
  const Pricing pricing = pricing_for(request, library);
  const model::WeightAssignment weights =
      library.schemes.assign(request.scheme, *request.llm, library.formats);
  const StepLoads step = mean_step_loads(request, weights, library.formats);
  const StepCost cost = step_cost(step, pricing);

  Report report;
  report.model = request.llm->id;
  report.device = request.device->id;
  report.runtime = request.runtime->id;
  report.format = weights.name();
  report.format_approximate = weights.approximate;
  report.pool = pricing.pool->law.pool;
  report.batch = request.batch;
  report.context_start = request.context_start;
  report.gen_tokens = request.gen_tokens;
  report.ranks = request.ranks;
  report.threads = request.facts.threads;
  report.known_device = knows_device(*pricing.pool, request);
  fill_ops(report, step, cost);
  fill_rate(report, *pricing.pool, cost.time, level);
  if (request.context_start >= 1.0) {
    const StepLoads prompt =
        step_loads(request, weights, library.formats, request.context_start, 0.0);
    report.prefill = step_cost(prompt, pricing).time;
  }
  report.bandwidth = ops::engine_bandwidth(*request.device);
  report.share_of_peak = (report.weights_read + report.kv_read) / cost.time / report.bandwidth;
  report.memory = memory_fit(request, weights, library.formats);
  report.bound = bound_of(cost);
  report.basis = basis_of(report, cost.time);
  report.format_approximate = weights.approximate;
  report.check_command = check_command(request);
  return report;
}

}  // namespace foretoken::sim
