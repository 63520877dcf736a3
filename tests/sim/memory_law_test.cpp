#include "sim/memory_law.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/memory_fit.h"
#include "tests/support/invented_data.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken::sim {
namespace {

using testing::HasSubstr;

MemoryLaw sample() {
  MemoryLaw law;
  law.overheads[{"plain", hwdb::DeviceClass::Gpu}] = {.constant = 2e8,
                                                      .share = 1.5,
                                                      .constant_variance = 1e14,
                                                      .covariance = -5e5,
                                                      .share_variance = 0.04,
                                                      .noise = 0.01,
                                                      .rows = 30};
  return law;
}

MemoryFit fit_under(const MemoryLaw& law, double level) {
  const Library& library = test::invented_library();
  const Request request = test::invented_request(library);
  return memory_fit(request, library.schemes.assign(request.scheme, *request.llm, library.formats),
                    library.formats, law, level);
}

TEST(MemoryLaw, IsReadAsItWasWritten) {
  const test::TempFolder folder;
  const std::string path = folder.write("memory.yaml", memory_law_text(sample(), "a test"));
  MemoryLaw read;
  read_memory_law(path, read);
  ASSERT_EQ(read.overheads.size(), 1U);
  const MemoryOverhead& o = read.overheads.begin()->second;
  EXPECT_DOUBLE_EQ(o.constant, 2e8);
  EXPECT_DOUBLE_EQ(o.share, 1.5);
  EXPECT_DOUBLE_EQ(o.constant_variance, 1e14);
  EXPECT_NEAR(o.covariance, -5e5, 1);
  EXPECT_NEAR(o.share_variance, 0.04, 1e-9);
  EXPECT_DOUBLE_EQ(o.noise, 0.01);
  EXPECT_DOUBLE_EQ(o.rows, 30);
}

TEST(MemoryLaw, FaultsNameTheFileAndTheKey) {
  const test::TempFolder folder;
  const std::string path = folder.write(
      "memory.yaml",
      "schema: 1\nsource: us\nconstant_spread: 1\nshare_spread: 1\nnoise: -1\nsize: 3\n");
  const std::string what = test::config_error_of([&] {
    MemoryLaw law;
    read_memory_law(path, law);
  });
  EXPECT_THAT(what, HasSubstr("memory.yaml"));
  EXPECT_THAT(what, HasSubstr("noise"));
  EXPECT_THAT(what, HasSubstr("size"));
}

TEST(MemoryLaw, FittedOverheadsReplaceWhatTheRuntimesFileStates) {
  const MemoryFit stated = fit_under({}, 0.9);
  const MemoryFit fitted = fit_under(sample(), 0.9);
  EXPECT_DOUBLE_EQ(stated.overhead.base(), 1e9 + 2.25e6);
  EXPECT_EQ(stated.overhead_rows, 0);
  EXPECT_DOUBLE_EQ(fitted.overhead.base(), 2e8 + 1.5 * 2.25e6);
  EXPECT_EQ(fitted.overhead_rows, 30);
}

TEST(MemoryLaw, IntervalsHoldThePointAndWidenWithTheLevel) {
  const MemoryFit narrow = fit_under(sample(), 0.5);
  const MemoryFit wide = fit_under(sample(), 0.95);
  EXPECT_LT(narrow.total_lo, narrow.total());
  EXPECT_GT(narrow.total_hi, narrow.total());
  EXPECT_LT(wide.total_lo, narrow.total_lo);
  EXPECT_GT(wide.total_hi, narrow.total_hi);
  // What was counted is there at least.
  EXPECT_GE(wide.total_lo, wide.weights + wide.kv);
}

}  // namespace
}  // namespace foretoken::sim
