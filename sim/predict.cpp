#include "sim/predict.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.h"
#include "ops/load.h"
#include "sim/check_command.h"
#include "sim/interval.h"
#include "sim/step_draws.h"

namespace foretoken::sim {
namespace {

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

/// One line for each operator family and basis, and one for the host, largest share of the step
/// first.
std::vector<BasisReport> basis_of(const Report& report, const StepCost& cost) {
  const Seconds step = cost.time;
  std::vector<BasisReport> lines;
  if (cost.host > Seconds{}) {
    lines.push_back(
        {"host", std::string(ops::text_of(cost.host_basis)), cost.host_rows, cost.host / step});
  }
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

void fill_rate(Report& report, const Doubt& doubt, Seconds step, double level) {
  const LogInterval log = log_interval(doubt, level);
  report.step = {
      .point = step, .lo = step * std::exp(log.lo), .hi = step * std::exp(log.hi), .level = level};
  const Tokens tokens = Tokens::of(report.batch);
  report.rate = {.point = tokens / report.step.point,
                 .lo = tokens / report.step.hi,
                 .hi = tokens / report.step.lo,
                 .level = level};
}

}  // namespace

ops::DeviceRows rows_of_device(const ops::PoolCoefficients& pool, const std::string& device,
                               bool changed) {
  if (changed) return {};
  const auto found = pool.uncertainty.devices.find(device);
  return found == pool.uncertainty.devices.end() ? ops::DeviceRows{} : found->second;
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
      request.weights != nullptr
          ? *request.weights
          : library.schemes.assign(request.scheme, *request.llm, library.formats);
  const StepLoads step = mean_step_loads(request, weights, library.formats);
  const StepCost cost = step_cost(step, pricing);

  Report report;
  report.model = request.llm->id;
  report.device = request.device->id;
  report.runtime = request.runtime->id;
  report.format = weights.name();
  report.weight_file = weights.file;
  report.format_approximate = weights.approximate;
  report.pool = pricing.pool->law.pool;
  report.batch = request.batch;
  report.context_start = request.context_start;
  report.gen_tokens = request.gen_tokens;
  report.ranks = request.ranks;
  report.threads = request.facts.threads;
  const ops::DeviceRows known =
      rows_of_device(*pricing.pool, request.device->id, request.device_changed);
  report.known_device = known.steps + known.kernels > 0.0;
  report.device_rows = known.steps;
  fill_ops(report, step, cost);
  const Doubt doubt = step_doubt(step, pricing, cost, known.steps > 0.0);
  const auto* const joules = library.coefficients.find(kEnergyPool);
  if (joules == nullptr && request.power_limit) throw Error("no energy law, so no power limit");
  const Seconds time =
      joules == nullptr ? cost.time : held_to_limit(step, request, cost.time, *joules);
  fill_rate(report, doubt, time, level);
  if (joules != nullptr) {
    report.energy = predict_energy(step, request, time, doubt, *joules, level);
    report.sustained = sustained_rate(step, request, time, doubt, *joules, level);
    report.charge = charge_of(request, time, *report.energy, report.sustained);
  }
  if (request.context_start >= 1.0) {
    const StepLoads prompt =
        step_loads(request, weights, library.formats, request.context_start, 0.0);
    report.prefill = step_cost(prompt, pricing).time;
  }
  report.bandwidth = ops::engine_bandwidth(*request.device);
  report.share_of_peak = (report.weights_read + report.kv_read) / time / report.bandwidth;
  report.memory = memory_fit(request, weights, library.formats, library.memory, level);
  report.bound = time > cost.time ? "power" : bound_of(cost);
  report.basis = basis_of(report, cost);
  report.format_approximate = weights.approximate;
  report.check_command = check_command(request);
  return report;
}

}  // namespace foretoken::sim
