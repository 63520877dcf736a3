#include "hwdb/core_clock.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/hwdb/faults_of.h"
#include "tests/hwdb/invented_devices.h"

namespace foretoken::hwdb {
namespace {

using Basis = CoreEnergy::Basis;

// 2 GHz by its sheet, with cores measured at a quarter and at half of it.
Device measured() {
  Device device = invented_device();
  device.clock_points = {{.clock = Hertz::of(0.5e9), .energy = 0.25, .source = "invented"},
                         {.clock = Hertz::of(1e9), .energy = 0.5, .source = "invented"}};
  return device;
}

TEST(CoreClock, SlowsCoresAlone) {
  const Device sheet = invented_device();
  const Device slow = at_clock(sheet, Hertz::of(1e9));
  EXPECT_DOUBLE_EQ(slow.clock.value().base(), 1e9);
  EXPECT_DOUBLE_EQ(slow.peak_of(ArithmeticClass::Fp16).value().base(), 102.4e12);
  EXPECT_EQ(slow.memory.bandwidth, sheet.memory.bandwidth);
  EXPECT_EQ(slow.tdp, sheet.tdp);
}

TEST(CoreClock, OfTheSheetChangesNothing) {
  const Device sheet = invented_device();
  EXPECT_EQ(at_clock(sheet, *sheet.clock).peak, sheet.peak);
}

TEST(CoreClock, IsNeverAboveTheSheetNorWithoutOne) {
  Device sheet = invented_device();
  EXPECT_EQ(message_of([&] { at_clock(sheet, Hertz::of(2.1e9)); }),
            "a core clock of 2.100 GHz is above the 2.000 GHz of the sheet of 'acme-one'");
  sheet.clock.reset();
  EXPECT_THAT(message_of([&] { at_clock(sheet, Hertz::of(1e9)); }),
              testing::HasSubstr("states no core clock"));
}

TEST(CoreClock, EnergyIsMeasuredAtPointsAndALineInLogarithmsBetween) {
  const Device sheet = measured();
  EXPECT_DOUBLE_EQ(core_energy(sheet, Hertz::of(2e9)).factor, 1.0);
  EXPECT_EQ(core_energy(sheet, Hertz::of(2e9)).basis, Basis::Sheet);
  EXPECT_NEAR(core_energy(sheet, Hertz::of(1e9)).factor, 0.5, 1e-12);
  EXPECT_NEAR(core_energy(sheet, Hertz::of(0.5e9)).factor, 0.25, 1e-12);
  // Energy falls as the clock here, so at sqrt(2) GHz it is its half root.
  const CoreEnergy between = core_energy(sheet, Hertz::of(std::sqrt(2.0) * 1e9));
  EXPECT_NEAR(between.factor, std::sqrt(0.5), 1e-12);
  EXPECT_EQ(between.basis, Basis::Measured);
  EXPECT_NEAR(core_energy(sheet, Hertz::of(0.75e9)).factor, 0.375, 1e-12);
}

TEST(CoreClock, EnergyStaysBelowTheLastPointAndWithoutAny) {
  const CoreEnergy low = core_energy(measured(), Hertz::of(0.1e9));
  EXPECT_DOUBLE_EQ(low.factor, 0.25);
  EXPECT_EQ(low.basis, Basis::LastPoint);
  const CoreEnergy unknown = core_energy(invented_device(), Hertz::of(1e9));
  EXPECT_DOUBLE_EQ(unknown.factor, 1.0);
  EXPECT_EQ(unknown.basis, Basis::NotMeasured);
}

}  // namespace
}  // namespace foretoken::hwdb
