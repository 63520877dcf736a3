#include "calibrate/row_columns.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

#include <fmt/format.h>

#include "base/year.h"
#include "calibrate/build_date.h"
#include "calibrate/import_record.h"

namespace foretoken::calibrate {
namespace {

constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

constexpr std::array<const char*, 3> kBatchKinds{"running", "in-flight", "waves"};
constexpr std::array<const char*, 3> kTimeKinds{"step", "mean", "median"};

template <typename Row, std::string Row::*Member>
RowColumn<Row> text(const char* name, bool later = false) {
  return {.name = name,
          .csv_name = name,
          .unit = "",
          .csv_unit = 1,
          .optional = false,
          .zero_is_empty = false,
          .later = later,
          .get_text = [](const Row& row) { return row.*Member; },
          .set_text = [](Row& row, const std::string& value) { row.*Member = value; },
          .get = nullptr,
          .set = nullptr};
}

template <auto Member, std::size_t Words>
RowColumn<DecodeRow> word(const char* name, const std::array<const char*, Words>& words) {
  static const std::array<const char*, Words>* const kWords = &words;
  return {.name = name,
          .csv_name = name,
          .unit = "",
          .csv_unit = 1,
          .optional = false,
          .zero_is_empty = false,
          .later = false,
          .get_text =
              [](const DecodeRow& row) {
                return std::string((*kWords)[static_cast<std::size_t>(row.*Member)]);
              },
          .set_text =
              [](DecodeRow& row, const std::string& value) {
                for (std::size_t i = 0; i < Words; ++i) {
                  using Kind = std::remove_reference_t<decltype(row.*Member)>;
                  if (value == (*kWords)[i]) row.*Member = static_cast<Kind>(i);
                }
              },
          .get = nullptr,
          .set = nullptr};
}

struct Form {
  const char* unit = "";
  const char* csv_name = nullptr;
  double csv_unit = 1;
  bool zero_is_empty = false;
  bool later = false;
};

template <typename Row, auto Member>
RowColumn<Row> number(const char* name, Form form = {}) {
  return {.name = name,
          .csv_name = form.csv_name == nullptr ? name : form.csv_name,
          .unit = form.unit,
          .csv_unit = form.csv_unit,
          .optional = false,
          .zero_is_empty = form.zero_is_empty,
          .later = form.later,
          .get_text = nullptr,
          .set_text = nullptr,
          .get = [](const Row& row) { return static_cast<double>(row.*Member); },
          .set =
              [](Row& row, double value) {
                using Value = std::remove_reference_t<decltype(row.*Member)>;
                constexpr double kMostCounted = 1e6;  // a wide figure does not fit a count
                if constexpr (std::is_integral_v<Value>) value = std::min(value, kMostCounted);
                row.*Member = static_cast<Value>(value);
              }};
}

template <typename Row, auto Member>
RowColumn<Row> maybe(const char* name, Form form = {}) {
  return {.name = name,
          .csv_name = form.csv_name == nullptr ? name : form.csv_name,
          .unit = form.unit,
          .csv_unit = form.csv_unit,
          .optional = true,
          .zero_is_empty = false,
          .later = form.later,
          .get_text = nullptr,
          .set_text = nullptr,
          .get =
              [](const Row& row) {
                return (row.*Member) ? static_cast<double>(*(row.*Member)) : kAbsent;
              },
          .set =
              [](Row& row, double value) {
                using Value = typename std::remove_reference_t<decltype(row.*Member)>::value_type;
                row.*Member = std::isnan(value) ? std::nullopt
                                                : std::optional<Value>(static_cast<Value>(value));
              }};
}

/// Text that gives `value` when it is read and multiplied by `unit`: the shortest there is.
std::string number_text(double value, double unit) {
  if (std::isnan(value)) return {};
  if (unit == 1.0) return fmt::format("{}", value);
  const double near = value / unit;
  for (const int digits : {15, 16, 17}) {
    std::string text = fmt::format("{:.{}g}", near, digits);
    if (number_in(text).value_or(0.0) * unit == value) return text;
  }
  double below = near;
  double above = near;
  constexpr int kSteps = 8;
  for (int step = 0; step < kSteps; ++step) {
    below = std::nextafter(below, -kInfinity);
    above = std::nextafter(above, kInfinity);
    for (const double other : {below, above}) {
      if (other * unit == value) return fmt::format("{}", other);
    }
  }
  return fmt::format("{}", near);
}

/// The month of a build; empty where reading finds it from the version again.
std::string build_text(const DecodeRow& row) {
  if (!row.build_year) return {};
  if (build_year_of(row.runtime, row.runtime_version) == row.build_year) return {};
  return month_of(*row.build_year);
}

template <typename Row>
std::string cell_of(const RowColumn<Row>& column, const Row& row) {
  if (column.get_text != nullptr) return column.get_text(row);
  const double value = column.get(row);
  if (column.zero_is_empty && value == 0.0) return {};
  return number_text(value, column.csv_unit);
}

constexpr std::string_view kBuildColumn = "build_date";

}  // namespace

std::span<const RowColumn<DecodeRow>> decode_columns() {
  using R = DecodeRow;
  static const std::array kColumns{
      text<R, &R::row_id>("row_id"),
      text<R, &R::source>("source"),
      text<R, &R::device>("device"),
      text<R, &R::device_class>("device_class"),
      number<R, &R::n_devices>("n_devices"),
      text<R, &R::parallelism>("parallelism"),
      text<R, &R::runtime>("runtime"),
      text<R, &R::runtime_version>("runtime_version"),
      maybe<R, &R::build_year>("build_year", {.unit = "year", .csv_name = "build_date"}),
      number<R, &R::threads>("threads", {.zero_is_empty = true}),
      text<R, &R::model>("model"),
      text<R, &R::weight_format>("weight_format"),
      maybe<R, &R::weight_bytes>("weight_bytes", {.unit = "B"}),
      text<R, &R::kv_format>("kv_format"),
      number<R, &R::batch>("batch"),
      word<&R::batch_kind>("batch_kind", kBatchKinds),
      number<R, &R::context_start>("context_start", {.unit = "token"}),
      number<R, &R::gen_tokens>("gen_tokens", {.unit = "token"}),
      maybe<R, &R::tokens_per_second>("tokens_per_second",
                                      {.unit = "token/s", .csv_name = "decode_tok_s"}),
      maybe<R, &R::seconds_per_token>("seconds_per_token",
                                      {.unit = "s", .csv_name = "tpot_ms", .csv_unit = 1e-3}),
      word<&R::time_kind>("tpot_kind", kTimeKinds),
      number<R, &R::prefill_tokens>("prefill_tokens", {.unit = "token"}),
      maybe<R, &R::memory_bytes>("memory_bytes", {.unit = "B"}),
      maybe<R, &R::power_watts>("power_watts", {.unit = "W", .csv_name = "power_w", .later = true}),
      text<R, &R::power_scope>("power_scope", true),
      maybe<R, &R::joules_per_token>("joules_per_token",
                                     {.unit = "J", .csv_name = "energy_j_per_tok", .later = true}),
      maybe<R, &R::flash_attention>("flash_attention"),
      text<R, &R::label>("label"),
      text<R, &R::notes>("notes"),
  };
  return kColumns;
}

std::span<const RowColumn<KernelRow>> kernel_columns() {
  using R = KernelRow;
  constexpr Form kCount{.zero_is_empty = true};
  static const std::array kColumns{
      text<R, &R::row_id>("row_id"),
      text<R, &R::source>("source"),
      text<R, &R::device>("device"),
      text<R, &R::runtime>("runtime"),
      text<R, &R::runtime_version>("runtime_version"),
      text<R, &R::kernel>("kernel"),
      text<R, &R::op>("op"),
      text<R, &R::weight_format>("weight_format"),
      text<R, &R::activation_format>("activation_format"),
      text<R, &R::kv_format>("kv_format"),
      number<R, &R::m>("m", kCount),
      number<R, &R::n>("n", kCount),
      number<R, &R::k>("k", kCount),
      number<R, &R::batch>("batch", kCount),
      number<R, &R::heads_q>("heads_q", kCount),
      number<R, &R::heads_kv>("heads_kv", kCount),
      number<R, &R::head_dim>("head_dim", kCount),
      number<R, &R::kv_len>("kv_len", kCount),
      number<R, &R::experts>("experts", kCount),
      number<R, &R::experts_active>("experts_active", kCount),
      number<R, &R::threads>("threads", {.zero_is_empty = true, .later = true}),
      number<R, &R::tp>("tp"),
      number<R, &R::ep>("ep"),
      text<R, &R::routing>("routing"),
      number<R, &R::latency_seconds>("latency_seconds",
                                     {.unit = "s", .csv_name = "latency_us", .csv_unit = 1e-6}),
      maybe<R, &R::bytes>("bytes", {.unit = "B"}),
      maybe<R, &R::footprint_over_llc>("footprint_over_llc"),
      text<R, &R::label>("label"),
      text<R, &R::notes>("notes"),
  };
  return kColumns;
}

std::span<const ProvenanceColumn> provenance_columns() {
  static constexpr std::array<ProvenanceColumn, 6> kColumns{{
      {"import_file", &Provenance::file},
      {"import_hash", &Provenance::hash},
      {"import_tool", &Provenance::tool},
      {"import_build", &Provenance::build},
      {"import_measured", &Provenance::measured},
      {"import_date", &Provenance::imported},
  }};
  return kColumns;
}

template <>
std::vector<std::string> csv_cells(const DecodeRow& row) {
  std::vector<std::string> cells;
  for (const auto& column : decode_columns()) {
    cells.push_back(column.csv_name == kBuildColumn ? build_text(row) : cell_of(column, row));
  }
  return cells;
}

template <>
std::vector<std::string> csv_cells(const KernelRow& row) {
  std::vector<std::string> cells;
  for (const auto& column : kernel_columns()) cells.push_back(cell_of(column, row));
  return cells;
}

template <typename Row>
bool is_known_column(std::string_view name) {
  const auto columns = columns_of<Row>();
  const auto provenance = provenance_columns();
  return name == "arch_id" ||
         std::any_of(columns.begin(), columns.end(),
                     [&](const RowColumn<Row>& column) { return column.csv_name == name; }) ||
         std::any_of(provenance.begin(), provenance.end(),
                     [&](const ProvenanceColumn& column) { return column.name == name; });
}
template bool is_known_column<DecodeRow>(std::string_view);
template bool is_known_column<KernelRow>(std::string_view);

}  // namespace foretoken::calibrate
