#include "app/probe_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/probe_text.h"
#include "tests/support/temp_folder.h"

namespace foretoken::app {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr double kMiB = 1 << 20;

Probed probed() {
  Probed all{.findings = {.backend = "cpu", .device = "Invented"},
             .device = "invented",
             .last_level_bytes = 32 * kMiB};
  all.findings.samples = {
      {.kernel = probe::Kernel::Read,
       .name = "stream_read_avx2",
       .threads = 2,
       .bytes = 16 * kMiB,
       .footprint = 16 * kMiB,
       .seconds = 1e-3,
       .spread = 0.01,
       .repeats = 25},
      {.kernel = probe::Kernel::Gemv,
       .name = "gemv_q4_k_avx2",
       .weight_format = "Q4_K",
       .activation_format = "INT8",
       .m = 1,
       .n = 4096,
       .k = 2048,
       .threads = 2,
       .bytes = 5e6,
       .footprint = 128 * kMiB,
       .seconds = 2.5e-4,
       .spread = 0.0123,
       .repeats = 21,
       .clock_hertz = 3.4567e9,
       .watts = 41.5,
       .error = 1.25e-7,
       .noisy = true},
      {.kernel = probe::Kernel::Attention,
       .name = "attention_f16_avx2",
       .kv_format = "F16",
       .m = 1,
       .heads_q = 32,
       .heads_kv = 8,
       .head_dim = 64,
       .kv_len = 256,
       .threads = 2,
       .bytes = 5e5,
       .footprint = 8 * kMiB,
       .seconds = 1e-4},
      {.kernel = probe::Kernel::Launch, .name = "team_barrier", .threads = 2, .seconds = 1.5e-7},
  };
  return all;
}

const std::string kTime = "2026-08-31T10:20:30Z";

TEST(ProbeRows, CarryWhatWasMeasured) {
  const auto rows = probe_rows(probed(), kTime);
  ASSERT_EQ(rows.size(), 4U);
  const calibrate::KernelRow& row = rows[1].row;
  EXPECT_EQ(row.op, "gemv");
  EXPECT_EQ(row.device, "invented");
  EXPECT_EQ(row.runtime, "foretoken-probe");
  EXPECT_EQ(row.kernel, "gemv_q4_k_avx2");
  EXPECT_EQ(row.weight_format, "Q4_K");
  EXPECT_EQ(row.n, 4096);
  EXPECT_EQ(row.threads, 2);
  EXPECT_EQ(row.latency_seconds, 2.5e-4);
  EXPECT_EQ(row.bytes, 5e6);
  EXPECT_EQ(row.footprint_over_llc, 4.0);
  EXPECT_EQ(row.label, "noisy");
  EXPECT_EQ(row.notes, "spread 0.0123;repeats 21;clock 3.457e+09;watts 41.5;error 1.2e-07");
  EXPECT_EQ(rows[1].from.tool, "foretoken probe cpu");
  EXPECT_EQ(rows[1].from.measured, kTime);
  EXPECT_EQ(rows[1].from.imported, "2026-08-31");
}

TEST(ProbeRows, OperandsInTheCacheSaySo) {
  const auto rows = probe_rows(probed(), kTime);
  EXPECT_EQ(rows[0].row.label, "");
  EXPECT_EQ(rows[2].row.label, "cache");
  EXPECT_EQ(rows[2].row.batch, 1);
  EXPECT_EQ(rows[3].row.op, "launch");
  EXPECT_FALSE(rows[3].row.bytes);
  EXPECT_FALSE(rows[3].row.footprint_over_llc);
}

TEST(ProbeRows, HaveIdsThatDifferByTime) {
  const auto first = probe_rows(probed(), kTime);
  const auto later = probe_rows(probed(), "2026-08-31T10:20:31Z");
  EXPECT_THAT(first[0].row.row_id, testing::StartsWith("probe-"));
  EXPECT_NE(first[0].row.row_id, first[1].row.row_id);
  EXPECT_NE(first[0].row.row_id, later[0].row.row_id);
}

TEST(ProbeRows, ComeBackFromAStore) {
  const test::TempFolder folder;
  const calibrate::RowStore store{.decode = {}, .kernels = probe_rows(probed(), kTime)};
  calibrate::write_row_store(folder / "s.h5", store);
  const calibrate::RowStore back = calibrate::read_row_store(folder / "s.h5");
  ASSERT_EQ(back.kernels.size(), 4U);
  EXPECT_EQ(back.kernels[1].row.notes, store.kernels[1].row.notes);
  EXPECT_EQ(back.kernels[1].row.latency_seconds, 2.5e-4);
}

TEST(ProbeText, HasATableForEachKind) {
  const std::string text = probe_text(probed().findings);
  EXPECT_THAT(text, HasSubstr("cpu: Invented"));
  EXPECT_THAT(text, HasSubstr("read     16.0 MiB     16.8   1.0 %"));
  EXPECT_THAT(text, HasSubstr("Q4_K     4096  2048    20.0?   1.2 %"));
  EXPECT_THAT(text, HasSubstr("32/8    64      256     5.00   0.0 %"));
  EXPECT_THAT(text, HasSubstr("team_barrier  0.150"));
}

TEST(ProbeText, LeavesOutWhatWasNotMeasured) {
  probe::Findings findings = probed().findings;
  findings.samples.resize(1);
  EXPECT_THAT(probe_text(findings), Not(HasSubstr("Matrix")));
}

}  // namespace
}  // namespace foretoken::app
