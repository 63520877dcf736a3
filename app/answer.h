#pragma once

/// One prediction together with what it answers; every renderer takes a list of these.

#include <string>
#include <vector>

#include "app/combinations.h"
#include "sim/report.h"

namespace foretoken::app {

struct Answer {
  const Combination* asked = nullptr;
  sim::Report report;
  std::vector<std::string> warnings;
};

/// What a reader must know before relying on the answer: it does not fit, the context is longer
/// than the model's, a link is priced without its bandwidth, the format's mix is approximate, the
/// device's facts are uncertain.
std::vector<std::string> warnings_of(const Combination& asked, const sim::Report& report);

/// The weight format, and that a file states it tensor by tensor.
std::string format_label(const sim::Report& report);

/// "unseen device" or how many rows of it were fitted: the basis in a word, for tables.
std::string basis_word(const sim::Report& report);

}  // namespace foretoken::app
