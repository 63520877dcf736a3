#include "sim/predict.h"

#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hwdb/device_parameters.h"
#include "tests/support/invented_data.h"
#include "tests/support/thrown.h"

namespace foretoken::sim {
namespace {

using test::invented_library;
using test::invented_request;

constexpr double kMicro = 1e-6;

// The dense model in 16 bit on 1 TB/s, by hand. A layer has 18 MB of weights in 7 matrices, at half
// of peak 36 us, and 7 launches of 10 us; attention moves 1000 tokens of 2 kB at a quarter of peak,
// 8 us, and a launch; 4 launches for norms and residual adds, 4 for rope and store, 1 for the
// activation, 2 us each. The head has 20 MB; the embedding's row takes 2 ns; the host 1 ms.
constexpr double kLayerWeights = 36 * kMicro;
constexpr double kHead = 40 * kMicro;
constexpr double kAttention = 8 * kMicro;
constexpr double kLookup = 2e-9;
constexpr double kGemmLaunches = 71 * 10 * kMicro;
constexpr double kAttentionLaunches = 10 * 10 * kMicro;
constexpr double kSmallLaunches = 91 * 2 * kMicro;
constexpr double kHost = 1e-3;
constexpr double kStep = 10 * (kLayerWeights + kAttention) + kHead + kLookup + kGemmLaunches +
                         kAttentionLaunches + kSmallLaunches + kHost;

double step_of(const Request& request) {
  return predict(request, invented_library()).step.point.base();
}

TEST(Predict, EqualsTheSumByHand) {
  const Report report = predict(invented_request(invented_library()), invented_library());
  EXPECT_NEAR(report.step.point.base(), kStep, 1e-12);
  EXPECT_NEAR(report.step.point.base(), 2472.002 * kMicro, 1e-12);
  EXPECT_NEAR(report.rate.point.base(), 1 / kStep, 1e-9 / kStep);
}

TEST(Predict, SplitsTheStepByCause) {
  const CauseSplit causes =
      predict(invented_request(invented_library()), invented_library()).causes;
  EXPECT_NEAR(causes.weights.base(), 10 * kLayerWeights, 1e-12);
  EXPECT_NEAR(causes.head.base(), kHead, 1e-12);
  EXPECT_NEAR(causes.attention.base(), 10 * kAttention, 1e-12);
  EXPECT_NEAR(causes.launches.base(), kGemmLaunches + kAttentionLaunches + kSmallLaunches + kLookup,
              1e-12);
  EXPECT_NEAR(causes.host.base(), kHost, 1e-12);
  EXPECT_EQ(causes.links.base(), 0);
}

TEST(Predict, CausesAndOperatorsAddUpToTheStep) {
  const Report report = predict(invented_request(invented_library()), invented_library());
  const CauseSplit& c = report.causes;
  EXPECT_NEAR((c.weights + c.head + c.attention + c.launches + c.links + c.host).base(), kStep,
              1e-12);
  Seconds ops = c.host;
  double share = 0;
  for (const OpReport& op : report.ops) ops += op.time;
  for (const BasisReport& line : report.basis) share += line.share;
  EXPECT_NEAR(ops.base(), kStep, 1e-12);
  EXPECT_NEAR(share, 1.0, 1e-9);
}

TEST(Predict, CountsTheBytesOfAStep) {
  const Report report = predict(invented_request(invented_library()), invented_library());
  EXPECT_NEAR(report.weights_read.base(), 180e6 + 20e6 + 2000, 1);
  EXPECT_NEAR(report.kv_read.base(), 10 * 2e6, 1);
  EXPECT_DOUBLE_EQ(report.bandwidth.base(), 1e12);
  EXPECT_NEAR(report.share_of_peak, 220.002e6 / 1e12 / kStep, 1e-9);
}

TEST(Predict, NamesWhatTakesMostOfTheStep) {
  Request request = invented_request(invented_library());
  // Every small operator and every layer's matrix takes longer to launch than to run.
  EXPECT_EQ(predict(request, invented_library()).bound, "launch");
  request.context_start = 1e6;
  EXPECT_EQ(predict(request, invented_library()).bound, "memory");
}

TEST(Predict, SaysWhatWasAsked) {
  Request request = invented_request(invented_library());
  request.scheme = "sixteen";  // an alias of "half"
  const Report report = predict(request, invented_library());
  EXPECT_EQ(report.model, "tenfold");
  EXPECT_EQ(report.device, "anvil");
  EXPECT_EQ(report.runtime, "plain");
  EXPECT_EQ(report.format, "half");
  EXPECT_EQ(report.pool, "forge");
  EXPECT_EQ(report.batch, 1);
  EXPECT_FALSE(report.format_approximate);
}

TEST(Predict, SameBitsOnRepeat) {
  const Request request = invented_request(invented_library());
  const Report a = predict(request, invented_library());
  const Report b = predict(request, invented_library());
  EXPECT_EQ(a.step.point.base(), b.step.point.base());
  EXPECT_EQ(a.step.lo.base(), b.step.lo.base());
  ASSERT_EQ(a.ops.size(), b.ops.size());
  for (std::size_t i = 0; i < a.ops.size(); ++i) EXPECT_EQ(a.ops[i].time, b.ops[i].time);
}

TEST(Predict, HalfTheBitsHalveTheWeights) {
  Request request = invented_request(invented_library());
  request.scheme = "eight";
  EXPECT_NEAR(step_of(request), kStep - 180 * kMicro - 20 * kMicro - kLookup / 2, 1e-12);
  request.scheme = "four";
  EXPECT_NEAR(step_of(request), kStep - 270 * kMicro - 30 * kMicro - kLookup * 3 / 4, 1e-12);
}

TEST(Predict, ContextAndBatchScaleAttentionAlone) {
  Request request = invented_request(invented_library());
  request.context_start += 1000;
  EXPECT_NEAR(step_of(request), kStep + 10 * kAttention, 1e-12);
  request = invented_request(invented_library());
  request.batch = 3;
  const Report report = predict(request, invented_library());
  EXPECT_NEAR(report.step.point.base(), kStep + 20 * kAttention + 2 * kLookup, 1e-12);
  EXPECT_NEAR(report.rate.point.base(), 3 / report.step.point.base(), 1e-6);
}

TEST(Predict, TheRealFilesSizeScalesTheWeights) {
  Request request = invented_request(invented_library());
  const Bytes computed = predict(request, invented_library()).memory.weights;
  request.weight_bytes = computed * 1.5;
  EXPECT_NEAR(step_of(request), kStep + 0.5 * (10 * kLayerWeights + kHead + kLookup), 1e-12);
}

TEST(Predict, AWhatIfMovesOnlyWhatItTouches) {
  hwdb::Device faster = *invented_library().devices.lookup("anvil");
  hwdb::apply_parameter(faster, "memory.bandwidth*=2");
  Request request = invented_request(invented_library());
  request.device = &faster;
  request.device_changed = true;
  const double moved = 10 * (kLayerWeights + kAttention) + kHead + kLookup;
  EXPECT_NEAR(step_of(request), kStep - moved / 2, 1e-12);
  faster = *invented_library().devices.lookup("anvil");
  hwdb::apply_parameter(faster, "clock*=2");  // no coefficient of the pool depends on it
  EXPECT_NEAR(step_of(request), kStep, 1e-12);
}

TEST(Predict, WindowsCutWhatAttentionReads) {
  Request request = invented_request(invented_library());
  request.llm = invented_library().models.known("windowed");
  // 5 layers read 1000 tokens as above, 5 read 500 and move two more.
  EXPECT_NEAR(step_of(request), kStep - 5 * kAttention * 498.0 / 1000.0, 1e-12);
}

TEST(Predict, RefusesADeviceThatTheRuntimeDoesNotKnow) {
  hwdb::Device npu = test::invented_device({.id = "chip", .device_class = "npu"});
  Request request = invented_request(invented_library());
  request.device = &npu;
  EXPECT_THAT(test::error_of([&] { predict(request, invented_library()); }),
              testing::AllOf(testing::HasSubstr("'plain'"), testing::HasSubstr("'chip'")));
}

TEST(Predict, RefusesUnknownFormats) {
  Request request = invented_request(invented_library());
  request.scheme = "fuor";
  EXPECT_THAT(test::error_of([&] { predict(request, invented_library()); }),
              testing::AllOf(testing::HasSubstr("'fuor'"), testing::HasSubstr("four")));
  request.scheme = "four";
  request.kv_keys = "Q9";
  EXPECT_THAT(test::error_of([&] { predict(request, invented_library()); }),
              testing::HasSubstr("'Q9'"));
}

}  // namespace
}  // namespace foretoken::sim
