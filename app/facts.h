#pragma once

/// All facts about one thing, in the order in which a reader wants them. What is not known has no
/// line.

#include <string>
#include <utility>
#include <vector>

#include "base/number_format.h"
#include "hwdb/device.h"
#include "hwdb/runtime.h"
#include "model/llm.h"
#include "model/weight_scheme.h"

namespace foretoken::app {

struct Facts {
  std::string kind;  ///< "device", "model", "runtime", "weight format", "number format"
  std::string id;
  std::vector<std::pair<std::string, std::string>> lines;

  /// Adds a line unless the text is empty.
  void add(std::string what, std::string text);
};

Facts facts_of(const hwdb::Device& device);
Facts facts_of(const hwdb::Runtime& runtime);
Facts facts_of(const model::Llm& llm);
Facts facts_of(const NumberFormat& format);
/// Of a weight file: its size and how much of it is in which number format.
Facts facts_of(const model::WeightAssignment& weights, const FormatTable& formats);

}  // namespace foretoken::app
