#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calibrate/memory_calibration.h"
#include "calibrate/memory_rows.h"
#include "tests/support/invented_data.h"
#include "tests/support/thrown.h"

namespace foretoken::calibrate {
namespace {

using testing::HasSubstr;

TEST(AllocatedTokens, AreWhatNotesSay) {
  EXPECT_EQ(allocated_tokens("context window 512, shifts; 1023 tokens made"), 512);
  EXPECT_EQ(allocated_tokens("max context 320; vendor"), 320);
  EXPECT_EQ(allocated_tokens("static 2048 slots"), 2048);
  EXPECT_EQ(allocated_tokens("static ratio 2048 used"), std::nullopt);
  EXPECT_EQ(allocated_tokens("context of a novel"), std::nullopt);
  EXPECT_EQ(allocated_tokens(""), std::nullopt);
}

const std::string kRowsHead =
    "row_id,source,device,runtime,model,weight_format,context_start,gen_tokens,decode_tok_s,"
    "memory_bytes,label,notes\n";

std::string row(const std::string& id, const std::string& source, const std::string& label) {
  return id + "," + source + ",anvil,plain,tenfold,half,0,1000,400,600e6," + label + ",\n";
}

MemoryRows rows_of(const std::string& kinds, const std::string& rows) {
  static std::vector<std::unique_ptr<test::InventedData>> folders;
  static std::vector<std::unique_ptr<sim::Library>> libraries;
  static std::vector<std::unique_ptr<Dataset>> sets;
  folders.push_back(std::make_unique<test::InventedData>());
  const test::InventedData& data = *folders.back();
  data.write("measurements/memory_kinds.csv", kinds);
  data.write("measurements/decode_us.csv", kRowsHead + rows);
  libraries.push_back(std::make_unique<sim::Library>(data.library()));
  sets.push_back(std::make_unique<Dataset>(read_decode_dataset(*libraries.back(), {data.path()})));
  return memory_rows(*sets.back(), *libraries.back(), {data.path()});
}

TEST(MemoryRows, TakePartWhereTheirSourceIsKnownToCountAllOfIt) {
  const MemoryRows found =
      rows_of("source,runtime,kind,why\nus,*,device,a meter\nthem,plain,not-total,a file's size\n",
              row("a", "us", "") + row("b", "them", "") + row("c", "nobody", "") +
                  row("d", "us", "multi-device") + row("e", "us", "throttled"));
  ASSERT_EQ(found.rows.size(), 2U);  // heat does not change what is held
  EXPECT_EQ(found.rows[0].row->row->row_id, "a");
  EXPECT_EQ(found.rows[0].kind, MemoryKind::Device);
  EXPECT_EQ(found.rows[1].row->row->row_id, "e");
  ASSERT_EQ(found.unused.size(), 3U);
  EXPECT_EQ(found.unused[0].reason, "a file's size");
  EXPECT_THAT(found.unused[1].reason, HasSubstr("'nobody'"));
  EXPECT_EQ(found.unused[2].reason, "label multi-device");
}

TEST(MemoryRows, AnUnknownKindIsAFault) {
  const std::string what = test::config_error_of(
      [] { rows_of("source,runtime,kind,why\nus,*,guess,none\n", row("a", "us", "")); });
  EXPECT_THAT(what, HasSubstr("memory_kinds.csv"));
  EXPECT_THAT(what, HasSubstr("guess"));
}

/// Rows of one runtime with known weights, cache and buffer, and a total that is planted.
class Planted {
 public:
  explicit Planted(double constant, double share, MemoryKind kind) {
    resolved_.request = test::invented_request(test::invented_library());
    row_.source = "us";
    resolved_.row = &row_;
    for (int i = 1; i <= 40; ++i) {
      MemoryRow one{.row = &resolved_, .kind = kind};
      one.counted.weights = Bytes::of(1e9 * i);
      one.counted.kv = Bytes::of(1e8);
      one.counted.compute = Bytes::of(1e8 * (1 + i % 7));
      const double wobble = 1.0 + 0.002 * (i % 5 - 2);
      one.measured = Bytes::of((one.counted.weights + one.counted.kv).base() * wobble + constant +
                               share * one.counted.compute.base());
      rows_.push_back(one);
    }
  }
  sim::MemoryOverhead fitted() const {
    const sim::MemoryLaw law = fit_memory(rows_, std::vector<bool>(rows_.size(), true));
    return law.overhead_of("plain", hwdb::DeviceClass::Gpu, Bytes::of(1e9));
  }
  std::vector<MemoryRow>& rows() { return rows_; }

 private:
  DecodeRow row_;
  ResolvedRow resolved_;
  std::vector<MemoryRow> rows_;
};

TEST(MemoryFitting, FindsAPlantedConstantAndShare) {
  const sim::MemoryOverhead fitted = Planted(3e8, 1.4, MemoryKind::Device).fitted();
  EXPECT_NEAR(fitted.constant, 3e8, 3e7);
  EXPECT_NEAR(fitted.share, 1.4, 0.1);
  EXPECT_EQ(fitted.rows, 40);
  EXPECT_LT(fitted.noise, 0.02);
}

TEST(MemoryFitting, BuffersAloneSayNothingOfTheConstant) {
  const sim::MemoryOverhead fitted = Planted(0, 1.2, MemoryKind::Buffers).fitted();
  EXPECT_NEAR(fitted.constant, 1e9, 1);  // as the runtime's file states
  EXPECT_NEAR(fitted.share, 1.2, 0.1);
}

TEST(MemoryFitting, ARowFarOffHardlyPulls) {
  Planted planted(3e8, 1.0, MemoryKind::Device);
  planted.rows()[3].measured = planted.rows()[3].measured * 3.0;
  EXPECT_NEAR(planted.fitted().constant, 3e8, 4e7);
}

TEST(MemoryFitting, RowsLeftOutDoNotTakePart) {
  Planted planted(3e8, 1.0, MemoryKind::Device);
  const sim::MemoryLaw law =
      fit_memory(planted.rows(), std::vector<bool>(planted.rows().size(), false));
  EXPECT_TRUE(law.overheads.empty());
  const auto overhead = law.overhead_of("plain", hwdb::DeviceClass::Gpu, Bytes::of(1e9));
  EXPECT_DOUBLE_EQ(overhead.constant, 1e9);
  EXPECT_GT(overhead.constant_variance, 0);
}

}  // namespace
}  // namespace foretoken::calibrate
