#include "app/rows_csv.h"

#include <cmath>

#include <fmt/format.h>

#include "base/csv_table.h"

namespace foretoken::app {
namespace {

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{:.6g}", value) : "";
}

}  // namespace

std::string rows_csv(const validate::Scorecard& card) {
  std::string text = csv_line({"row_id", "fold", "pool", "device", "runtime", "what", "arch_class",
                               "format", "source", "label", "clean", "fitted", "batch", "context",
                               "measured_s", "predicted_s", "error", "below", "half_width_ln"});
  for (const validate::RowLine& row : card.lines) {
    text +=
        csv_line({row.row_id, row.fold, row.pool, row.device, row.runtime, row.what, row.arch_class,
                  row.format, row.source, row.label, row.clean ? "1" : "0", row.fitted ? "1" : "0",
                  number(row.batch), number(row.context), number(row.measured),
                  number(row.predicted), number(row.predicted / row.measured - 1.0),
                  number(row.below), number(row.ln_width / 2.0)});
  }
  return text;
}

}  // namespace foretoken::app
