#include "calibrate/import_markdown.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace foretoken::calibrate {
namespace {

/// "| a | b |" -> a, b.
std::vector<std::string> cells_of(std::string_view row, const std::string& file, int line) {
  if (row.size() < 2 || row.back() != '|') {
    stop_at(file, line, "a row of a table must end in '|'; is the file cut?");
  }
  row = row.substr(1, row.size() - 2);
  std::vector<std::string> cells;
  while (true) {
    const std::size_t end = row.find('|');
    cells.emplace_back(trimmed(row.substr(0, end)));
    constexpr std::size_t kMostColumns = 1000;
    if (cells.size() > kMostColumns) {
      stop_at(file, line, fmt::format("more than {} cells in a row", kMostColumns));
    }
    if (end == std::string_view::npos) return cells;
    row.remove_prefix(end + 1);
  }
}

bool is_rule(const std::vector<std::string>& cells) {
  return std::all_of(cells.begin(), cells.end(), [](const std::string& cell) {
    return !cell.empty() && cell.find_first_not_of("-:") == std::string::npos;
  });
}

}  // namespace

MarkdownRows rows_of_markdown(std::string_view text, const std::string& file) {
  MarkdownRows rows;
  RecordBudget budget;
  std::vector<std::string> heading;
  bool ruled = false;
  int line = 0;
  const auto end_table = [&] {
    if (!heading.empty() && !ruled) {
      stop_at(file, line - 1, "expected a line of dashes below the heading of a table");
    }
    heading.clear();
    ruled = false;
  };
  for (const std::string_view whole : lines_of(text)) {
    ++line;
    const std::string_view row = trimmed(whole);
    if (!row.starts_with('|')) {
      end_table();
      if (!row.empty()) rows.others.push_back({line, row});
      continue;
    }
    std::vector<std::string> cells = cells_of(row, file, line);
    if (heading.empty()) {
      heading = std::move(cells);
      continue;
    }
    if (cells.size() != heading.size()) {
      stop_at(file, line,
              fmt::format("{} cells; the heading has {}", cells.size(), heading.size()));
    }
    if (!ruled) {
      if (!is_rule(cells)) {
        stop_at(file, line, "expected a line of dashes below the heading of a table");
      }
      ruled = true;
      continue;
    }
    ForeignRecord record{.file = file, .line = line, .cells = {}};
    for (std::size_t i = 0; i < cells.size(); ++i) record.cells[heading[i]] = std::move(cells[i]);
    budget.add(record);
    rows.records.push_back(std::move(record));
  }
  ++line;
  end_table();
  return rows;
}

}  // namespace foretoken::calibrate
