#pragma once

/// What a fuzzer does to a file, without the fuzzer: the same changes each time for the same random
/// numbers.

#include <random>
#include <span>
#include <string>

namespace foretoken::test {

/// `file` with a few bytes set, `pieces` put in, parts taken out, doubled or taken from `files`.
std::string changed(std::string file, std::span<const std::string> files,
                    std::span<const std::string> pieces, std::mt19937& random);

}  // namespace foretoken::test
