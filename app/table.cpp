#include "app/table.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/csv_table.h"

namespace foretoken::app {
namespace {

/// Characters that a terminal shows; UTF-8 continuation bytes take no place.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string padded(const std::string& text, std::size_t width, Table::Align align) {
  const std::string blanks(width - std::min(width, width_of(text)), ' ');
  return align == Table::Align::Right ? blanks + text : text + blanks;
}

std::string escaped(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
    text.replace(at, 1, "\\|");
  }
  return text;
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::vector<std::pair<std::string, std::string>> Table::drop_constant(
    const std::vector<std::string>& headings) {
  std::vector<std::pair<std::string, std::string>> dropped;
  for (const std::string& heading : headings) {
    const auto column = std::find_if(columns_.begin(), columns_.end(),
                                     [&](const Column& c) { return c.heading == heading; });
    if (column == columns_.end() || rows_.empty()) continue;
    const auto place = column - columns_.begin();
    const std::string first = rows_.front()[static_cast<std::size_t>(place)];
    const bool constant = std::all_of(rows_.begin(), rows_.end(), [&](const auto& row) {
      return row[static_cast<std::size_t>(place)] == first;
    });
    if (!constant) continue;
    dropped.emplace_back(heading, first);
    columns_.erase(column);
    for (auto& row : rows_) row.erase(row.begin() + place);
  }
  return dropped;
}

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = width_of(columns_[i].heading);
    for (const auto& row : rows_) width = std::max(width, width_of(row[i]));
    widths.push_back(width);
  }
  return widths;
}

std::string Table::text() const {
  const std::vector<std::size_t> width = widths();
  const auto line = [&](auto&& cell_of) {
    std::string joined;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) joined += "  ";
      joined += padded(cell_of(i), width[i], columns_[i].align);
    }
    return joined.substr(0, joined.find_last_not_of(' ') + 1) + "\n";
  };
  std::string text = line([&](std::size_t i) { return columns_[i].heading; });
  for (const auto& row : rows_) text += line([&](std::size_t i) { return row[i]; });
  return text;
}

std::string Table::markdown() const {
  std::string text = "|";
  for (const Column& column : columns_) text += fmt::format(" {} |", escaped(column.heading));
  text += "\n|";
  for (const Column& column : columns_) text += column.align == Align::Right ? " ---: |" : " --- |";
  text += "\n";
  for (const auto& row : rows_) {
    text += "|";
    for (const std::string& cell : row) text += fmt::format(" {} |", escaped(cell));
    text += "\n";
  }
  return text;
}

std::string Table::csv() const {
  std::vector<std::string> headings;
  for (const Column& column : columns_) headings.push_back(column.heading);
  std::string text = csv_line(headings);
  for (const auto& row : rows_) text += csv_line(row);
  return text;
}

}  // namespace foretoken::app
