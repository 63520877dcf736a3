// The libFuzzer program for one reader: import_fuzz --reader=NAME. See docs/testing.md.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/import_target.h"
#include "tests/fuzz/input_clock.h"

namespace {

using foretoken::test::ImportReader;

const ImportReader* chosen = &foretoken::test::any_reader();

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  constexpr std::string_view kFlag = "--reader=";
  for (int i = 1; i < *count; ++i) {
    const std::string_view argument = (*arguments)[i];
    if (!argument.starts_with(kFlag)) continue;
    const std::string_view name = argument.substr(kFlag.size());
    const auto readers = foretoken::test::import_readers();
    const auto reader = std::find_if(readers.begin(), readers.end(),
                                     [&](const ImportReader& known) { return known.name == name; });
    if (reader != readers.end()) {
      chosen = &*reader;
    } else if (name != chosen->name) {
      std::fputs("unknown reader; known are: any", stderr);
      for (const ImportReader& known : readers) {
        std::fprintf(stderr, ", %.*s", static_cast<int>(known.name.size()), known.name.data());
      }
      std::fputs("\n", stderr);
      std::exit(2);
    }
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static foretoken::test::InputClock clock;
  clock.time([&] {
    foretoken::test::run_import(*chosen, {reinterpret_cast<const char*>(data), size});
  });
  return 0;
}
