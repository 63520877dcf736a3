#include "app/default_format.h"

#include <fmt/format.h>

#include "base/error.h"

namespace foretoken::app {

std::string default_format(const model::Llm& llm, const hwdb::Runtime& runtime,
                           const sim::Library& library) {
  const std::string usual = library.schemes.find(runtime.default_format);
  const bool is_16_bit = usual == "fp16" || usual == "bf16" || usual == "F16" || usual == "BF16";
  if (is_16_bit && !llm.default_format.empty()) {
    const std::string published = library.schemes.find(llm.default_format);
    if (!published.empty()) return published;
  }
  if (!usual.empty()) return usual;
  throw Error(fmt::format("no usual weight format is known for runtime '{}'; name one with -q",
                          runtime.id));
}

}  // namespace foretoken::app
