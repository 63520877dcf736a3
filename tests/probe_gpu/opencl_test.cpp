#include <limits>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "probe/opencl_backend.h"

#ifdef FORETOKEN_HAS_OPENCL
#include "probe/opencl_bench.h"
#endif

namespace foretoken::probe {
namespace {

#ifdef FORETOKEN_HAS_OPENCL

bool has_platform() {
  try {
    return !opencl_devices().empty();
  } catch (const Error&) {
    return false;
  }
}

#define SKIP_WITHOUT_PLATFORM() \
  if (!has_platform()) GTEST_SKIP() << "no OpenCL platform on this machine"

OpenclBench& bench() {
  static OpenclBench one(opencl_devices().front(), true);
  return one;
}

TEST(Opencl, FactsAreTold) {
  SKIP_WITHOUT_PLATFORM();
  for (const GpuFacts& facts : describe_opencl()) {
    EXPECT_EQ(facts.backend, "opencl");
    EXPECT_NE(facts.name, "");
    EXPECT_NE(facts.driver, "");
    EXPECT_GT(facts.units, 0);
    EXPECT_GT(facts.memory_bytes, 0);
    EXPECT_GE(facts.memory_bytes, facts.largest_allocation);
  }
}

class OpenclGemv : public testing::TestWithParam<int> {};

TEST_P(OpenclGemv, AgreesWithTheReferenceInEveryFormat) {
  SKIP_WITHOUT_PLATFORM();
  for (int kind = 0; kind < gpu::kWeightKinds; ++kind) {
    const auto weights = static_cast<gpu::Weights>(kind);
    for (const gpu::MatrixShape shape : gpu::check_shapes()) {
      const double error = opencl_gemv_error(bench(), {weights, GetParam(), shape});
      EXPECT_LT(error, gpu::layout_of(weights).bound)
          << gpu::layout_of(weights).format << ", " << shape.n << " x " << shape.k;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(TokenRows, OpenclGemv, testing::Values(1, 3));

TEST(Opencl, AJobHandsUpItsSample) {
  SKIP_WITHOUT_PLATFORM();
  Findings findings;
  const gpu::GemvCase of{gpu::Weights::Q4K, 1, {257, 4096}};
  opencl_gemv_jobs({of}).front().run(bench(), 0.0, findings);
  EXPECT_THAT(findings.warnings, testing::IsEmpty());
  ASSERT_EQ(findings.samples.size(), 1U);
  const Sample& sample = findings.samples.front();
  EXPECT_EQ(sample.name, "gemv_q4_k_int8_opencl");
  EXPECT_EQ(sample.weight_format, "Q4_K");
  EXPECT_EQ(sample.activation_format, "INT8");
  EXPECT_EQ(sample.n, 257);
  EXPECT_EQ(sample.bytes, 257.0 * 4096 / 256 * 144 + 4096.0 / 32 * 36 + 257 * 4);
  EXPECT_GE(sample.footprint, sample.bytes - 5000);
  EXPECT_GT(sample.seconds, 0);
  EXPECT_GE(sample.repeats, 7);
}

TEST(Opencl, AWrongResultIsNotReported) {
  Sample sample;
  sample.error = 0.5;
  Findings findings;
  EXPECT_FALSE(is_accepted(sample, 0.25, "a kernel", findings));
  sample.error = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(is_accepted(sample, 0.25, "a kernel", findings));
  EXPECT_THAT(findings.warnings.front(),
              testing::HasSubstr("a kernel is off the reference by 0.5 "));
  sample.error = 0.25;
  EXPECT_TRUE(is_accepted(sample, 0.25, "a kernel", findings));
}

TEST(Opencl, StreamsAndLaunchesAreMeasured) {
  SKIP_WITHOUT_PLATFORM();
  Findings findings;
  std::map<std::string, int> seen;
  for (const OpenclJob& job : opencl_stream_jobs(bench(), true)) {
    if (seen[job.name]++ > 0) continue;  // the smallest of each
    job.run(bench(), 0.0, findings);
  }
  EXPECT_THAT(findings.warnings, testing::IsEmpty());
  ASSERT_EQ(findings.samples.size(), 4U);
  for (const Sample& sample : findings.samples) {
    EXPECT_GT(sample.seconds, 0) << sample.name;
    EXPECT_EQ(sample.error, 0) << sample.name;
  }
}

TEST(Opencl, UnknownDeviceIsRefused) {
  SKIP_WITHOUT_PLATFORM();
  GpuProbeOptions options;
  options.device = 999;
  try {
    probe_opencl(options, {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("there is no OpenCL device 999, only "));
  }
}

TEST(Opencl, TheTimeGivenIsKept) {
  SKIP_WITHOUT_PLATFORM();
  GpuProbeOptions options;
  options.seconds = 1e-9;
  options.quick = true;
  options.only = "launch";
  const Findings findings = probe_opencl(options, {});
  EXPECT_EQ(findings.backend, "opencl");
  EXPECT_THAT(
      findings.warnings,
      testing::ElementsAre("The time was up after 0 of 2 kernels; the rest is not measured."));
}

#else

TEST(Opencl, ABuildWithoutItSaysSo) {
  EXPECT_THROW(describe_opencl(), Error);
  EXPECT_THROW(probe_opencl({}, {}), Error);
}

#endif

}  // namespace
}  // namespace foretoken::probe
