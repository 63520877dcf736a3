#pragma once

/// Every predicted row as plain values, for a file that people analyse elsewhere.

#include <deque>

#include "validate/scored_row.h"

namespace foretoken::validate {

/// `fold` says what was left out for these rows.
void add_row_lines(const std::deque<ScoredRow>& scored, const std::string& fold, bool kernels,
                   std::vector<RowLine>& lines);

}  // namespace foretoken::validate
