// The libFuzzer program for one reader: import_fuzz --reader=NAME. See docs/testing.md.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/fuzz/import_target.h"
#include "tests/fuzz/input_clock.h"

namespace {

using foretoken::test::ImportReader;

const ImportReader* chosen = &foretoken::test::wider_readers().front();

/// nullptr, and all names on standard error, when there is none of that name.
const ImportReader* reader_named(std::string_view name) {
  std::string names;
  for (const auto& readers :
       {foretoken::test::wider_readers(), foretoken::test::import_readers()}) {
    for (const ImportReader& known : readers) {
      if (known.name == name) return &known;
      names += ' ' + std::string(known.name);
    }
  }
  std::fprintf(stderr, "no such reader; known are:%s\n", names.c_str());
  return nullptr;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  constexpr std::string_view kFlag = "--reader=";
  for (int i = 1; i < *count; ++i) {
    const std::string_view argument = (*arguments)[i];
    if (!argument.starts_with(kFlag)) continue;
    chosen = reader_named(argument.substr(kFlag.size()));
    if (chosen == nullptr) std::exit(2);
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
