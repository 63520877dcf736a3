#include "base/yaml_text.h"

#include <cstddef>

#include <fmt/format.h>

#include "base/utf8.h"

namespace foretoken {
namespace {

constexpr std::size_t kLargest = 4U << 20U;

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
    const unsigned c = static_cast<unsigned char>(text[at]);
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
