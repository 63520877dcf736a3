#include "calibrate/row_model.h"

#include <cmath>

#include <ceres/jet.h>

#include "ops/energy.h"

namespace foretoken::calibrate {
namespace {

using Jet = ceres::Jet<double, kLawInputs>;

/// Values of the row's coefficients at these parameters.
std::vector<double> coefficient_values(const FitRow& row, const std::vector<double>& parameters) {
  std::vector<double> values;
  values.reserve(row.coefficients.size());
  for (const FitCoefficient& coefficient : row.coefficients) {
    double ln = coefficient.ln_prior;
    for (const auto& [index, weight] : coefficient.terms) {
      ln += weight * parameters[static_cast<std::size_t>(index)];
    }
    values.push_back(std::exp(ln));
  }
  return values;
}

/// The law's coefficients for one operator; `make(value, input)` lifts a value to the number type.
template <typename T, typename Make>
ops::LawCoefficients<T> law_of(const FitOp& op, const std::vector<double>& values,
                               const Make& make) {
  const auto value = [&](LawInput input, double absent) {
    const auto slot = static_cast<std::size_t>(input);
    const int index = op.input[slot];
    return index < 0 ? T(absent) : make(values[static_cast<std::size_t>(index)], slot);
  };
  ops::LawCoefficients<T> law;
  law.launch = value(LawInput::Launch, 0.0);
  law.ramp = value(LawInput::Ramp, 0.0);
  law.dram = value(LawInput::Dram, 1.0);
  law.llc = value(LawInput::Llc, 1.0);
  law.core = value(LawInput::Core, 1.0);
  law.serial = value(LawInput::Serial, 0.0);
  law.flop = value(LawInput::Flop, 1.0);
  law.link = value(LawInput::Link, 1.0);
  law.sharpness = value(LawInput::Sharpness, 4.0);
  law.has_ramp = op.input[static_cast<std::size_t>(LawInput::Ramp)] >= 0;
  law.has_core = op.input[static_cast<std::size_t>(LawInput::Core)] >= 0;
  law.has_serial = op.input[static_cast<std::size_t>(LawInput::Serial)] >= 0;
  return law;
}

}  // namespace

double ln_predicted(const FitRow& row, const std::vector<double>& parameters,
                    std::vector<double>* gradient) {
  const std::vector<double> values = coefficient_values(row, parameters);
  const auto value = [&](int index) {
    return index < 0 ? 0.0 : values[static_cast<std::size_t>(index)];
  };
  const double host = value(row.host);
  const double each = row.sequences * value(row.sequence);
  const double issue = row.launches * value(row.issue);
  const double scale = row.scale < 0 ? 1.0 : value(row.scale);
  const double cap = row.cap_amount * value(row.cap);
  double device = 0.0;
  if (gradient == nullptr) {
    for (const FitOp& op : row.ops) {
      const auto law = law_of<double>(op, values, [](double v, std::size_t) { return v; });
      device += op.repeat * ops::op_time(op.load, law).base();
    }
    return std::log(scale) +
           ops::capped_energy(ops::queued_time(device, issue) + host + each, cap).ln_joules;
  }
  gradient->assign(values.size(), 0.0);
  for (const FitOp& op : row.ops) {
    const auto law = law_of<Jet>(
        op, values, [](double v, std::size_t slot) { return Jet(v, static_cast<int>(slot)); });
    const Jet time = ops::op_time(op.load, law).base();
    device += op.repeat * time.a;
    for (std::size_t slot = 0; slot < kLawInputs; ++slot) {
      if (op.input[slot] < 0) continue;
      const auto index = static_cast<std::size_t>(op.input[slot]);
      (*gradient)[index] += op.repeat * time.v[static_cast<Eigen::Index>(slot)] * values[index];
    }
  }
  const double queued = ops::queued_time(device, issue);
  const double total = queued + host + each;
  // d queued / d device = (device / queued)^(p-1), and the same for the host's part.
  const double by_device = std::pow(device / queued, ops::kQueueSharpness - 1.0);
  for (double& derivative : *gradient) derivative *= by_device / total;
  if (row.issue >= 0 && issue > 0.0) {
    const double by_issue = std::pow(issue / queued, ops::kQueueSharpness - 1.0);
    (*gradient)[static_cast<std::size_t>(row.issue)] += by_issue * issue / total;
  }
  if (row.host >= 0) (*gradient)[static_cast<std::size_t>(row.host)] += host / total;
  if (row.sequence >= 0) (*gradient)[static_cast<std::size_t>(row.sequence)] += each / total;
  const ops::CappedEnergy capped = ops::capped_energy(total, cap);
  if (row.cap >= 0) {
    for (double& derivative : *gradient) derivative *= capped.by_energy;
    (*gradient)[static_cast<std::size_t>(row.cap)] += 1.0 - capped.by_energy;
  }
  if (row.scale >= 0) (*gradient)[static_cast<std::size_t>(row.scale)] += 1.0;
  return std::log(scale) + capped.ln_joules;
}

}  // namespace foretoken::calibrate
