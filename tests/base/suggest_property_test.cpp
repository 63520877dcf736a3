#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/suggest.h"

namespace foretoken {
namespace {

RC_GTEST_PROP(SuggestProperty, WhatIsSuggestedIsKnown,
              (const std::string& name, const std::vector<std::string>& known)) {
  const std::string nearest = nearest_name(name, known);
  RC_ASSERT(nearest.empty() || std::find(known.begin(), known.end(), nearest) != known.end());
}

RC_GTEST_PROP(SuggestProperty, AKnownNameIsItsOwnNearest, (const std::vector<std::string>& known)) {
  for (const std::string& name : known) {
    if (!name.empty() && name.size() <= 200) RC_ASSERT(nearest_name(name, known) == name);
  }
}

}  // namespace
}  // namespace foretoken
