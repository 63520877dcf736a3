#include "app/probe_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/probe_text.h"
#include "calibrate/import_file.h"
#include "calibrate/kernel_resolver.h"
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

/// Of the fit's inputs all but what the device was like meanwhile.
void expect_alike(const sim::Library& library, calibrate::KernelRow ours,
                  calibrate::KernelRow imported) {
  for (calibrate::KernelRow* const row : {&ours, &imported}) {
    row->device = "amd-epyc-9374f";
    row->source = row->kernel = row->runtime_version = "";
    row->threads = 8;
  }
  const calibrate::ResolvedKernel a = calibrate::resolve_kernel(library, ours);
  const calibrate::ResolvedKernel b = calibrate::resolve_kernel(library, imported);
  EXPECT_EQ(a.reject, "");
  EXPECT_EQ(a.pool, b.pool);
  ASSERT_EQ(a.loads.ops.size(), 1U);
  EXPECT_EQ(a.loads.contexts.back().attributes, b.loads.contexts.back().attributes);
  EXPECT_EQ(a.loads.contexts.back().covariates, b.loads.contexts.back().covariates);
  const ops::Load& load = a.loads.ops[0].load;
  const ops::Load& other = b.loads.ops[0].load;
  EXPECT_EQ(load.launches, other.launches);
  EXPECT_EQ(load.memory.base(), other.memory.base());
  EXPECT_EQ(load.core.base(), other.core.base());
  EXPECT_EQ(load.flop.base(), other.flop.base());
}

TEST(ProbeRows, OfARuntimesOwnKernelsAreThoseThatItsToolGives) {
  Probed of_ggml = probed();
  of_ggml.findings.backend = "ggml";
  of_ggml.findings.driver = "ggml 0.9.4";
  of_ggml.findings.runtime = "llama.cpp-cpu";
  of_ggml.findings.samples[1].activation_format = "F32";
  const auto rows = probe_rows(of_ggml, kTime);
  EXPECT_EQ(rows[1].row.op, "gemm");
  EXPECT_EQ(rows[1].row.runtime, "llama.cpp-cpu");
  EXPECT_EQ(rows[1].row.runtime_version, "ggml 0.9.4");
  EXPECT_EQ(rows[1].from.tool, "foretoken probe ggml");
  const calibrate::ForeignFile imported = calibrate::read_foreign_text(
      "Testing 1 devices\n\nBackend 1/1: CPU\n  Device description: Invented\n\n"
      "  MUL_MAT(type_a=q4_K,type_b=f32,m=4096,n=1,k=2048,bs=[1,1],nr=[1,1]): "
      "10 runs - 250.00 us/run - 16.78 MFLOP/run - 67.11 GFLOPS\n"
      "  FLASH_ATTN_EXT(hsk=64,hsv=64,nh=8,nr23=[4,1],kv=256,nb=1,type_KV=f16): "
      "10 runs - 100.00 us/run - 2.10 MFLOP/run - 20.97 GFLOPS\n",
      "perf.txt");
  ASSERT_EQ(imported.kernels.size(), 2U);
  const sim::Library library = sim::read_library({FORETOKEN_DATA_DIR}, false);
  expect_alike(library, rows[1].row, imported.kernels[0].row);
  expect_alike(library, rows[2].row, imported.kernels[1].row);
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
  EXPECT_THAT(text, HasSubstr("F16    32/8    64      256     5.00   0.0 %"));
  EXPECT_THAT(text, HasSubstr("team_barrier  0.150"));
}

TEST(ProbeText, LeavesOutWhatWasNotMeasured) {
  probe::Findings findings = probed().findings;
  findings.samples.resize(1);
  EXPECT_THAT(probe_text(findings), Not(HasSubstr("Matrix")));
}

}  // namespace
}  // namespace foretoken::app
