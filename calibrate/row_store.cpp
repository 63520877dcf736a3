#include "calibrate/row_store.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/csv_table.h"
#include "base/error.h"
#include "base/h5_file.h"
#include "calibrate/import_record.h"
#include "calibrate/row_columns.h"
#include "calibrate/row_notes.h"

namespace foretoken::calibrate {
namespace {

constexpr std::string_view kKind = "foretoken rows";
constexpr std::string_view kVersion = "1";
// A column of texts is as wide as its longest: few long ones in many rows would fill memory.
constexpr std::size_t kMostTextBytes = std::size_t{256} << 20U;

template <typename Row>
void write_group(H5Writer& writer, const std::string& group, const std::vector<Stored<Row>>& rows,
                 std::size_t& text_bytes) {
  const auto texts = [&](const char* name, auto&& get) {
    std::vector<std::string> values;
    std::size_t widest = 1;
    for (const Stored<Row>& row : rows) {
      values.push_back(get(row));
      widest = std::max(widest, values.back().size());
    }
    text_bytes += widest * rows.size();
    if (text_bytes > kMostTextBytes) {
      throw Error(
          fmt::format("the texts of {} rows take more than {} bytes", rows.size(), kMostTextBytes));
    }
    writer.texts(group + "/" + name, values);
  };
  for (const auto& column : columns_of<Row>()) {
    if (column.get_text != nullptr) {
      texts(column.name, [&](const Stored<Row>& row) { return column.get_text(row.row); });
      continue;
    }
    std::vector<double> values;
    for (const Stored<Row>& row : rows) values.push_back(column.get(row.row));
    writer.numbers(group + "/" + column.name, values, column.unit);
  }
  for (const auto& column : provenance_columns()) {
    texts(column.name, [&](const Stored<Row>& row) { return row.from.*column.member; });
  }
}

template <typename Row>
class GroupReader {
 public:
  GroupReader(const H5Reader& reader, std::string group)
      : reader_(reader), group_(std::move(group)) {}

  std::vector<Stored<Row>> read() {
    if (!reader_.has(group_)) return {};
    for (const auto& column : columns_of<Row>()) {
      if (column.later && !reader_.has(group_ + "/" + column.name)) continue;
      if (column.get_text != nullptr) {
        read_texts(column.name, [&](Stored<Row>& row, const std::string& text) {
          column.set_text(row.row, text);
        });
      } else {
        read_numbers(column);
      }
    }
    for (const auto& column : provenance_columns()) {
      read_texts(column.name, [&](Stored<Row>& row, const std::string& text) {
        row.from.*column.member = text;
      });
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      rows_[i].row.file = reader_.path();
      rows_[i].row.line = static_cast<int>(i) + 1;
    }
    return std::move(rows_);
  }

 private:
  [[noreturn]] void stop(const std::string& name, const std::string& message) const {
    throw Error(fmt::format("{}: '{}/{}': {}", reader_.path(), group_, name, message));
  }

  void set_length(const std::string& name, std::size_t length) {
    if (length > kMostStoredRows) {
      stop(name, fmt::format("{} rows; at most {} are read", length, kMostStoredRows));
    }
    if (!sized_) rows_.resize(length);
    sized_ = true;
    if (rows_.size() != length) {
      stop(name, fmt::format("{} values; the columns before it have {}", length, rows_.size()));
    }
  }

  template <typename Set>
  void read_texts(const char* name, Set&& set) {
    const std::vector<std::string> texts = reader_.texts(group_ + "/" + name);
    set_length(name, texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (texts[i].size() > kLongestText) stop(name, "a text is too long for a row");
      set(rows_[i], texts[i]);
    }
  }

  void read_numbers(const RowColumn<Row>& column) {
    const std::vector<double> values = reader_.numbers(group_ + "/" + column.name, column.unit);
    set_length(column.name, values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool absent = column.optional && std::isnan(values[i]);
      if (!absent && !(values[i] >= 0.0 && std::isfinite(values[i]))) {
        stop(column.name, fmt::format("row {}: {} is no figure of a row; expected zero or more",
                                      i + 1, values[i]));
      }
      column.set(rows_[i].row, values[i]);
    }
  }

  const H5Reader& reader_;
  std::string group_;
  std::vector<Stored<Row>> rows_;
  bool sized_ = false;
};

template <typename Row>
std::string csv_text(const std::vector<Stored<Row>>& rows) {
  std::vector<std::string> cells;
  for (const auto& column : columns_of<Row>()) cells.emplace_back(column.csv_name);
  for (const auto& column : provenance_columns()) cells.emplace_back(column.name);
  std::string text = csv_line(cells);
  for (const Stored<Row>& row : rows) {
    cells = csv_cells(row.row);
    for (const auto& column : provenance_columns()) cells.push_back(row.from.*column.member);
    text += csv_line(cells);
  }
  return text;
}

}  // namespace

RowStore read_row_store(const std::string& path) {
  const H5Reader reader(path);
  if (const std::string kind = reader.attribute("kind"); kind != kKind) {
    throw Error(fmt::format("{}: it holds {}; expected '{}', as 'foretoken import' writes", path,
                            in_quotes(kind), kKind));
  }
  if (const std::string version = reader.attribute("version"); version != kVersion) {
    throw Error(
        fmt::format("{}: rows of version {}; expected {}", path, in_quotes(version), kVersion));
  }
  RowStore store{.decode = GroupReader<DecodeRow>(reader, "decode").read(),
                 .kernels = GroupReader<KernelRow>(reader, "kernels").read()};
  for (std::size_t i = 0; i < store.decode.size(); ++i) {
    DecodeRow& row = store.decode[i].row;
    if (row.batch <= 0.0) {
      throw Error(fmt::format("{}: 'decode/batch': row {}: expected more than zero", path, i + 1));
    }
    read_notes(row);
  }
  return store;
}

void write_row_store(const std::string& path, const RowStore& store) {
  H5Writer writer;
  writer.attribute("kind", kKind);
  writer.attribute("version", kVersion);
  std::size_t text_bytes = 0;
  write_group(writer, "decode", store.decode, text_bytes);
  write_group(writer, "kernels", store.kernels, text_bytes);
  writer.write(path);
}

std::string decode_csv_text(const RowStore& store) { return csv_text(store.decode); }
std::string kernel_csv_text(const RowStore& store) { return csv_text(store.kernels); }

}  // namespace foretoken::calibrate
