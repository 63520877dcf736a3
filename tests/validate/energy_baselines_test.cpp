#include "validate/energy_baselines.h"

#include <gtest/gtest.h>

#include "tests/support/invented_data.h"

namespace foretoken::validate {
namespace {

struct Row {
  calibrate::DecodeRow decode;
  calibrate::ResolvedRow resolved;
  calibrate::EnergyRow energy;
};

/// On the 1 TB/s machine (200 W by its bandwidth) or the 2 TB/s one.
std::unique_ptr<Row> row_of(const char* device, double watts, double seconds) {
  auto row = std::make_unique<Row>();
  row->resolved.row = &row->decode;
  row->resolved.request.device = test::invented_library().devices.lookup(device);
  row->energy = {.row = &row->resolved, .loads = {}, .seconds = seconds, .joules = watts * seconds};
  return row;
}

TEST(EnergyBaselines, AreRatedPowerOneShareAndThePowerOfEachDevice) {
  const auto a = row_of("anvil", 100, 1);
  const auto b = row_of("anvil", 100, 2);
  const auto c = row_of("bigger-anvil", 300, 1);
  const EnergyBaselines baselines({&a->energy, &b->energy, &c->energy});
  const auto known = row_of("bigger-anvil", 1, 10);
  const auto predicted = baselines.predict(known->energy);
  EXPECT_DOUBLE_EQ(predicted[0], 400 * 10);
  EXPECT_DOUBLE_EQ(predicted[1], 400 * 10 * 0.5);
  EXPECT_DOUBLE_EQ(predicted[2], 300 * 10);
}

TEST(EnergyBaselines, AnUnseenDeviceHasTheShareOfAll) {
  const auto a = row_of("anvil", 100, 1);
  const EnergyBaselines baselines({&a->energy});
  const auto unseen = row_of("bigger-anvil", 1, 1);
  EXPECT_DOUBLE_EQ(baselines.predict(unseen->energy)[2], 200);
}

TEST(EnergyBaselines, CountEveryDeviceOfAGroup) {
  const auto a = row_of("anvil", 100, 1);
  const EnergyBaselines baselines({&a->energy});
  const auto pair = row_of("anvil", 1, 1);
  pair->decode.n_devices = 2;
  EXPECT_DOUBLE_EQ(baselines.predict(pair->energy)[2], 200);
}

}  // namespace
}  // namespace foretoken::validate
