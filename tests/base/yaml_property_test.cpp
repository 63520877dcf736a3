#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "base/json_file.h"
#include "base/yaml_map.h"

namespace foretoken {
namespace {

/// Texts made of what the two grammars are made of, so that they get past the first character.
rc::Gen<std::string> any_markup() {
  const auto piece =
      rc::gen::element<std::string>("a", "b", ": ", ":", "\n", "  ", " ", "- ", "[", "]", "{", "}",
                                    ",", "\"", "'", "#", "|", ">", "?", "&x", "*x", "!t", "~", "1",
                                    "---\n", "...\n", "%", "\\", "\t", "\r\n", "null", "\xc3\xa9");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const std::string& each : pieces) text += each;
                        return text;
                      });
}

RC_GTEST_PROP(YamlProperty, AnyTextEndsInAMapOrAConfigErrorWithAPlace, ()) {
  const std::string text = *any_markup();
  try {
    YamlFile file = YamlFile::parse(text, "x.yaml");
    RC_ASSERT(!file.top().keys().empty() || text.find('{') != std::string::npos);
  } catch (const ConfigError& error) {
    RC_ASSERT(!error.faults().empty());
    for (const Fault& fault : error.faults()) {
      RC_ASSERT(fault.line >= 1);
      RC_ASSERT(fault.column >= 1);
    }
  }
}

RC_GTEST_PROP(JsonProperty, AnyTextEndsInADocumentOrAConfigErrorWithAPlace, ()) {
  const std::string text = *any_markup();
  try {
    parse_json(text, "x.json");
  } catch (const ConfigError& error) {
    RC_ASSERT(!error.faults().empty());
    for (const Fault& fault : error.faults()) RC_ASSERT(fault.line >= 1 && fault.column >= 1);
  }
}

RC_GTEST_PROP(JsonProperty, WhatIsDumpedReadsBack, (const std::string& key, double value)) {
  if (key.find_first_of(std::string("\xff\xfe", 2)) != std::string::npos) RC_DISCARD("bytes");
  nlohmann::json document;
  document["k"] = value;
  document["n"] = nlohmann::json::array({1, -1, true, nullptr});
  RC_ASSERT(parse_json(document.dump(), "x.json") == document);
}

}  // namespace
}  // namespace foretoken
