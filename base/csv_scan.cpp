#include "base/csv_scan.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace foretoken {

CsvScanner::CsvScanner(std::string_view text, const std::string& name) : text_(text), name_(name) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
}

bool CsvScanner::next(std::vector<std::string>& cells) {
  cells.clear();
  while (skip_line_break()) {
  }
  if (at_ == text_.size()) return false;
  row_line_ = line_;
  while (true) {
    const bool quoted = at_ < text_.size() && text_[at_] == '"';
    cells.push_back(quoted ? quoted_cell() : plain_cell());
    if (at_ == text_.size() || skip_line_break()) return true;
    ++at_;  // the comma
  }
}

std::string CsvScanner::quoted_cell() {
  const int first_line = line_;
  std::string cell;
  ++at_;
  while (true) {
    if (at_ == text_.size()) stop(first_line, "a quote is opened and never closed");
    const char c = text_[at_++];
    if (c == '\0') stop(line_, "a zero byte; is this a binary file?");
    if (c == '\n') ++line_;
    if (c != '"') {
      cell += c;
    } else if (at_ < text_.size() && text_[at_] == '"') {
      cell += '"';
      ++at_;
    } else {
      break;
    }
  }
  if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') {
    stop(line_, "text follows a closing quote; write a quote inside a cell twice");
  }
  return cell;
}

std::string CsvScanner::plain_cell() {
  const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
  const std::string_view cell = text_.substr(at_, end - at_);
  if (cell.find('"') != std::string_view::npos) {
    stop(line_, "a quote inside an unquoted cell; quote the cell and write the quote twice");
  }
  if (cell.find('\0') != std::string_view::npos) {
    stop(line_, "a zero byte; is this a binary file?");
  }
  at_ = end;
  return std::string(cell);
}

bool CsvScanner::skip_line_break() {
  if (at_ == text_.size() || (text_[at_] != '\n' && text_[at_] != '\r')) return false;
  if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
  ++at_;
  ++line_;
  return true;
}

void CsvScanner::stop(int line, std::string message) const {
  throw ConfigError({{name_, line, 0, std::move(message)}});
}

}  // namespace foretoken
