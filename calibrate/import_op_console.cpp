#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "calibrate/import_readers.h"

namespace foretoken::calibrate {
namespace {

/// The line without its colour codes: ESC [ ... letter.
std::string plain(std::string_view line) {
  std::string text;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] != '\x1b') {
      text += line[at];
      continue;
    }
    if (at + 1 < line.size() && line[at + 1] == '[') {
      ++at;
      while (at + 1 < line.size() && (line[at + 1] < '@' || line[at + 1] > '~')) ++at;
      ++at;
    }
  }
  return text;
}

bool is_op_name(std::string_view name) {
  return !name.empty() &&
         name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string_view::npos;
}

/// "Backend 1/1: CUDA0" -> CUDA0.
std::string backend_in(std::string_view line) {
  if (!line.starts_with("Backend ")) return {};
  const std::size_t colon = line.find(": ");
  const std::size_t slash = line.find('/');
  if (colon == std::string_view::npos || slash == std::string_view::npos || slash > colon) {
    return {};
  }
  return std::string(trimmed(line.substr(colon + 2)));
}

/// "  414 runs -  2444.52 us/run - 117.44 MFLOP/run - 48.04 GFLOPS", or kB/run and GB/s.
void read_figures(std::string_view text, ForeignRecord& record) {
  const std::size_t runs = text.find(" runs - ");
  const std::size_t unit = text.find(" us/run");
  constexpr std::size_t kRuns = 8;
  const bool both = runs != std::string_view::npos && unit != std::string_view::npos;
  if (!both || unit < runs + kRuns) {
    record.stop("expected 'N runs - X us/run' after the operator; found " +
                in_quotes(trimmed(text)));
  }
  const std::string_view time = trimmed(text.substr(runs + kRuns, unit - runs - kRuns));
  if (!number_in(time))
    record.stop("expected microseconds before 'us/run'; found " + in_quotes(time));
  record.cells["n_runs"] = std::string(trimmed(text.substr(0, runs)));
  record.cells["time_us"] = std::string(time);
  // The rate ends the line: without it the line is cut, perhaps inside the time of a later one.
  const std::string_view rest = text.substr(unit);
  if (!rest.ends_with("FLOPS") && !rest.ends_with("B/s")) {
    record.stop("expected a rate like '48.04 GFLOPS' or '30.1 GB/s' at the end; is the file cut?");
  }
  const std::size_t bytes = rest.find(" kB/run");
  if (const std::size_t dash = rest.find(" - ");
      bytes != std::string_view::npos && dash != std::string_view::npos && dash + 3 < bytes) {
    const std::string_view kibibytes = trimmed(rest.substr(dash + 3, bytes - dash - 3));
    if (number_in(kibibytes)) record.cells["memory_kb"] = std::string(kibibytes);
  }
}

}  // namespace

std::vector<ForeignRecord> records_of_op_console(std::string_view text, const std::string& file) {
  std::vector<ForeignRecord> records;
  RecordBudget budget;
  std::string backend;
  std::string device;
  int number = 0;
  for (const std::string_view coloured : lines_of(text)) {
    ++number;
    const std::string whole = plain(coloured);
    const std::string_view line = trimmed(whole);
    if (const std::string found = backend_in(line); !found.empty()) {
      backend = found;
      device.clear();
      continue;
    }
    constexpr std::string_view kDevice = "Device description:";
    if (line.starts_with(kDevice)) device = std::string(trimmed(line.substr(kDevice.size())));
    const std::size_t open = line.find('(');
    if (open == std::string_view::npos || !is_op_name(line.substr(0, open))) continue;
    ForeignRecord record{.file = file, .line = number, .cells = {}};
    const std::size_t close = line.find("):", open);
    if (close == std::string_view::npos) {
      record.stop("expected '):' after the parameters of the operator; is the file cut?");
    }
    record.cells["op_name"] = std::string(line.substr(0, open));
    record.cells["op_params"] = std::string(line.substr(open + 1, close - open - 1));
    record.cells["backend_name"] = backend;
    record.cells["device_description"] = device;
    const std::string_view figures = trimmed(line.substr(close + 2));
    if (figures.starts_with("not supported")) {
      record.cells["supported"] = "0";
    } else {
      read_figures(figures, record);
    }
    budget.add(record);
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace foretoken::calibrate
