#include "app/default_format.h"

#include <fmt/format.h>

#include "base/error.h"

namespace foretoken::app {

std::string default_format(const model::Llm& llm, const hwdb::Runtime& runtime,
                           const sim::Library& library) {
  const std::string published = library.schemes.find(llm.default_format);
  if (runtime.keeps_published_format && !published.empty()) return published;
  const std::string usual = library.schemes.find(runtime.default_format);
  if (!usual.empty()) return usual;
  throw Error(fmt::format("no usual weight format is known for runtime '{}'; name one with -q",
                          runtime.id));
}

}  // namespace foretoken::app
