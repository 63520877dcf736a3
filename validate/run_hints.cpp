#include "validate/run_hints.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "calibrate/labels.h"
#include "validate/compare.h"

namespace foretoken::validate {
namespace {

using Steps = std::vector<const ComparedStep*>;
using Hints = std::vector<std::string>;

/// Shares closer than this are equal: what runs repeat within.
constexpr double kAlike = 0.05;

std::string percent(double share) { return fmt::format("{:.0f} %", share * 100.0); }

/// Tests that are no plain decode of the whole model on the device.
void labelled(const Comparison& comparison, Hints& hints) {
  std::map<std::string, std::size_t> tests;
  for (const ComparedStep& step : comparison.steps) {
    if (step.counts) continue;
    for (const std::string& label : calibrate::labels_of(step.label)) ++tests[label];
  }
  const std::map<std::string, const char*> kSaid{
      {"partial-offload",
       "ran with a part of the model on the host: more layers on the device, or "
       "a smaller format, come closer"},
      {"multi-device", "ran on several devices: the prediction is of one"},
      {"impossible",
       "are faster than the memory delivers the bytes of this model and format: check "
       "-m, -q and -d"},
      {"size-mismatch",
       "state a file size that is not this model's in this format: check -m and -q"},
  };
  for (const auto& [label, count] : tests) {
    const auto said = kSaid.find(label);
    hints.push_back(fmt::format(
        "{} of {} tests {}.", count, comparison.steps.size(),
        said != kSaid.end() ? said->second : fmt::format("are labelled {} and not judged", label)));
  }
}

void memory(const Steps& steps, Hints& hints) {
  for (const ComparedStep* step : steps) {
    if (step->report.memory.fits().value_or(true)) continue;
    hints.push_back(
        fmt::format("{} needs {:.1f} GiB where the device has {:.1f}: the system may swap.",
                    step->what, step->report.memory.total().base() / (1U << 30U),
                    step->report.memory.capacity->base() / (1U << 30U)));
    return;
  }
}

void threads(const Steps& steps, const sim::Library& library, Hints& hints) {
  const hwdb::Device* const device = library.devices.lookup(steps.front()->report.device);
  if (device == nullptr || device->device_class != hwdb::DeviceClass::Cpu || !device->cores) return;
  int most = 0;
  for (const ComparedStep* step : steps) most = std::max(most, step->report.threads);
  if (most == 0) {
    hints.push_back(fmt::format(
        "The run does not say its threads; the prediction is for the fastest number on {} cores.",
        *device->cores));
  } else if (most < *device->cores) {
    hints.push_back(fmt::format("The run used {} of {} cores; the prediction is for as many.", most,
                                *device->cores));
  }
}

/// Falls behind from the shortest to the longest context.
void context(const Steps& steps, Hints& hints) {
  const auto by_context = [](const ComparedStep* a, const ComparedStep* b) {
    return a->report.context_start < b->report.context_start;
  };
  const auto [shortest, longest] = std::minmax_element(steps.begin(), steps.end(), by_context);
  if ((*longest)->report.context_start < (*shortest)->report.context_start + 1000.0) return;
  const double change = (*longest)->ratio() / (*shortest)->ratio();
  if (change > 1.0 - 2.0 * kAlike) return;
  std::string hint = fmt::format(
      "It falls behind as the context grows ({} of the prediction at {:.0f} tokens, {} at {:.0f}): "
      "attention and its cache, not the weights",
      percent((*shortest)->ratio()), (*shortest)->report.context_start,
      percent((*longest)->ratio()), (*longest)->report.context_start);
  if ((*longest)->flash_off) hint += "; flash attention was off";
  hints.push_back(hint + ".");
}

/// The same test again and slower: heat, a power limit, another load.
void throttling(const Steps& steps, Hints& hints) {
  std::map<std::string, Steps> repeated;
  for (const ComparedStep* step : steps) {
    if (!step->when.empty()) repeated[step->what].push_back(step);
  }
  double first = 0.0;
  double last = 0.0;
  std::size_t slower = 0;
  std::size_t all = 0;
  for (auto& [what, tests] : repeated) {
    if (tests.size() < 2) continue;
    std::stable_sort(tests.begin(), tests.end(), [](const ComparedStep* a, const ComparedStep* b) {
      return a->when < b->when;
    });
    ++all;
    first += tests.front()->ratio();
    last += tests.back()->ratio();
    if (tests.back()->ratio() < (1.0 - kAlike) * tests.front()->ratio()) ++slower;
  }
  if (all == 0 || slower < all) return;
  hints.push_back(fmt::format(
      "The same tests are slower at the end of the run ({} of the prediction, {} at its start): "
      "heat, a power limit or another load.",
      percent(last / static_cast<double>(all)), percent(first / static_cast<double>(all))));
}

/// The same share short everywhere, or the same time more everywhere.
void pattern(const Steps& steps, const Verdict& verdict, Hints& hints) {
  if (steps.size() == 1) {
    hints.emplace_back(
        "One test does not tell the cause; a second model size and a longer context would.");
    return;
  }
  if (verdict.largest_ratio < (1.0 + kAlike) * verdict.least_ratio) {
    hints.push_back(
        verdict.ratio < 1.0
            ? "All tests fall short by about the same share: clocks, power mode or memory modules "
              "below the device's sheet, or another load beside."
            : "All tests are ahead by about the same share: the device or its build is better than "
              "its sheet, or its class, says.");
    return;
  }
  double least = 0.0;
  double largest = 0.0;
  double shortest = 0.0;
  double longest = 0.0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const double predicted = steps[i]->report.step.point.base();
    const double more = predicted / steps[i]->ratio() - predicted;
    least = i == 0 ? more : std::min(least, more);
    largest = i == 0 ? more : std::max(largest, more);
    shortest = i == 0 ? predicted : std::min(shortest, predicted);
    longest = std::max(longest, predicted);
  }
  constexpr double kNearlyEqual = 1.5;
  constexpr double kApart = 2.0;
  if (longest <= kApart * shortest) {
    hints.emplace_back(
        "The tests are too alike to tell a slow device from a fixed cost a token; a model of "
        "another size would.");
    return;
  }
  if (least > 0.0 && largest < kNearlyEqual * least) {
    hints.push_back(fmt::format(
        "Every token takes about {:.2g} ms more than predicted, whatever the test: a fixed cost, "
        "such as launches or the host, not bandwidth.",
        0.5e3 * (least + largest)));
  }
}

}  // namespace

std::vector<std::string> hints_of(const Comparison& comparison, const Verdict& verdict,
                                  const sim::Library& library) {
  Hints hints;
  labelled(comparison, hints);
  Steps counted;
  for (const ComparedStep& step : comparison.steps) {
    if (step.counts) counted.push_back(&step);
  }
  if (verdict.inside || counted.empty()) return hints;
  if (verdict.ratio < 1.0) {
    memory(counted, hints);
    threads(counted, library, hints);
    context(counted, hints);
    throttling(counted, hints);
  }
  pattern(counted, verdict, hints);
  const bool build_said = std::all_of(counted.begin(), counted.end(),
                                      [](const ComparedStep* step) { return step->build_said; });
  if (!build_said) hints.emplace_back("The run does not say its build; mid 2025 is taken.");
  return hints;
}

}  // namespace foretoken::validate
