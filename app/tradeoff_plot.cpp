#include <algorithm>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/digits.h"
#include "app/tradeoff_render.h"

namespace foretoken::app {
namespace {

constexpr std::size_t kHeight = 14;
constexpr std::size_t kLeastWidth = 40;
constexpr std::size_t kMostWidth = 120;
constexpr std::size_t kMargin = 9;  ///< of the rates' axis
/// Losses below are drawn at the left edge.
constexpr double kLeastLoss = 1e-4;

struct Axis {
  double low = 0;
  double high = 1;
  /// Cell of a value among `cells`.
  std::size_t cell(double value, std::size_t cells) const {
    const double share = high > low ? (value - low) / (high - low) : 0.5;
    const double at = std::clamp(share, 0.0, 1.0) * static_cast<double>(cells - 1);
    return static_cast<std::size_t>(std::lround(at));
  }
};

double ln_loss_of(const Choice& choice) {
  return std::log(std::max(choice.quality.loss->point, kLeastLoss));
}

char mark_of(const Choice& choice) {
  if (choice.pareto) return '*';
  return choice.keeps ? 'o' : '.';
}

/// Writes the label beside its mark where nothing stands yet.
void label(std::string& line, std::size_t at, const std::string& text) {
  const auto is_free = [&](std::size_t from, std::size_t count) {
    return from + count <= line.size() && line.find_first_not_of(' ', from) >= from + count;
  };
  if (is_free(at + 1, text.size() + 2)) {
    line.replace(at + 2, text.size(), text);
  } else if (at >= text.size() + 2 && is_free(at - text.size() - 2, text.size() + 2)) {
    line.replace(at - text.size() - 1, text.size(), text);
  }
}

std::string loss_tick(double ln) { return significant(std::exp(ln) * 100.0, 2) + " %"; }

}  // namespace

std::size_t terminal_width() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
      size.ws_col > 0) {
    return size.ws_col;
  }
  return 80;
}

std::string tradeoff_plot(const std::vector<Choice>& choices, std::size_t width) {
  std::vector<const Choice*> drawn;
  for (const Choice& choice : choices) {
    if (choice.quality.loss) drawn.push_back(&choice);
  }
  if (drawn.size() < 2) return "";
  Axis losses{.low = 1e300, .high = -1e300};
  Axis rates{.low = 0.0, .high = 0.0};
  for (const Choice* choice : drawn) {
    losses.low = std::min(losses.low, ln_loss_of(*choice));
    losses.high = std::max(losses.high, ln_loss_of(*choice));
    rates.high = std::max(rates.high, choice->report.rate.point.base());
  }
  const std::size_t columns = std::clamp(width, kLeastWidth, kMostWidth) - kMargin;
  std::vector<std::string> lines(kHeight, std::string(columns, ' '));
  const auto place = [&](const Choice& choice) {
    const std::size_t row = kHeight - 1 - rates.cell(choice.report.rate.point.base(), kHeight);
    return std::pair{row, losses.cell(ln_loss_of(choice), columns)};
  };
  // Pareto's set last, so that no other mark covers it.
  for (const bool pareto : {false, true}) {
    for (const Choice* choice : drawn) {
      if (choice->pareto != pareto) continue;
      const auto [row, column] = place(*choice);
      lines[row][column] = mark_of(*choice);
    }
  }
  for (const Choice* choice : drawn) {
    if (!choice->pareto) continue;
    const auto [row, column] = place(*choice);
    label(lines[row], column, name_of(*choice));
  }
  std::string text = "t/s\n";
  for (std::size_t row = 0; row < kHeight; ++row) {
    const double rate =
        rates.high * static_cast<double>(kHeight - 1 - row) / static_cast<double>(kHeight - 1);
    const bool ticked = row == 0 || row + 1 == kHeight || row == kHeight / 2;
    const std::string tick = ticked ? significant(rate, 3) : "";
    const std::string& line = lines[row];
    text += fmt::format("{:>{}} |{}\n", tick, kMargin - 2,
                        line.substr(0, line.find_last_not_of(' ') + 1));
  }
  text += std::string(kMargin - 1, ' ') + "+" + std::string(columns, '-') + "\n";
  const std::string left =
      (losses.low <= std::log(kLeastLoss) ? "<= " : "") + loss_tick(losses.low);
  const std::string right = loss_tick(losses.high) + " more perplexity, ln scale";
  const std::size_t gap =
      columns > left.size() + right.size() ? columns - left.size() - right.size() : 1;
  return text + std::string(kMargin, ' ') + left + std::string(gap, ' ') + right + "\n";
}

}  // namespace foretoken::app
