#include "ops/load.h"

#include <gtest/gtest.h>

#include "tests/support/invented_device.h"

namespace foretoken::ops {
namespace {

using test::invented_device;

Demand weights_of(double bytes, double flops = 0) {
  return {.weights = Bytes::of(bytes), .intake = Bytes::of(bytes), .flops = Flops::of(flops)};
}

TEST(LoadOf, DividesDemandByTheDatasheet) {
  Demand demand = weights_of(2e6, 4e9);
  demand.message = Bytes::of(1e6);
  demand.serial_steps = 77;
  const Load load = load_of(demand, 3, invented_device(), {});
  EXPECT_DOUBLE_EQ(load.memory.base(), 2e-6);  // 2 MB at 1 TB/s
  EXPECT_DOUBLE_EQ(load.core.base(), 2e-5);    // at 100 GB/s: a byte a clock on 100 cores
  EXPECT_DOUBLE_EQ(load.flop.base(), 4e-5);    // 4 GFLOP at 100 TFLOP/s
  EXPECT_DOUBLE_EQ(load.link.base(), 1e-5);    // 1 MB over the faster link
  EXPECT_DOUBLE_EQ(load.cache.base(), 0);
  EXPECT_DOUBLE_EQ(load.serial.base(), 77e-9);  // 77 steps at 1 GHz
  EXPECT_DOUBLE_EQ(load.launches, 3);
}

TEST(LoadOf, AProcessorMultipliesAtTheRateOfTheCoresThatTakePart) {
  hwdb::Device cpu = invented_device({.device_class = "cpu", .cores = 10});
  cpu.core_types = {{.count = 10, .clock = Hertz::of(1e9), .macs = 50}};
  Demand demand = weights_of(2e6, 4e9);
  demand.arithmetic = ArithmeticClass::Int8;
  // 4 GFLOP over 4 cores of 1 GHz, 50 products and sums a clock: 400 GFLOP/s, not the sheet's peak.
  EXPECT_DOUBLE_EQ(load_of(demand, 1, cpu, {.threads = 4}).flop.base(), 1e-2);
  // What int8 products say nothing of has no such roof.
  demand.arithmetic = ArithmeticClass::Fp16;
  EXPECT_DOUBLE_EQ(load_of(demand, 1, cpu, {.threads = 4}).flop.base(), 0);
}

TEST(LoadOf, SumsWeightsCacheAndState) {
  Demand demand = weights_of(1e6);
  demand.kv = Bytes::of(2e6);
  demand.state = Bytes::of(3e6);
  EXPECT_DOUBLE_EQ(load_of(demand, 1, invented_device(), {}).memory.base(), 6e-6);
}

TEST(LoadOf, CountsActivationsOnlyBeyondHalfOfTheLastLevelCache) {
  Demand demand = weights_of(1e6);
  demand.activations = Bytes::of(32e6);  // exactly half of 64 MB
  EXPECT_DOUBLE_EQ(load_of(demand, 1, invented_device(), {}).memory.base(), 1e-6);
  demand.activations = Bytes::of(33e6);
  EXPECT_DOUBLE_EQ(load_of(demand, 1, invented_device(), {}).memory.base(), 34e-6);
}

TEST(LoadOf, TakesOneMebibyteWhereNoCacheIsStated) {
  hwdb::Device device = invented_device();
  device.last_level_cache.reset();
  Demand demand = weights_of(1e6);
  demand.activations = Bytes::of(500e3);
  EXPECT_DOUBLE_EQ(load_of(demand, 1, device, {}).memory.base(), 1e-6);
  demand.activations = Bytes::of(600e3);
  EXPECT_DOUBLE_EQ(load_of(demand, 1, device, {}).memory.base(), 1.6e-6);
}

TEST(LoadOf, FactsThatASheetDoesNotStateGiveNoRoof) {
  hwdb::Device device = invented_device();
  device.cores.reset();
  device.peak = {};
  device.links.clear();
  Demand demand = weights_of(1e6, 1e9);
  demand.message = Bytes::of(1e6);
  const Load load = load_of(demand, 1, device, {});
  EXPECT_EQ(load.core.base(), 0);
  EXPECT_EQ(load.flop.base(), 0);
  EXPECT_EQ(load.link.base(), 0);
  EXPECT_DOUBLE_EQ(load.memory.base(), 1e-6);
}

TEST(LoadOf, TakesTheClockOfTheClassWhereNoneIsStated) {
  const auto core = [](const char* device_class) {
    hwdb::Device device = invented_device({.device_class = device_class, .cores = 10});
    device.clock.reset();
    return load_of(weights_of(9e9), 1, device, {}).core.base();
  };
  EXPECT_DOUBLE_EQ(core("gpu"), 0.5);  // 1.8 GHz
  EXPECT_DOUBLE_EQ(core("cpu"), 0.3);  // 3 GHz
  EXPECT_DOUBLE_EQ(core("npu"), 0.9);  // 1 GHz
  EXPECT_DOUBLE_EQ(core("igpu"), 9.0 / 14.0);
}

TEST(LoadOf, ThreadsCountOnCpusOnlyAndNeverBeyondTheCores) {
  const hwdb::Device gpu = invented_device();
  const hwdb::Device cpu = invented_device({.device_class = "cpu", .cores = 10});
  const auto core = [](const hwdb::Device& device, int threads) {
    return load_of(weights_of(1e9), 1, device, {.threads = threads}).core.base();
  };
  EXPECT_DOUBLE_EQ(core(cpu, 0), 0.1);
  EXPECT_DOUBLE_EQ(core(cpu, 5), 0.2);
  EXPECT_DOUBLE_EQ(core(cpu, 64), 0.1);
  EXPECT_DOUBLE_EQ(core(gpu, 5), core(gpu, 0));
}

TEST(LoadOf, ACachedShareMovesBytesToTheCacheWhereThePoolPricesIt) {
  const Demand demand = weights_of(4e6);
  const Load priced =
      load_of(demand, 1, invented_device(), {.cached_share = 0.25, .has_cache_rate = true});
  EXPECT_DOUBLE_EQ(priced.memory.base(), 3e-6);
  EXPECT_DOUBLE_EQ(priced.cache.base(), 1e-6);
  const Load unpriced = load_of(demand, 1, invented_device(), {.cached_share = 0.25});
  EXPECT_DOUBLE_EQ(unpriced.memory.base(), 4e-6);
  EXPECT_DOUBLE_EQ(unpriced.cache.base(), 0);
}

TEST(EngineBandwidth, IsTheNarrowerOfDramAndPort) {
  hwdb::Device device = invented_device();
  EXPECT_DOUBLE_EQ(engine_bandwidth(device).base(), 1e12);
  device.memory.port = BytesPerSecond::of(3e11);
  EXPECT_DOUBLE_EQ(engine_bandwidth(device).base(), 3e11);
  device.memory.port = BytesPerSecond::of(5e12);
  EXPECT_DOUBLE_EQ(engine_bandwidth(device).base(), 1e12);
}

TEST(PeakRate, TakesTheNextWiderFormatThatIsStated) {
  const hwdb::Device device = invented_device();  // states fp16 and int8
  const auto rate = [&](ArithmeticClass c) { return peak_rate(device, c)->base(); };
  EXPECT_DOUBLE_EQ(rate(ArithmeticClass::Fp16), 100e12);
  EXPECT_DOUBLE_EQ(rate(ArithmeticClass::Bf16), 100e12);
  EXPECT_DOUBLE_EQ(rate(ArithmeticClass::Fp8), 100e12);
  EXPECT_DOUBLE_EQ(rate(ArithmeticClass::Fp4), 100e12);
  EXPECT_DOUBLE_EQ(rate(ArithmeticClass::Int8), 200e12);
  EXPECT_DOUBLE_EQ(rate(ArithmeticClass::Int4), 200e12);
  EXPECT_FALSE(peak_rate(device, ArithmeticClass::Fp32).has_value());
}

TEST(CachedShare, IsAllWhileItFitsAndNoneOnceItStreams) {
  EXPECT_EQ(cached_share(std::nullopt), 0.0);
  EXPECT_EQ(cached_share(0.0), 1.0);
  EXPECT_GT(cached_share(0.5), 0.94);
  EXPECT_DOUBLE_EQ(cached_share(1.0), 0.5);
  EXPECT_DOUBLE_EQ(cached_share(2.0), 1.0 / 17.0);
  EXPECT_LT(cached_share(50.0), 1e-6);
}

}  // namespace
}  // namespace foretoken::ops
