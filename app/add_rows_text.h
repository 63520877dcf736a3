#pragma once

/// What `foretoken calibrate --add` tells: rows, what they changed for each device, what is still
/// not known of it, and what to measure next.

#include <string>

#include "calibrate/add_rows.h"

namespace foretoken::app {

std::string addition_text(const calibrate::Addition& addition);

/// "gemm.core" in words: "bytes that the cores unpack a clock in matrices".
std::string coefficient_words(const std::string& name);

}  // namespace foretoken::app
