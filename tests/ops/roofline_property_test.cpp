#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ops/roofline.h"

namespace foretoken::ops {
namespace {

/// A positive number of any magnitude between 10^low and 10^high.
double positive(int low, int high) {
  return std::pow(10.0, *rc::gen::inRange(low * 1000, high * 1000) / 1000.0);
}

/// A load or nothing.
Seconds maybe_seconds() { return Seconds::of(*rc::gen::arbitrary<bool>() ? positive(-9, 0) : 0.0); }

Load any_load() {
  Load load;
  load.memory = maybe_seconds();
  load.cache = maybe_seconds();
  load.core = maybe_seconds();
  load.flop = maybe_seconds();
  load.link = maybe_seconds();
  load.serial = maybe_seconds();
  load.launches = *rc::gen::inRange(0, 10);
  return load;
}

LawCoefficients<double> any_law() {
  LawCoefficients<double> law;
  law.launch = positive(-7, -3);
  law.ramp = positive(-7, -4);
  law.dram = positive(-2, 0);
  law.llc = positive(-1, 1);
  law.core = positive(-1, 2);
  law.serial = positive(-1, 2);
  law.flop = positive(-3, 0);
  law.link = positive(-2, 0);
  law.sharpness = 1.0 + *rc::gen::inRange(0, 90) / 10.0;
  law.has_ramp = *rc::gen::arbitrary<bool>();
  law.has_core = *rc::gen::arbitrary<bool>();
  law.has_serial = *rc::gen::arbitrary<bool>();
  return law;
}

/// What each roof alone would take.
std::vector<double> roofs(const Load& load, const LawCoefficients<double>& law) {
  std::vector<double> times{load.memory.base() / law.dram + load.cache.base() / law.llc,
                            load.flop.base() / law.flop, load.link.base() / law.link};
  if (law.has_core) times.push_back(load.core.base() / law.core);
  if (law.has_serial) times.push_back(load.serial.base() * law.serial);
  return times;
}

constexpr double kRounding = 1e-12;

RC_GTEST_PROP(RooflineProperty, LiesBetweenTheHighestRoofAndTheSum, ()) {
  const Load load = any_load();
  const LawCoefficients<double> law = any_law();
  const std::vector<double> alone = roofs(load, law);
  double sum = 0;
  for (const double t : alone) sum += t;
  const double time = roof_time(load, law);
  RC_ASSERT(time >= *std::max_element(alone.begin(), alone.end()) * (1 - kRounding));
  RC_ASSERT(time <= sum * (1 + kRounding));
}

RC_GTEST_PROP(RooflineProperty, MoreDemandIsNeverFaster, ()) {
  const Load load = any_load();
  const LawCoefficients<double> law = any_law();
  Load more = load;
  more.memory += maybe_seconds();
  more.cache += maybe_seconds();
  more.core += maybe_seconds();
  more.flop += maybe_seconds();
  more.link += maybe_seconds();
  more.serial += maybe_seconds();
  more.launches += *rc::gen::inRange(0, 3);
  RC_ASSERT(op_time(more, law).base() >= op_time(load, law).base() * (1 - kRounding));
}

RC_GTEST_PROP(RooflineProperty, RatesScaledByKScaleTheRoofsByOneOverK, ()) {
  const Load load = any_load();
  const LawCoefficients<double> law = any_law();
  const double k = positive(-1, 2);
  LawCoefficients<double> faster = law;
  faster.dram *= k;
  faster.llc *= k;
  faster.core *= k;
  faster.serial /= k;
  faster.flop *= k;
  faster.link *= k;
  const double before = roof_time(load, law);
  RC_ASSERT(std::abs(roof_time(load, faster) * k - before) <= 1e-9 * before);
}

RC_GTEST_PROP(RooflineProperty, ASharperMaximumIsNeverSlower, ()) {
  const Load load = any_load();
  LawCoefficients<double> law = any_law();
  const double blunt = roof_time(load, law);
  law.sharpness *= 1.0 + positive(-2, 1);
  RC_ASSERT(roof_time(load, law) <= blunt * (1 + kRounding));
}

RC_GTEST_PROP(RooflineProperty, IsFiniteAndNotNegative, ()) {
  const double time = op_time(any_load(), any_law()).base();
  RC_ASSERT(std::isfinite(time));
  RC_ASSERT(time >= 0.0);
}

}  // namespace
}  // namespace foretoken::ops
