#pragma once

/// Checks a YAML text's bytes before the parser sees them; private to the YAML door. The parser
/// replaces bytes that are not UTF-8 and takes tabs for blanks, both without a word.

#include <optional>
#include <string_view>

#include "base/error.h"

namespace foretoken {

/// The first flaw (too large, not UTF-8, a control character, a tab in the indentation), its file
/// name left empty; nullopt when there is none.
std::optional<Fault> yaml_text_flaw(std::string_view text);

}  // namespace foretoken
