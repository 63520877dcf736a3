#pragma once

/// Rows of texts under headings, rendered for people (aligned columns), for Markdown or as CSV.

#include <string>
#include <vector>

namespace foretoken::app {

class Table {
 public:
  enum class Align { Left, Right };
  struct Column {
    std::string heading;
    Align align = Align::Left;
  };

  explicit Table(std::vector<Column> columns);
  /// One cell a column.
  void add(std::vector<std::string> cells);
  std::size_t size() const { return rows_.size(); }
  /// Leaves out columns in which every row says the same; their headings and texts are returned.
  std::vector<std::pair<std::string, std::string>> drop_constant(
      const std::vector<std::string>& headings);

  std::string text() const;
  std::string markdown() const;
  std::string csv() const;

 private:
  std::vector<std::size_t> widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace foretoken::app
