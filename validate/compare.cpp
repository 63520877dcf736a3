#include "validate/compare.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "calibrate/folds.h"
#include "calibrate/priced_row.h"
#include "sim/predict.h"
#include "validate/run_hints.h"

namespace foretoken::validate {
namespace {

using calibrate::DecodeRow;
using calibrate::KernelRow;

std::string threads_text(int threads) {
  return threads > 0 ? fmt::format(", {} thread{}", threads, threads == 1 ? "" : "s") : "";
}

std::string what_of(const DecodeRow& row, const sim::Request& request) {
  std::string text = fmt::format("{} {}", request.llm->id, request.scheme);
  if (row.context_start > 0) text += fmt::format(", {:.0f} tokens before", row.context_start);
  if (row.batch > 1) text += fmt::format(", batch {:.0f}", row.batch);
  if (!row.kv_format.empty() && row.kv_format != "F16" && row.kv_format != "f16") {
    text += ", kv " + row.kv_format;
  }
  if (row.flash_attention) text += *row.flash_attention ? ", fa on" : ", fa off";
  return text + threads_text(row.threads);
}

std::string what_of(const KernelRow& row) {
  std::vector<std::string> parts;
  const auto size = [&](const char* name, double value) {
    if (value > 0) parts.push_back(fmt::format("{} {:.0f}", name, value));
  };
  size("m", row.m);
  size("n", row.n);
  size("k", row.k);
  if (!row.weight_format.empty()) parts.push_back(row.weight_format);
  if (row.experts > 0) {
    parts.push_back(fmt::format("{:.0f} of {:.0f} experts", row.experts_active, row.experts));
  }
  if (row.heads_q > 0) {
    parts.push_back(
        fmt::format("heads {:.0f}/{:.0f} of {:.0f}", row.heads_q, row.heads_kv, row.head_dim));
  }
  size("kv", row.kv_len);
  if (!row.kv_format.empty()) parts.push_back(row.kv_format);
  if (parts.empty() && row.bytes) parts.push_back(fmt::format("{:.3g} MB", *row.bytes / 1e6));
  return fmt::format("{}", fmt::join(parts, ", ")) + threads_text(row.threads);
}

void add_step(const calibrate::Stored<DecodeRow>& stored, calibrate::Resolver& resolver,
              const sim::Library& library, const model::WeightAssignment* file_weights,
              Comparison& result) {
  const DecodeRow& row = stored.row;
  calibrate::ResolvedRow resolved = resolver.resolve(row);
  if (!resolved.reject.empty()) {
    result.not_compared.push_back({row.row_id, resolved.reject});
    return;
  }
  resolved.request.facts.source.clear();  // a prediction has none
  if (file_weights != nullptr) {
    resolved.request.weights = file_weights;
    resolved.request.weight_bytes.reset();
  }
  ComparedStep step{.what = what_of(row, resolved.request),
                    .row_id = row.row_id,
                    .label = resolved.label,
                    .counts = resolved.clean(),
                    .measured = resolved.request.batch / resolved.seconds,
                    .report = sim::predict(resolved.request, library),
                    .build_said = row.build_year.has_value(),
                    .flash_off = !row.flash_attention.value_or(true),
                    .when = stored.from.measured};
  result.steps.push_back(std::move(step));
}

void add_kernel(const KernelRow& row, const sim::Library& library, Comparison& result) {
  const calibrate::ResolvedKernel resolved = calibrate::resolve_kernel(library, row);
  if (!resolved.reject.empty()) {
    result.not_compared.push_back({row.row_id, resolved.reject});
    return;
  }
  const calibrate::PricedKernel priced = calibrate::price_kernel(resolved, library.coefficients);
  const sim::LogInterval interval = sim::log_interval(priced.doubt, sim::kIntervalLevel);
  result.kernels.push_back({.op = row.op,
                            .what = what_of(row),
                            .row_id = row.row_id,
                            .device = resolved.device->id,
                            .runtime = row.runtime,
                            .label = resolved.label,
                            .counts = resolved.clean(),
                            .measured = Seconds::of(row.latency_seconds),
                            .predicted = {.point = priced.time,
                                          .lo = priced.time * std::exp(interval.lo),
                                          .hi = priced.time * std::exp(interval.hi),
                                          .level = sim::kIntervalLevel},
                            .bound = std::string(sim::text_of(priced.bound))});
}

}  // namespace

Comparison compare(const sim::Library& library, const calibrate::RowStore& rows,
                   const model::WeightAssignment* file_weights) {
  Comparison result;
  calibrate::Resolver resolver(library);
  for (const auto& row : rows.decode) add_step(row, resolver, library, file_weights, result);
  for (const auto& row : rows.kernels) add_kernel(row.row, library, result);
  return result;
}

Verdict verdict_of(const Comparison& comparison, const sim::Library& library) {
  Verdict verdict;
  std::vector<double> ratios;
  const auto count = [&](const auto& test) {
    if (!test.counts) return;
    ratios.push_back(test.ratio());
    if (!test.inside()) ++verdict.outside;
  };
  for (const ComparedStep& step : comparison.steps) count(step);
  // Operators speak where no step does; beside steps they are the detail.
  if (ratios.empty()) {
    for (const ComparedKernel& kernel : comparison.kernels) count(kernel);
  }
  verdict.counted = ratios.size();
  if (!ratios.empty()) {
    std::sort(ratios.begin(), ratios.end());
    verdict.ratio = 0.5 * (ratios[(ratios.size() - 1) / 2] + ratios[ratios.size() / 2]);
    verdict.least_ratio = ratios.front();
    verdict.largest_ratio = ratios.back();
    constexpr std::size_t kOneIn = 10;
    verdict.inside = verdict.outside * kOneIn <= verdict.counted;
  }
  verdict.hints = hints_of(comparison, verdict, library);
  return verdict;
}

}  // namespace foretoken::validate
