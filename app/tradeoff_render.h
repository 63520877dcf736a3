#pragma once

/// Choices of formats as text with a plot, Markdown, CSV and JSON.

#include <string>
#include <vector>

#include "app/tradeoff.h"

namespace foretoken::app {

/// Rate against loss, `width` columns wide: '*' for Pareto's set, 'o' for others that keep the
/// constraints, '.' for the rest. Empty when fewer than two choices have a loss.
std::string tradeoff_plot(const std::vector<Choice>& choices, std::size_t width);

std::string tradeoff_text(const std::vector<Choice>& choices, const TradeoffOptions& options,
                          std::size_t width);
std::string tradeoff_markdown(const std::vector<Choice>& choices);
std::string tradeoff_csv(const std::vector<Choice>& choices);
std::string tradeoff_json(const std::vector<Choice>& choices);
std::string tradeoff_json_lines(const std::vector<Choice>& choices);

/// "Q4_K_M: 5.3 GiB, 105 t/s, loses 1.8 % (0.9..3.4; pooled)".
std::string best_line(const Choice& choice);

/// Columns of the terminal that standard output is; 80 where it is none.
std::size_t terminal_width();

}  // namespace foretoken::app
