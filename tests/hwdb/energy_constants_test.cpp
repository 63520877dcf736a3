#include "hwdb/energy_constants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hwdb/catalog.h"
#include "tests/hwdb/faults_of.h"
#include "tests/hwdb/invented_devices.h"
#include "tests/support/invented_constants.h"
#include "tests/support/temp_folder.h"

namespace foretoken::hwdb {
namespace {

using testing::HasSubstr;

constexpr double kPico = 1e-12;

double picojoules_per_byte(const char* memory) {
  static const EnergyConstants kShipped =
      read_energy_constants(std::string(FORETOKEN_DATA_DIR) + "/constants/energy.yaml");
  return technology_energy(kShipped, memory).byte.base() / kPico;
}

TEST(EnergyConstants, AByteIsThatOfTheTechnology) {
  EXPECT_NEAR(picojoules_per_byte("GDDR6"), 60.0, 1e-9);
  EXPECT_NEAR(picojoules_per_byte("GDDR6X"), 58.0, 1e-9);
  EXPECT_NEAR(picojoules_per_byte("HBM2e"), 34.4, 1e-9);
  EXPECT_NEAR(picojoules_per_byte("HBM2"), 31.2, 1e-9);
  EXPECT_LT(picojoules_per_byte("HBM3e"), picojoules_per_byte("HBM3"));
  EXPECT_LT(picojoules_per_byte("LPDDR5X"), picojoules_per_byte("LPDDR4X"));
  EXPECT_LT(picojoules_per_byte("DDR5"), picojoules_per_byte("DDR3L"));
}

TEST(EnergyConstants, AnUnknownTechnologyIsOfTheMiddle) {
  EXPECT_NEAR(picojoules_per_byte("FeRAM"), 36.0, 1e-9);
  EXPECT_NEAR(picojoules_per_byte(""), 36.0, 1e-9);
}

TEST(EnergyConstants, EveryValueNamesItsSource) {
  std::string text = test::kEnergyConstantsText;
  EXPECT_NO_THROW(parse_energy_constants(text, "energy.yaml"));
  const std::string sourced =
      "operation: {picojoules: 2, confidence: uncertain, source: invented for tests}";
  text.replace(text.find(sourced), sourced.size(), "operation: {picojoules: 2}");
  const std::string faults = message_of([&] { parse_energy_constants(text, "energy.yaml"); });
  EXPECT_THAT(faults, HasSubstr("operation.source"));
  EXPECT_THAT(faults, HasSubstr("operation.confidence"));
}

TEST(EnergyConstants, AreOfEveryDeviceOfACatalog) {
  const test::TempFolder folder;
  folder.write("devices/acme-one.yaml", kInventedText);
  const std::string path = folder.path() + "/devices/acme-one.yaml";
  const auto constants = parse_energy_constants(test::kEnergyConstantsText, "energy.yaml");
  const Catalog catalog = Catalog::read({folder.path() + "/devices"}, constants);
  EXPECT_NEAR(catalog.find("acme-one").energy.byte.base(), 36 * kPico, 1e-18);
  EXPECT_NEAR(catalog.resolve(path).energy.byte.base(), 36 * kPico, 1e-18);
  EXPECT_DOUBLE_EQ(catalog.find("acme-one").energy.watts_per_rate, 0.2e-9);
}

TEST(EnergyConstants, ThoseOfTheLastFolderCount) {
  const test::TempFolder shipped;
  const test::TempFolder mine;
  EXPECT_FALSE(find_energy_constants({shipped.path(), mine.path()}));
  shipped.write("constants/energy.yaml", test::kEnergyConstantsText);
  EXPECT_DOUBLE_EQ(find_energy_constants({shipped.path(), mine.path()})->memory.at("HBM3"), 3.7);
  std::string text = test::kEnergyConstantsText;
  text.replace(text.find("3.7"), 3, "3.1");
  mine.write("constants/energy.yaml", text);
  EXPECT_DOUBLE_EQ(find_energy_constants({shipped.path(), mine.path()})->memory.at("HBM3"), 3.1);
}

}  // namespace
}  // namespace foretoken::hwdb
