#pragma once

/// Invented number formats of exactly 2, 1 and half a byte a value, and the schemes that give every
/// tensor one of them.

#include "base/number_format.h"

namespace foretoken::test {

inline constexpr const char* kFormatsText = R"(schema: 1
source: invented for tests
formats:
  F16: {values: 1, bytes: 2, kind: float, arithmetic: fp16, source: invented}
  Q8: {values: 10, bytes: 10, kind: legacy, arithmetic: int8, source: invented}
  Q4: {values: 10, bytes: 5, kind: k-quant, arithmetic: int8, source: invented}
)";

inline constexpr const char* kSchemesText = R"(schema: 1
source: invented for tests
schemes:
  half: {base: F16, unquantized: F16, aliases: [sixteen]}
  eight: {base: Q8, unquantized: F16}
  four: {base: Q4, unquantized: F16}
)";

inline FormatTable invented_formats() {
  FormatTable table;
  table.add({.id = "F16", .bytes_per_block = 2, .kind = "float"});
  table.add({.id = "Q8",
             .values_per_block = 10,
             .bytes_per_block = 10,
             .kind = "legacy",
             .arithmetic = ArithmeticClass::Int8});
  table.add({.id = "Q4",
             .values_per_block = 10,
             .bytes_per_block = 5,
             .kind = "k-quant",
             .arithmetic = ArithmeticClass::Int8});
  return table;
}

}  // namespace foretoken::test
