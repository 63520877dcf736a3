#include "calibrate/energy_row.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace foretoken::calibrate {
namespace {

/// Seconds of a mean step: over the window that power was read in, tokens came at this rate.
double mean_step(const ResolvedRow& row) {
  const auto& rate = row.row->tokens_per_second;
  return rate && *rate > 0.0 ? row.row->batch / *rate : row.seconds;
}

bool shares_every_step(std::string_view parallelism) {
  return parallelism.starts_with("tp") || parallelism.starts_with("ep");
}

sim::StepEnergyLoads loads_of(const ResolvedRow& row, double seconds, const FormatTable& formats) {
  const DecodeRow& measured = *row.row;
  const sim::Request request = mean_step_request(row);
  return sim::energy_loads(sim::mean_step_loads(request, *row.weights, formats), request,
                           std::max(measured.n_devices, 1.0), seconds,
                           sim::power_scope(measured.power_scope),
                           measured.parallelism.starts_with("ep") ? "ep" : "tp");
}

}  // namespace

sim::Request mean_step_request(const ResolvedRow& row) {
  const DecodeRow& measured = *row.row;
  sim::Request request = row.request;
  if (measured.prefill_tokens > 0.0 && measured.time_kind != TimeKind::Step) {
    request.prompts = sim::prompt_traffic(
        *request.runtime,
        request.batch * measured.prefill_tokens / std::max(measured.gen_tokens, 1.0),
        measured.prefill_tokens);
  }
  return request;
}

EnergyRow at_predicted_time(const EnergyRow& row, double seconds, const FormatTable& formats) {
  EnergyRow other = row;
  other.loads = loads_of(*row.row, seconds, formats);
  other.seconds = seconds;
  other.predicted_time = true;
  return other;
}

std::optional<EnergyRow> energy_row_of(const ResolvedRow& row, const FormatTable& formats) {
  const DecodeRow& measured = *row.row;
  const std::string scope = sim::power_scope(measured.power_scope);
  if (!(measured.power_watts || measured.joules_per_token) || scope.empty()) return std::nullopt;
  EnergyRow energy{.row = &row, .loads = {}, .seconds = mean_step(row), .joules = 0};
  energy.joules = measured.joules_per_token ? *measured.joules_per_token * measured.batch
                                            : *measured.power_watts * energy.seconds;
  energy.loads = loads_of(row, energy.seconds, formats);
  return energy;
}

bool energy_counts(const ResolvedRow& row) {
  // A server's power holds the prompts that it read; unsaid, they are an unknown part of it.
  if (row.row->time_kind != TimeKind::Step && !(row.row->prefill_tokens > 0.0)) return false;
  constexpr std::array<std::string_view, 2> kNoMatter{"combined-rate", "impossible"};
  if (!row.reject.empty()) return false;
  for (const std::string& label : labels_of(row.label)) {
    if (std::find(kNoMatter.begin(), kNoMatter.end(), label) != kNoMatter.end()) continue;
    if (label == "multi-device" && shares_every_step(row.row->parallelism)) continue;
    if (label == "doubtful" || label == "understated-energy") return false;
    if (label_kind(label) == LabelKind::Excluding) return false;
  }
  return true;
}

}  // namespace foretoken::calibrate
