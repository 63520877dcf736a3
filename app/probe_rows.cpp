#include "app/probe_rows.h"

#include <fmt/format.h>

#include "app/version.h"
#include "base/csv_table.h"
#include "base/hash.h"
#include "calibrate/labels.h"
#include "calibrate/row_columns.h"

namespace foretoken::app {
namespace {

/// A runtime's own matrix product is called as importers call it.
const char* op_of(probe::Kernel kernel, bool of_runtime) {
  switch (kernel) {
    case probe::Kernel::Read:
      return "read";
    case probe::Kernel::Copy:
      return "copy";
    case probe::Kernel::Gemv:
      return of_runtime ? "gemm" : "gemv";
    case probe::Kernel::Attention:
      return "attention";
    case probe::Kernel::Launch:
      return "launch";
  }
  return "";
}

std::string notes_of(const probe::Sample& sample) {
  std::string notes = fmt::format("spread {:.4f};repeats {}", sample.spread, sample.repeats);
  if (sample.clock_hertz > 0.0) notes += fmt::format(";clock {:.4g}", sample.clock_hertz);
  if (sample.watts > 0.0) notes += fmt::format(";watts {:.4g}", sample.watts);
  notes += fmt::format(";error {:.2g}", sample.error);
  return notes;
}

calibrate::KernelRow row_of(const probe::Sample& sample, const Probed& probed) {
  calibrate::KernelRow row;
  row.source = "foretoken-probe";
  row.device = probed.device;
  const bool of_runtime = !probed.findings.runtime.empty();
  row.runtime = of_runtime ? probed.findings.runtime : "foretoken-probe";
  row.runtime_version = of_runtime ? probed.findings.driver : version();
  row.kernel = sample.name;
  row.op = op_of(sample.kernel, of_runtime);
  row.weight_format = sample.weight_format;
  row.activation_format = sample.activation_format;
  row.kv_format = sample.kv_format;
  row.m = sample.m;
  row.n = sample.n;
  row.k = sample.k;
  row.batch = sample.kernel == probe::Kernel::Attention ? 1 : 0;
  row.heads_q = sample.heads_q;
  row.heads_kv = sample.heads_kv;
  row.head_dim = sample.head_dim;
  row.kv_len = sample.kv_len;
  row.threads = sample.threads;
  row.latency_seconds = sample.seconds;
  if (sample.bytes > 0.0) row.bytes = sample.bytes;
  if (sample.footprint > 0.0 && probed.last_level_bytes > 0.0) {
    row.footprint_over_llc = sample.footprint / probed.last_level_bytes;
  }
  const bool operands =
      sample.kernel == probe::Kernel::Gemv || sample.kernel == probe::Kernel::Attention;
  if (operands && row.footprint_over_llc.value_or(1.0) < 1.0) {
    calibrate::add_label(row.label, "cache");
  }
  if (sample.prefetched) calibrate::add_label(row.label, "prefetched");
  if (sample.noisy) calibrate::add_label(row.label, "noisy");
  row.notes = notes_of(sample);
  return row;
}

}  // namespace

std::vector<calibrate::Stored<calibrate::KernelRow>> probe_rows(const Probed& probed,
                                                                const std::string& time) {
  constexpr std::size_t kDay = 10;  // of "2026-08-31T..."
  std::vector<calibrate::Stored<calibrate::KernelRow>> rows;
  for (const probe::Sample& sample : probed.findings.samples) {
    calibrate::KernelRow row = row_of(sample, probed);
    const std::string content = csv_line(calibrate::csv_cells(row)) + time;
    row.row_id = "probe-" + hash_text(fnv1a(content));
    const std::string& driver = probed.findings.driver;
    calibrate::Provenance from{.file = {},
                               .hash = {},
                               .tool = "foretoken probe " + probed.findings.backend,
                               .build = driver.empty() ? std::string(version()) : driver,
                               .measured = time,
                               .imported = time.substr(0, kDay)};
    rows.push_back({.row = std::move(row), .from = std::move(from)});
  }
  return rows;
}

}  // namespace foretoken::app
