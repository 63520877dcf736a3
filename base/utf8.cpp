#include "base/utf8.h"

#include <fmt/format.h>

namespace foretoken {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

/// Also the C1 controls U+0080 to U+009F, which some terminals obey.
bool is_control(std::string_view text, std::size_t at) {
  const unsigned c = byte_at(text, at);
  return c < 0x20 || c == 0x7f || (c == 0xc2 && byte_at(text, at + 1) < 0xa0);
}

}  // namespace

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

bool is_printable_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    if (length == 0 || is_control(text, at)) return false;
    at += length;
  }
  return true;
}

std::string printable(std::string_view text, std::size_t most) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size() && out.size() < most) {
    const std::size_t length = utf8_length(text, at);
    if (length == 0 || is_control(text, at)) {
      out += fmt::format("\\x{:02x}", byte_at(text, at));
      ++at;
    } else {
      out += text.substr(at, length);
      at += length;
    }
  }
  if (at < text.size()) out += "...";
  return out;
}

}  // namespace foretoken
