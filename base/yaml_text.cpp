#include "base/yaml_text.h"

#include <cstddef>

#include <fmt/format.h>

namespace foretoken {
namespace {

constexpr std::size_t kLargest = 4U << 20U;

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

/// Bytes of the UTF-8 character at `at`; 0 when there is no such character. Overlong forms,
/// surrogates and what lies beyond U+10FFFF are no characters.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const unsigned lead = byte_at(text, at);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, at + i) & 0xc0U) != 0x80) return 0;
  }
  const unsigned second = byte_at(text, at + 1);
  const bool bad = (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
                   (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f);
  return bad ? 0 : length;
}

}  // namespace

std::optional<Fault> yaml_text_flaw(std::string_view text) {
  if (text.size() > kLargest) {
    return Fault{"", 0, 0, fmt::format("larger than {} bytes, no data file is", kLargest)};
  }
  int line = 1;
  int column = 1;
  bool indenting = true;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    if (length == 0) return Fault{"", line, column, "not UTF-8 text; is this a binary file?"};
    const unsigned c = byte_at(text, at);
    if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f) {
      return Fault{"", line, column,
                   fmt::format("control character 0x{:02x}; is this a binary file?", c)};
    }
    if (indenting && c == '\t') return Fault{"", line, column, "a tab indents; use spaces"};
    at += length;
    ++column;
    indenting = indenting && c == ' ';
    if (c == '\n') {
      ++line;
      column = 1;
      indenting = true;
    }
  }
  return std::nullopt;
}

}  // namespace foretoken
