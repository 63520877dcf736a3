#include "base/json_file.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text_file.h"

namespace foretoken {
namespace {

using nlohmann::json;

constexpr std::size_t kDeepest = 200;
// Finding the place of a fault walks the text: a file of nothing but faults must not take forever.
constexpr std::size_t kMostFaults = 20;

/// Line and column, from 1, of byte `at`.
std::pair<int, int> place_of(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, std::min(at, text.size()));
  const auto breaks = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<int>(breaks) + 1, static_cast<int>(before.size() - line_start) + 1};
}

/// Walks the text and counts what the parser has taken: its events carry no place.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* taken) : at_(at), taken_(taken) {}
  reference operator*() const { return *at_; }
  pointer operator->() const { return at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*taken_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) {
    return a.at_ == b.at_;
  }

 private:
  const char* at_;
  std::size_t* taken_;
};

/// nlohmann's own builder of documents, with the checks it leaves out.
class StrictBuilder : public nlohmann::json_sax<json> {
 public:
  StrictBuilder(std::string_view text, std::string name, json& document)
      : text_(text), name_(std::move(name)), builder_(document, false) {}

  std::size_t* taken() { return &taken_; }
  std::vector<Fault>& faults() { return faults_; }

  bool null() override { return builder_.null(); }
  bool boolean(bool value) override { return builder_.boolean(value); }
  bool number_integer(number_integer_t value) override { return builder_.number_integer(value); }
  bool number_unsigned(number_unsigned_t value) override { return builder_.number_unsigned(value); }
  bool number_float(number_float_t value, const string_t& written) override {
    return builder_.number_float(value, written);
  }
  bool string(string_t& value) override { return builder_.string(value); }
  bool binary(binary_t& value) override { return builder_.binary(value); }
  bool start_object(std::size_t count) override {
    keys_.emplace_back();
    return deepen() && builder_.start_object(count);
  }
  bool key(string_t& name) override {
    if (!keys_.back().insert(name).second) {
      add_fault(key_start(), fmt::format("key '{}' appears twice", name));
      if (faults_.size() == kMostFaults) return false;
    }
    return builder_.key(name);
  }
  bool end_object() override {
    keys_.pop_back();
    --depth_;
    return builder_.end_object();
  }
  bool start_array(std::size_t count) override { return deepen() && builder_.start_array(count); }
  bool end_array() override {
    --depth_;
    return builder_.end_array();
  }
  bool parse_error(std::size_t at, const std::string&, const json::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 5: what went wrong"
    std::string_view reason = error.what();
    reason.remove_prefix(std::min(reason.find("] "), reason.size() - 2) + 2);
    if (reason.starts_with("parse error at ")) {
      reason.remove_prefix(std::min(reason.find(": "), reason.size() - 2) + 2);
    }
    add_fault(at == 0 ? 0 : at - 1, std::string(reason));
    return false;
  }

 private:
  bool deepen() {
    if (++depth_ <= kDeepest) return true;
    add_fault(taken_ == 0 ? 0 : taken_ - 1,
              fmt::format("nested more than {} levels deep", kDeepest));
    return false;
  }

  void add_fault(std::size_t at, std::string message) {
    const auto [line, column] = place_of(text_, at);
    faults_.push_back({name_, line, column, std::move(message)});
  }

  /// The opening quote of the key whose closing quote was taken last.
  std::size_t key_start() const {
    std::size_t at = taken_ - 1;
    while (at > 0) {
      --at;
      if (text_[at] != '"') continue;
      std::size_t slashes = 0;
      while (slashes < at && text_[at - 1 - slashes] == '\\') ++slashes;
      if (slashes % 2 == 0) return at;
    }
    return 0;
  }

  std::string_view text_;
  std::string name_;
  nlohmann::detail::json_sax_dom_parser<json> builder_;
  std::size_t taken_ = 0;
  std::size_t depth_ = 0;
  std::vector<std::set<std::string>> keys_;
  std::vector<Fault> faults_;
};

}  // namespace

json read_json(const std::string& path) { return parse_json(read_text_file(path), path); }

json parse_json(std::string_view text, const std::string& name) {
  json document;
  StrictBuilder builder(text, name, document);
  const CountingIterator begin(text.data(), builder.taken());
  const CountingIterator end(text.data() + text.size(), builder.taken());
  json::sax_parse(begin, end, &builder);
  if (!builder.faults().empty()) throw ConfigError(builder.faults());
  return document;
}

}  // namespace foretoken
