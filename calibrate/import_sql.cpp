#include "calibrate/import_sql.h"

#include <cctype>
#include <utility>

#include <fmt/format.h>

namespace foretoken::calibrate {
namespace {

struct Token {
  enum class Kind { End, Word, Text, Sign };
  Kind kind = Kind::End;
  std::string text;
  bool is(std::string_view sign) const { return kind == Kind::Sign && text == sign; }
};

bool is_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || c == '.' || c == '-' || c == '+';
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

class SqlReader {
 public:
  SqlReader(std::string_view text, const std::string& file) : text_(text), file_(file) { step(); }

  SqlRows read() {
    while (token_.kind != Token::Kind::End) statement();
    return std::move(rows_);
  }

 private:
  void statement() {
    const std::string word = upper(token_.text);
    if (token_.is(";")) {
      step();
    } else if (token_.kind == Token::Kind::Word && word == "CREATE") {
      const int start = line_;
      while (!token_.is(";")) {
        if (token_.kind == Token::Kind::End) {
          stop_at(file_, start, "the CREATE statement that starts here has no ';'");
        }
        step();
      }
    } else if (token_.kind == Token::Kind::Word && word == "INSERT") {
      insert();
    } else {
      stop_at(file_, line_, "expected CREATE or INSERT; found " + in_quotes(token_.text));
    }
  }

  void insert() {
    step();
    if (upper(expect_word("INTO")) != "INTO") stop_at(file_, line_, "expected INSERT INTO");
    const std::string table = expect_word("the name of a table");
    if (rows_.table.empty()) rows_.table = table;
    if (rows_.table != table) {
      stop_at(file_, line_,
              fmt::format("rows for '{}' after rows for '{}'; expected one table a file", table,
                          rows_.table));
    }
    const std::vector<std::string> columns = list(false);
    if (upper(expect_word("VALUES")) != "VALUES") stop_at(file_, line_, "expected VALUES");
    while (true) {
      ForeignRecord record{.file = file_, .line = line_, .cells = {}};
      const std::vector<std::string> values = list(true);
      if (values.size() != columns.size()) {
        record.stop(fmt::format("{} values for {} columns", values.size(), columns.size()));
      }
      for (std::size_t i = 0; i < columns.size(); ++i) record.cells[columns[i]] = values[i];
      budget_.add(record);
      rows_.records.push_back(std::move(record));
      if (!token_.is(",")) break;
      step();
    }
    if (!token_.is(";")) {
      stop_at(file_, line_,
              token_.kind == Token::Kind::End
                  ? "the statement has no ';' at its end; is the file cut?"
                  : "expected ';'; found " + in_quotes(token_.text));
    }
    step();
  }

  std::string expect_word(std::string_view what) {
    if (token_.kind != Token::Kind::Word) {
      stop_at(file_, line_, fmt::format("expected {}; found {}", what, found()));
    }
    std::string word = token_.text;
    step();
    return word;
  }

  std::string found() const {
    return token_.kind == Token::Kind::End ? "the end of the file" : in_quotes(token_.text);
  }

  /// "(a, b, ...)": words, and texts too where they are values.
  std::vector<std::string> list(bool values) {
    if (!token_.is("(")) stop_at(file_, line_, "expected '('; found " + found());
    step();
    std::vector<std::string> items;
    while (true) {
      if (token_.kind != Token::Kind::Word && !(values && token_.kind == Token::Kind::Text)) {
        stop_at(file_, line_,
                fmt::format("expected {}; found {}", values ? "a value" : "a column", found()));
      }
      const bool is_null = token_.kind == Token::Kind::Word && upper(token_.text) == "NULL";
      items.push_back(is_null ? std::string() : token_.text);
      step();
      if (token_.is(")")) break;
      if (!token_.is(",")) stop_at(file_, line_, "expected ',' or ')'; found " + found());
      step();
    }
    step();
    return items;
  }

  void step() {
    skip_blanks();
    token_ = {};
    if (at_ == text_.size()) return;
    const char c = text_[at_];
    if (c == '\'') {
      token_ = {Token::Kind::Text, quoted_text()};
    } else if (is_word(c)) {
      const std::size_t start = at_;
      while (at_ < text_.size() && is_word(text_[at_])) ++at_;
      token_ = {Token::Kind::Word, std::string(text_.substr(start, at_ - start))};
    } else {
      token_ = {Token::Kind::Sign, std::string(1, c)};
      ++at_;
    }
  }

  std::string quoted_text() {
    const int start = line_;
    std::string text;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (c == '\'') {
        if (at_ + 1 == text_.size() || text_[at_ + 1] != '\'') {
          ++at_;
          return text;
        }
        ++at_;
      }
      text += c;
    }
    stop_at(file_, start, "a quote is opened and never closed; is the file cut?");
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (text_.substr(at_, 2) == "--") {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
        if (text_[at_++] == '\n') ++line_;
      } else {
        break;
      }
    }
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  int line_ = 1;
  Token token_;
  SqlRows rows_;
  RecordBudget budget_;
};

}  // namespace

SqlRows rows_of_sql(std::string_view text, const std::string& file) {
  return SqlReader(text, file).read();
}

}  // namespace foretoken::calibrate
