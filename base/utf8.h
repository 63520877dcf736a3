#pragma once

/// UTF-8 as the Unicode standard has it: overlong forms, surrogates and what lies beyond U+10FFFF
/// are no characters.

#include <cstddef>
#include <string>
#include <string_view>

namespace foretoken {

/// Bytes of the character at `at` (less than the size); 0 when there is no such character.
std::size_t utf8_length(std::string_view text, std::size_t at);

/// Whether all of it is UTF-8 without control characters, safe to show on a terminal.
bool is_printable_utf8(std::string_view text);

/// For messages: `text` cut to `most` bytes, every byte that is not printable written "\xNN".
std::string printable(std::string_view text, std::size_t most = 80);

}  // namespace foretoken
