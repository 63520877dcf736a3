// The libFuzzer program: see docs/testing.md.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/gguf_target.h"
#include "tests/fuzz/input_clock.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static foretoken::test::InputClock clock;
  clock.time([&] { foretoken::test::run_gguf({reinterpret_cast<const char*>(data), size}); });
  return 0;
}
