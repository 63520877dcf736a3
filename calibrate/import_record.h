#pragma once

/// One row of another tool's output before anything is made of it: named cells as written. Readers
/// of JSON, SQL, CSV and Markdown all end here: a tool's fields are read once whatever its form.

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foretoken::calibrate {

struct ForeignRecord {
  std::string file;  ///< for messages
  int line = 0;      ///< where the row starts, from 1
  std::map<std::string, std::string, std::less<>> cells;

  bool has(std::string_view name) const { return cells.find(name) != cells.end(); }
  /// "" when absent.
  std::string text(std::string_view name) const;
  /// Zero or more; nullopt when absent or empty. Throws ConfigError for a word, a negative or a
  /// number that is not finite.
  std::optional<double> number(std::string_view name) const;
  /// The same; must be there.
  double required(std::string_view name) const;
  /// As `number`, but less than zero is taken too: many tools write -1 for "auto".
  std::optional<double> signed_number(std::string_view name) const;
  [[noreturn]] void stop(std::string message) const;
};

/// Most rows of a file, and most cells of them all: outputs of benchmarks have thousands, and what
/// another hand made must not fill memory.
inline constexpr std::size_t kMostRecords = 100'000;
inline constexpr std::size_t kMostCells = 4'000'000;

/// Counts the records of one file; throws ConfigError when they are too many.
class RecordBudget {
 public:
  void add(const ForeignRecord& record);

 private:
  std::size_t rows_ = 0;
  std::size_t cells_ = 0;
};

/// Throws ConfigError "<file>:<line>: <message>".
[[noreturn]] void stop_at(const std::string& file, int line, std::string message);

/// The text without blanks at both ends.
std::string_view trimmed(std::string_view text);

/// A finite number and nothing else; nullopt otherwise.
std::optional<double> number_in(std::string_view text);

/// Splits at every line break; a CR before it is dropped. Without an empty last line.
std::vector<std::string_view> lines_of(std::string_view text);

/// Cells by the heading of their column. Throws ConfigError as CsvTable does.
std::vector<ForeignRecord> records_of_csv(std::string_view text, const std::string& file);

/// For messages: control characters as '?', at most 60 bytes.
std::string in_quotes(std::string_view text);

}  // namespace foretoken::calibrate
