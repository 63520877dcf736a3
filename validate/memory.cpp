#include "validate/memory.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/csv_table.h"
#include "base/error.h"
#include "calibrate/csv_cells.h"
#include "calibrate/memory_calibration.h"

namespace foretoken::validate {
namespace {

using calibrate::MemoryRow;

constexpr double kLevel = 0.9;

struct Scored {
  const MemoryRow* row = nullptr;
  sim::MemoryFit predicted;
};

double quantile(std::vector<double> sorted, double p) {
  std::sort(sorted.begin(), sorted.end());
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

MemoryGroup group_of(const std::string& name, const std::vector<const Scored*>& rows) {
  MemoryGroup group{.name = name, .rows = rows.size()};
  if (rows.empty()) return group;
  std::vector<double> errors;
  std::vector<double> logs;
  for (const Scored* scored : rows) {
    const double ratio = scored->predicted.total() / scored->row->measured;
    errors.push_back(std::abs(ratio - 1.0));
    logs.push_back(std::log(ratio));
    const Bytes measured = scored->row->measured;
    if (scored->predicted.total_lo <= measured && measured <= scored->predicted.total_hi) {
      group.coverage += 1.0 / static_cast<double>(rows.size());
    }
  }
  group.median_ape = quantile(errors, 0.5);
  group.p90_ape = quantile(errors, 0.9);
  group.bias = quantile(logs, 0.5);
  return group;
}

std::string key_of(const MemoryRow& row, const std::string& leave_out) {
  const sim::Request& request = row.row->request;
  return leave_out == "device" ? request.device->id : request.llm->id;
}

std::string line_of(const Scored& scored) {
  const MemoryRow& row = *scored.row;
  const sim::Request& r = row.row->request;
  const sim::MemoryFit& p = scored.predicted;
  const auto bytes = [](Bytes b) { return fmt::format("{:.0f}", b.base()); };
  return csv_line({row.row->row->row_id, row.row->row->source,
                   std::string(calibrate::text_of(row.kind)), r.device->id, r.runtime->id,
                   r.llm->id, r.scheme, bytes(row.measured), bytes(p.total()), bytes(p.total_lo),
                   bytes(p.total_hi), bytes(p.weights), bytes(p.kv), bytes(p.compute)});
}

/// Whether the runs of the data folders that did fit are said to.
void check_ran(const calibrate::Dataset& data, const sim::Library& library,
               const sim::MemoryLaw& law, MemoryCard& card) {
  std::set<std::string> seen;
  for (const auto& resolved : data.resolved) {
    const calibrate::DecodeRow& row = *resolved->row;
    if (!resolved->clean() || row.n_devices > 1.0) continue;
    sim::Request request = resolved->request;
    // Requests in flight beyond what fits wait: they say nothing of what a device holds. Those that
    // a server decodes are at all stages, so they hold their mean length.
    if (row.batch_kind != calibrate::BatchKind::Running) continue;
    const bool served = request.runtime->prefill_chunk > 0;
    if (served) request.gen_tokens /= 2.0;
    VerdictCheck& check = served ? card.served : card.ran;
    const sim::MemoryFit fit =
        sim::memory_fit(request, *resolved->weights, library.formats, law, kLevel);
    if (!fit.capacity) continue;
    ++check.runs;
    if (fit.total_lo <= *fit.capacity && *fit.capacity < fit.total_hi) ++check.near;
    if (fit.fits().value_or(true)) continue;
    const std::string what =
        fmt::format("{} / {} / {} / {}, batch {:.0f}, {:.0f} tokens", request.device->id,
                    request.llm->id, request.scheme, request.runtime->id, request.batch,
                    request.context_start + request.gen_tokens);
    if (!seen.insert(what).second) continue;
    check.wrong.push_back({row.row_id + ": " + what, fit.total().base(), fit.capacity->base()});
  }
}

/// Runs that are known not to have fitted, one device each.
void check_limits(const std::string& path, const sim::Library& library, const sim::MemoryLaw& law,
                  VerdictCheck& check) {
  const CsvTable table = CsvTable::read(path);
  for (const char* needed : {"device", "runtime", "model", "weight_format", "tokens"}) {
    table.column(needed);
  }
  std::vector<Fault> faults;
  calibrate::CsvCells cells(table, faults);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    cells.select(i);
    sim::Request request;
    request.device = library.devices.lookup(cells.text("device"));
    request.runtime = library.runtimes.lookup(cells.text("runtime"));
    request.llm = library.models.known(cells.text("model"));
    request.scheme = library.schemes.find(cells.text("weight_format"));
    request.gen_tokens = cells.positive("tokens").value_or(1.0);
    if (request.device == nullptr || request.runtime == nullptr || request.llm == nullptr ||
        request.scheme.empty()) {
      faults.push_back(table.fault(i, 0, "device, runtime, model or weight_format is not known"));
      continue;
    }
    const model::WeightAssignment weights =
        library.schemes.assign(request.scheme, *request.llm, library.formats);
    const sim::MemoryFit fit = sim::memory_fit(request, weights, library.formats, law, kLevel);
    if (!fit.capacity) continue;
    ++check.runs;
    if (fit.total_lo <= *fit.capacity && *fit.capacity < fit.total_hi) ++check.near;
    if (!fit.fits().value_or(false)) continue;
    check.wrong.push_back({fmt::format("{} / {} / {} / {}", request.device->id, request.llm->id,
                                       request.scheme, request.runtime->id),
                           fit.total().base(), fit.capacity->base()});
  }
  if (!faults.empty()) throw ConfigError(std::move(faults));
}

}  // namespace

MemoryCard validate_memory(const sim::Library& library,
                           const std::vector<std::string>& data_folders,
                           const std::string& leave_out) {
  if (leave_out != "model" && leave_out != "device") {
    throw Error("cannot leave out '" + leave_out + "' of memory; expected model or device");
  }
  const calibrate::Dataset data = calibrate::read_decode_dataset(library, data_folders);
  const calibrate::MemoryRows memory = calibrate::memory_rows(data, library, data_folders);
  MemoryCard card{.leave_out = leave_out};

  std::set<std::string> keys;
  for (const MemoryRow& row : memory.rows) keys.insert(key_of(row, leave_out));
  std::vector<Scored> scored;
  for (const std::string& key : keys) {
    std::vector<bool> takes_part;
    for (const MemoryRow& row : memory.rows) takes_part.push_back(key_of(row, leave_out) != key);
    const sim::MemoryLaw law = calibrate::fit_memory(memory.rows, takes_part);
    for (const MemoryRow& row : memory.rows) {
      if (key_of(row, leave_out) != key) continue;
      scored.push_back({&row, calibrate::predicted_memory(row, law, kLevel)});
    }
  }
  std::map<std::string, std::vector<const Scored*>> groups;
  std::vector<const Scored*> all;
  card.lines.push_back(
      csv_line({"row_id", "source", "kind", "device", "runtime", "model", "format",
                "measured_bytes", "predicted_bytes", "predicted_bytes_lo", "predicted_bytes_hi",
                "weights_bytes", "kv_bytes", "compute_bytes"}));
  for (const Scored& one : scored) {
    const std::string kind(calibrate::text_of(one.row->kind));
    groups[one.row->row->request.runtime->id + " (" + kind + ")"].push_back(&one);
    all.push_back(&one);
    card.lines.push_back(line_of(one));
  }
  card.all = group_of("all", all);
  for (const auto& [name, rows] : groups) card.groups.push_back(group_of(name, rows));
  std::stable_sort(card.groups.begin(), card.groups.end(),
                   [](const MemoryGroup& a, const MemoryGroup& b) { return a.rows > b.rows; });

  std::map<std::string, std::size_t> reasons;
  for (const calibrate::UnusedMemoryRow& row : memory.unused) ++reasons[row.reason];
  for (const auto& [reason, rows] : reasons) card.unused.push_back({reason, rows});
  std::stable_sort(card.unused.begin(), card.unused.end(),
                   [](const UnusedMemory& a, const UnusedMemory& b) { return a.rows > b.rows; });

  const sim::MemoryLaw law =
      calibrate::fit_memory(memory.rows, std::vector<bool>(memory.rows.size(), true));
  check_ran(data, library, law, card);
  for (const std::string& folder : data_folders) {
    const std::string path = folder + "/measurements/memory_limits.csv";
    if (std::filesystem::exists(path)) check_limits(path, library, law, card.did_not);
  }
  return card;
}

}  // namespace foretoken::validate
