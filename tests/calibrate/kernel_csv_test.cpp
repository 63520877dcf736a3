#include "calibrate/kernel_csv.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken::calibrate {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::vector<KernelRow> read(const std::string& text) {
  const test::TempFolder folder;
  return read_kernel_rows(folder.write("kernels.csv", text));
}

std::string fault_of(const std::string& text) {
  return test::config_error_of([&] { read(text); });
}

TEST(KernelCsv, ReadsShapesAndTheLatency) {
  const auto rows = read(
      "row_id,source,device,runtime,kernel,op,weight_format,m,n,k,latency_us,footprint_over_llc,"
      "label\nk1,us,anvil,plain,marlin,gemm,F16,4,1000,2000,12.5,0.5,\n");
  ASSERT_EQ(rows.size(), 1u);
  const KernelRow& row = rows.front();
  EXPECT_EQ(row.row_id, "k1");
  EXPECT_EQ(row.kernel, "marlin");
  EXPECT_EQ(row.op, "gemm");
  EXPECT_EQ(row.m, 4);
  EXPECT_EQ(row.n, 1000);
  EXPECT_EQ(row.k, 2000);
  EXPECT_DOUBLE_EQ(row.latency_seconds, 12.5e-6);
  EXPECT_EQ(row.footprint_over_llc, 0.5);
  EXPECT_EQ(row.tp, 1);
  EXPECT_EQ(row.line, 2);
}

TEST(KernelCsv, ReadsAttentionAndExpertColumns) {
  const auto rows = read(
      "device,runtime,op,latency_us,batch,heads_q,heads_kv,head_dim,kv_len,kv_format,experts,"
      "experts_active,tp,ep,routing,notes\n"
      "a,b,attention,1,8,32,4,128,4096,fp8,64,6,2,4,balanced,not gated: two matrices\n"
      "a,b,moe,1,,,,,,,64,6,,,power_law_1.2,\n");
  EXPECT_EQ(rows.front().ep, 4);
  EXPECT_EQ(rows.front().routing, "balanced");
  EXPECT_EQ(rows.front().notes, "not gated: two matrices");
  EXPECT_EQ(rows.back().ep, 1);
  EXPECT_EQ(rows.back().routing, "power_law_1.2");
  const KernelRow& row = rows.front();
  EXPECT_EQ(row.batch, 8);
  EXPECT_EQ(row.heads_q, 32);
  EXPECT_EQ(row.heads_kv, 4);
  EXPECT_EQ(row.head_dim, 128);
  EXPECT_EQ(row.kv_len, 4096);
  EXPECT_EQ(row.kv_format, "fp8");
  EXPECT_EQ(row.experts, 64);
  EXPECT_EQ(row.experts_active, 6);
  EXPECT_EQ(row.tp, 2);
  EXPECT_FALSE(row.footprint_over_llc);
}

TEST(KernelCsv, ReadsTheThreads) {
  const auto rows = read("device,runtime,op,latency_us,threads\na,b,gemm,1,16\na,b,gemm,1,\n");
  EXPECT_EQ(rows.front().threads, 16);
  EXPECT_EQ(rows.back().threads, 0);
  EXPECT_THAT(fault_of("device,runtime,op,latency_us,threads\na,b,gemm,1,-4\n"),
              HasSubstr("'threads'"));
}

TEST(KernelCsv, NamesAMissingColumn) {
  EXPECT_THAT(fault_of("device,runtime,op\na,b,gemm\n"),
              AllOf(HasSubstr("kernels.csv"), HasSubstr("latency_us")));
  EXPECT_THAT(fault_of("device,runtime,latency_us\na,b,1\n"), HasSubstr("'op'"));
}

TEST(KernelCsv, RefusesFiguresThatAreNone) {
  for (const char* bad : {"-3", "nan", "wide"}) {
    EXPECT_THAT(fault_of("device,runtime,op,latency_us,n\na,b,gemm,1," + std::string(bad) + "\n"),
                AllOf(HasSubstr("kernels.csv:2"), HasSubstr("'n'"), HasSubstr(bad)))
        << bad;
  }
}

TEST(KernelCsv, AnUnknownLabelIsAFaultWithItsPlace) {
  EXPECT_THAT(fault_of("device,runtime,op,latency_us,label\na,b,gemm,1,cache\na,b,gemm,1,caches\n"),
              AllOf(HasSubstr("kernels.csv:3"), HasSubstr("unknown label 'caches'"),
                    HasSubstr("did you mean 'cache'?")));
}

TEST(KernelCsv, ReportsAllFaultsTogether) {
  EXPECT_THAT(fault_of("device,runtime,op,latency_us\na,b,gemm,-1\na,b,gemm,x\n"),
              AllOf(HasSubstr("kernels.csv:2"), HasSubstr("kernels.csv:3")));
}

}  // namespace
}  // namespace foretoken::calibrate
