#include "app/add_rows_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "app/digits.h"

namespace foretoken::app {
namespace {

constexpr std::size_t kReasonsShown = 8;
constexpr std::size_t kUnidentifiedShown = 4;

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kSlotWords{{
    {"launch", "fixed cost of a launch"},
    {"ramp", "time to fill and drain the memory pipe"},
    {"dram", "share of the memory bandwidth reached"},
    {"llc", "bandwidth of the last-level cache"},
    {"core", "bytes that the cores unpack a clock"},
    {"serial", "clocks of a serial step"},
    {"flop", "share of the peak arithmetic reached"},
    {"link", "share of the link bandwidth reached"},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kFamilyWords{{
    {"gemm", "matrices"},
    {"expert", "experts"},
    {"attention", "attention"},
    {"latent", "latent attention"},
    {"recurrence", "recurrent layers"},
    {"small", "small operators"},
    {"gather", "look-ups"},
    {"allreduce", "all-reduce"},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kStepWords{{
    {"step.host", "time of a step outside of operators"},
    {"step.issue", "host time to issue a launch"},
    {"step.sequence", "host time for each sequence"},
    {"step.scale", "speed of the machine as a whole"},
    {"step.sharpness", "sharpness of the maximum of roofs"},
}};

template <std::size_t N>
std::string word_of(const std::array<std::pair<std::string_view, std::string_view>, N>& words,
                    std::string_view key) {
  for (const auto& [name, word] : words) {
    if (name == key) return std::string(word);
  }
  return std::string(key);
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string change_text(const calibrate::DeviceChange& change) {
  std::string rows;
  if (change.steps > 0) rows = counted(change.steps, "decode row");
  if (change.kernels > 0) {
    rows += (rows.empty() ? "" : ", ") + counted(change.kernels, "kernel row");
  }
  std::string text = fmt::format(
      "pool {}, device {}: {} fitted\n"
      "  median error of these rows {} before, {} after\n",
      change.pool, change.device, rows, percent(change.error_before, 1),
      percent(change.error_after, 1));
  if (change.question.empty()) return text;
  text += fmt::format(
      "  90 % interval of {}: +-{} before, +-{} after; of all questions +-{} before, +-{} after\n",
      change.question, percent(change.width_before), percent(change.width_after),
      percent(change.mean_width_before), percent(change.mean_width_after));
  if (change.unidentified.empty()) {
    text += "  nothing that matters is left as wide as without rows of this device\n";
  } else {
    text += "  still as good as unmeasured on this device:\n";
  }
  const std::size_t shown = std::min(kUnidentifiedShown, change.unidentified.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const calibrate::Unidentified& each = change.unidentified[i];
    text += fmt::format("    {} ({} of its spread left, +-{} of a prediction)\n",
                        coefficient_words(each.coefficient), percent(each.left),
                        percent(each.effect, 1));
  }
  if (change.unidentified.size() > shown) {
    text += fmt::format("    and {} more\n", change.unidentified.size() - shown);
  }
  if (change.next.empty()) return text;
  text += "  what would narrow them most, measured next:\n";
  for (std::size_t i = 0; i < change.next.size(); ++i) {
    text += fmt::format("    {}\n      {}: to +-{} over all questions\n", change.next[i].command,
                        change.next[i].what, percent(change.next_width[i], 1));
  }
  return text;
}

}  // namespace

std::string coefficient_words(const std::string& name) {
  if (name.starts_with("step.")) return word_of(kStepWords, name);
  const auto dot = name.find('.');
  if (dot == std::string::npos) return name;
  return fmt::format("{} in {}", word_of(kSlotWords, name.substr(dot + 1)),
                     word_of(kFamilyWords, name.substr(0, dot)));
}

std::string addition_text(const calibrate::Addition& addition) {
  std::string text;
  for (const calibrate::DeviceChange& change : addition.changes) text += change_text(change);
  std::size_t left_out = 0;
  for (const calibrate::LeftOut& reason : addition.left_out) left_out += reason.rows;
  text += fmt::format("{} of the added rows left out\n", left_out);
  for (std::size_t i = 0; i < std::min(kReasonsShown, addition.left_out.size()); ++i) {
    text += fmt::format("  {:>6}  {}\n", addition.left_out[i].rows, addition.left_out[i].reason);
  }
  if (addition.left_out.size() > kReasonsShown) {
    text += fmt::format("  and {} more reasons\n", addition.left_out.size() - kReasonsShown);
  }
  return text;
}

}  // namespace foretoken::app
