#include "sim/library.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/coefficient_file.h"
#include "sim/predict.h"
#include "tests/support/invented_data.h"
#include "tests/support/thrown.h"

namespace foretoken::sim {
namespace {

using testing::AllOf;
using testing::HasSubstr;

void write_coefficients(const test::InventedData& data, double value) {
  const Library library = data.library();
  ops::PoolCoefficients pool;
  pool.law = library.laws.at("forge");
  pool.rows = 5;
  pool.parameters["gemm.dram"] = {value, 0.1, 5};
  ops::CoefficientTable table;
  table.add(std::move(pool));
  ops::write_coefficients(data.write("coefficients/c.h5", ""), table, {});
}

TEST(ReadLibrary, ReadsEveryKindOfFile) {
  const Library& library = test::invented_library();
  EXPECT_EQ(library.devices.size(), 3u);
  EXPECT_EQ(library.runtimes.runtimes().size(), 1u);
  EXPECT_EQ(library.models.all().size(), 3u);
  EXPECT_EQ(library.formats.size(), 3u);
  EXPECT_EQ(library.laws.size(), 2u);
  EXPECT_EQ(library.schemes.find("FOUR"), "four");
}

TEST(ReadLibrary, EveryPoolAnswersFromItsPriorsBeforeAFit) {
  const Library& library = test::invented_library();
  ASSERT_NE(library.coefficients.find("bellows"), nullptr);
  EXPECT_TRUE(library.coefficients.find("bellows")->parameters.empty());
}

TEST(ReadLibrary, TakesFittedCoefficientsWhenAsked) {
  const test::InventedData data;
  write_coefficients(data, 0.25);
  EXPECT_EQ(data.library().coefficients.find("forge")->rows, 5);
  EXPECT_EQ(read_library({data.path()}, false).coefficients.find("forge")->rows, 0);
  EXPECT_TRUE(data.library().coefficients.find("bellows")->parameters.empty());
}

TEST(ReadLibrary, CoefficientsSavedAndLoadedPredictTheSameBits) {
  const test::InventedData data;
  Library in_memory = data.library();
  ops::PoolCoefficients pool;
  pool.law = in_memory.laws.at("forge");
  pool.parameters["gemm.dram"] = {1.0 / 3.0, 0.1, 5};
  in_memory.coefficients.add(std::move(pool));
  write_coefficients(data, 1.0 / 3.0);
  const Library loaded = data.library();
  EXPECT_EQ(predict(test::invented_request(in_memory), in_memory).step.point.base(),
            predict(test::invented_request(loaded), loaded).step.point.base());
}

TEST(ReadLibrary, AnOverlayReplacesAndAdds) {
  const test::InventedData base;
  const test::TempFolder overlay;
  overlay.write("devices/anvil.yaml", test::device_text({.gigabytes_per_second = 3000}));
  overlay.write("devices/tongs.yaml", test::device_text({.id = "tongs"}));
  const Library library = read_library({base.path(), overlay.path()});
  EXPECT_EQ(library.devices.size(), 4u);
  EXPECT_DOUBLE_EQ(library.devices.find("anvil").memory.bandwidth.base(), 3e12);
  EXPECT_NE(library.devices.lookup("tongs"), nullptr);
}

TEST(ReadLibrary, NamesAFolderThatIsMissing) {
  const test::TempFolder empty;
  EXPECT_THAT(test::error_of([&] { read_library({empty.path()}); }),
              AllOf(HasSubstr("no folder 'formats'"), HasSubstr(empty.path())));
  const test::InventedData data;
  std::filesystem::remove_all(data.path() + "/laws");
  EXPECT_THAT(test::error_of([&] { data.library(); }), HasSubstr("no folder 'laws'"));
}

TEST(ReadLibrary, RefusesCoefficientsOfAnOlderLaw) {
  const test::InventedData data;
  write_coefficients(data, 0.25);
  data.write("laws/forge.yaml", std::string(test::kLawText) + "# changed\n");
  EXPECT_THAT(test::error_of([&] { data.library(); }),
              AllOf(HasSubstr("another law file"), HasSubstr("calibrate")));
}

}  // namespace
}  // namespace foretoken::sim
