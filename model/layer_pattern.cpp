#include "model/layer_pattern.h"

#include <cstddef>

#include <fmt/format.h>

namespace foretoken::model {
namespace {

constexpr int kMaxDepth = 8;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class PatternReader {
 public:
  explicit PatternReader(std::string_view text) : text_(text) {}

  ExpandedPattern read() {
    std::string letters = sequence(0);
    if (error_.empty() && at_ < text_.size()) fail("')' without its '('");
    if (error_.empty() && letters.empty()) fail("no layers");
    if (!error_.empty()) return {.letters = {}, .error = error_};
    return {.letters = std::move(letters), .error = {}};
  }

 private:
  void fail(std::string_view what) {
    if (error_.empty()) error_ = fmt::format("{} at character {}", what, at_ + 1);
  }

  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  std::string sequence(int depth) {
    std::string out;
    if (depth > kMaxDepth) fail("groups nested too deep");
    while (error_.empty()) {
      skip_blanks();
      if (at_ == text_.size() || text_[at_] == ')') break;
      const std::string part = item(depth);
      const int times = count();
      for (int i = 0; i < times && error_.empty(); ++i) {
        out += part;
        if (out.size() > static_cast<std::size_t>(kMaxLayers)) {
          fail(fmt::format("more than {} layers", kMaxLayers));
        }
      }
    }
    return out;
  }

  std::string item(int depth) {
    const char c = text_[at_];
    if (is_letter(c)) {
      ++at_;
      return std::string(1, c);
    }
    if (c != '(') {
      fail(fmt::format("expected a letter or '(' and found '{}'", c));
      return {};
    }
    ++at_;
    std::string group = sequence(depth + 1);
    if (at_ < text_.size()) {
      ++at_;
    } else {
      fail("'(' is not closed");
    }
    if (group.empty()) fail("empty group");
    return group;
  }

  int count() {
    if (at_ == text_.size() || !is_digit(text_[at_])) return 1;
    int value = 0;
    while (at_ < text_.size() && is_digit(text_[at_])) {
      value = value * 10 + (text_[at_] - '0');
      if (value > kMaxLayers) {
        fail(fmt::format("more than {} layers", kMaxLayers));
        return 0;
      }
      ++at_;
    }
    if (value == 0) fail("a repeat of 0");
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string error_;
};

}  // namespace

ExpandedPattern expand_layer_pattern(std::string_view pattern) {
  return PatternReader(pattern).read();
}

}  // namespace foretoken::model
