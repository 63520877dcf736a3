#include "calibrate/import_json.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_file.h"

namespace foretoken::calibrate {
namespace {

// A parsed object takes many times its text.
constexpr std::size_t kLargestObject = std::size_t{16} << 20U;

/// Finds where the objects of a text begin and end, without looking into them.
class ObjectScanner {
 public:
  ObjectScanner(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  /// The next object's text; empty at the end.
  std::string_view next() {
    skip_blanks();
    if (first_) {
      open();
    } else if (is_array_) {
      between();
    }
    first_ = false;
    if (ended_) return finish();
    if (at_ == text_.size()) {
      if (is_array_) stop_at(file_, line_, "the array never ends; is the file cut?");
      return {};
    }
    if (text_[at_] != '{') {
      stop_at(file_, line_,
              "expected an object '{...}'; found " + in_quotes(text_.substr(at_, 20)));
    }
    return object();
  }
  int line() const { return object_line_; }

 private:
  void skip_blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n')) {
      if (text_[at_++] == '\n') ++line_;
    }
  }

  void open() {
    if (at_ == text_.size() || text_[at_] != '[') return;
    is_array_ = true;
    ++at_;
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == ']') {
      ++at_;
      ended_ = true;
    }
  }

  /// A comma before another object, or the end of the array.
  void between() {
    if (ended_ || at_ == text_.size()) return;
    if (text_[at_] == ']') {
      ended_ = true;
    } else if (text_[at_] != ',') {
      stop_at(file_, line_, "expected ',' or ']'; found " + in_quotes(text_.substr(at_, 20)));
    }
    ++at_;
    skip_blanks();
  }

  std::string_view finish() {
    skip_blanks();
    if (at_ != text_.size()) {
      stop_at(file_, line_, "text after the array: " + in_quotes(text_.substr(at_, 20)));
    }
    return {};
  }

  std::string_view object() {
    const std::size_t start = at_;
    object_line_ = line_;
    std::size_t depth = 0;
    bool in_text = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (in_text) {
        if (c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') {
          ++at_;
        } else if (c == '"') {
          in_text = false;
        }
      } else if (c == '"') {
        in_text = true;
      } else if (c == '{') {
        ++depth;
      } else if (c == '}' && --depth == 0) {
        ++at_;
        return text_.substr(start, at_ - start);
      }
      if (at_ - start > kLargestObject) {
        stop_at(file_, object_line_,
                fmt::format("the object that starts here has more than {} bytes", kLargestObject));
      }
    }
    stop_at(file_, object_line_, "the object that starts here never ends; is the file cut?");
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  int line_ = 1;
  int object_line_ = 1;
  bool first_ = true;
  bool is_array_ = false;
  bool ended_ = false;
};

/// Faults of one object as faults of the file.
nlohmann::json parsed(std::string_view object, const std::string& file, int line) {
  try {
    return parse_json(object, file);
  } catch (const ConfigError& error) {
    std::vector<Fault> faults = error.faults();
    for (Fault& fault : faults) fault.line += line - 1;
    throw ConfigError(std::move(faults));
  }
}

}  // namespace

std::vector<ForeignRecord> records_of_json(std::string_view text, const std::string& file) {
  std::vector<ForeignRecord> records;
  RecordBudget budget;
  ObjectScanner scanner(text, file);
  for (std::string_view object = scanner.next(); !object.empty(); object = scanner.next()) {
    ForeignRecord record{.file = file, .line = scanner.line(), .cells = {}};
    const nlohmann::json document = parsed(object, file, scanner.line());
    for (const auto& [key, value] : document.items()) {
      if (value.is_string()) {
        record.cells[key] = value.get_ref<const std::string&>();
      } else if (value.is_boolean()) {
        record.cells[key] = value.get<bool>() ? "1" : "0";
      } else if (value.is_number()) {
        record.cells[key] = value.dump();
      }
    }
    budget.add(record);
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace foretoken::calibrate
