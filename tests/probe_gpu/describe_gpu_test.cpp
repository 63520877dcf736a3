#include "probe/describe_gpu.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "hwdb/device_checks.h"
#include "hwdb/device_yaml.h"
#include "probe/opencl_backend.h"

namespace foretoken::probe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

GpuFacts invented_facts() {
  GpuFacts facts;
  facts.backend = "cuda";
  facts.name = "NVIDIA Invented 7000";
  facts.vendor = "NVIDIA";
  facts.driver = "580.1";
  facts.platform = "CUDA 13.0";
  facts.isa = "sm_77";
  facts.units = 40;
  facts.clock_hertz = 2e9;
  facts.memory_clock_hertz = 8e9;
  facts.memory_bus_bits = 256;
  facts.memory_bytes = std::int64_t{16'376} << 20;
  facts.cache_bytes = std::int64_t{32} << 20;
  facts.power_limit_watts = 285;
  return facts;
}

/// `cores` at 1 GHz, 1024 FP16 and 2048 INT8 operations a core and clock.
hwdb::Device known_device(const std::string& id, const std::string& isa, int cores) {
  hwdb::Device device;
  device.id = id;
  device.vendor = "NVIDIA";
  device.architecture = "Arch-of-" + id;
  device.isa = isa;
  device.memory.type = "GDDR9";
  device.cores = cores;
  device.clock = Hertz::of(1e9);
  device.peak[static_cast<std::size_t>(ArithmeticClass::Fp16)] = FlopsPerSecond::of(1024e9 * cores);
  device.peak[static_cast<std::size_t>(ArithmeticClass::Int8)] = FlopsPerSecond::of(2048e9 * cores);
  return device;
}

/// Told: 256 bits at 16 GT/s = 512 GB/s.
constexpr Measured kNear{.bandwidth = 460e9, .clock_hertz = 1.9e9};

/// The device as it is read from the text, which must break no rule.
hwdb::Device read_back(const Description& description) {
  const hwdb::Device device = hwdb::parse_device(device_yaml_text(description), "described");
  EXPECT_THAT(hwdb::device_faults(device), IsEmpty());
  return device;
}

TEST(DescribeGpu, WhatTheDriverTellsIsKeptAndTheRestIsAssumedFromADeviceAlike) {
  hwdb::Device bare = known_device("same-size-without-clock", "sm_77", 40);
  bare.clock.reset();
  const std::vector<hwdb::Device> known{bare, known_device("small", "sm_77", 10),
                                        known_device("large", "sm_77", 60),
                                        known_device("other", "sm_76", 40)};
  const Description description = describe_gpu(invented_facts(), kNear, known, "invented-7000");
  const hwdb::Device device = read_back(description);
  EXPECT_EQ(device.id, "invented-7000");
  EXPECT_EQ(device.name, "NVIDIA Invented 7000");
  EXPECT_EQ(device.device_class, hwdb::DeviceClass::Gpu);
  EXPECT_EQ(device.architecture, "Arch-of-large");
  EXPECT_EQ(device.isa, "sm_77");
  EXPECT_EQ(device.memory.type, "GDDR");
  EXPECT_EQ(device.memory.bus_bits, 256);
  EXPECT_EQ(device.memory.transfers_per_second, 16e9);
  EXPECT_EQ(device.memory.bandwidth, BytesPerSecond::of(512e9));
  EXPECT_EQ(device.memory.capacity, Bytes::of(16'376.0 * 1024 * 1024));
  EXPECT_EQ(device.last_level_cache, Bytes::of(32.0 * 1024 * 1024));
  EXPECT_EQ(device.cores, 40);
  EXPECT_EQ(device.clock, Hertz::of(2e9));
  EXPECT_EQ(device.tdp, Watts::of(285));
  EXPECT_THAT(device.core_types, IsEmpty());
  // 40 cores at twice the clock.
  EXPECT_EQ(device.peak_of(ArithmeticClass::Fp16), FlopsPerSecond::of(1024e9 * 80));
  EXPECT_EQ(device.peak_of(ArithmeticClass::Int8), FlopsPerSecond::of(2048e9 * 80));
  EXPECT_FALSE(device.peak_of(ArithmeticClass::Fp8));
  const std::string text = device_yaml_text(description);
  EXPECT_THAT(text, HasSubstr("bus_bits: 256  # told by the driver"));
  EXPECT_THAT(text, HasSubstr("bandwidth: \"512.0 GB/s\"  # width times rate; measured: the "
                              "fastest pass over memory read 460.0 GB/s"));
  EXPECT_THAT(text, HasSubstr("clock: \"2000 MHz\"  # told by the driver: the highest; measured "
                              "while reading: 1900 MHz"));
  EXPECT_THAT(text, HasSubstr("peak:  # assumed: as many operations a core and clock as 'large'"));
  EXPECT_THAT(text, HasSubstr("tdp: \"285 W\"  # told by NVML"));
}

TEST(DescribeGpu, TheCataloguesOwnEntryGoesBeforeOthersAlike) {
  std::vector<hwdb::Device> known{known_device("twin", "sm_77", 40),
                                  known_device("invented-7000", "", 44)};
  const hwdb::Device device =
      read_back(describe_gpu(invented_facts(), kNear, known, "invented-7000", "mine"));
  EXPECT_EQ(device.id, "mine");
  EXPECT_THAT(device.aliases, ElementsAre("invented-7000"));
  EXPECT_EQ(device.architecture, "Arch-of-invented-7000");
  EXPECT_EQ(device.memory.type, "GDDR9");
}

TEST(DescribeGpu, WhatDoesNotFitTheMeasurementIsNotTaken) {
  const Description slow =
      describe_gpu(invented_facts(), {.bandwidth = 100e9, .clock_hertz = 0}, {}, "x");
  EXPECT_FALSE(read_back(slow).memory.bus_bits);
  EXPECT_EQ(read_back(slow).memory.bandwidth, BytesPerSecond::of(100e9));
  EXPECT_THAT(device_yaml_text(slow),
              HasSubstr("told: 256 bits at 16000 MT/s, which does not fit"));
  const Description untimed =
      describe_gpu(invented_facts(), {.bandwidth = 0, .clock_hertz = 0}, {}, "x");
  EXPECT_EQ(read_back(untimed).memory.bandwidth, BytesPerSecond::of(512e9));
  EXPECT_THAT(device_yaml_text(untimed), HasSubstr("not measured"));
}

TEST(DescribeGpu, WithoutAnyBandwidthThereIsNoDevice) {
  GpuFacts facts = invented_facts();
  facts.memory_clock_hertz = 0;
  try {
    describe_gpu(facts, {}, {}, "x");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("give more --seconds"));
  }
}

TEST(DescribeGpu, AnIntegratedOneOfADriverThatTellsLittle) {
  GpuFacts facts;
  facts.backend = "opencl";
  facts.name = "A \"B\" \\ #: {x}\n7";
  facts.vendor = "Advanced Micro Devices, Inc.";
  facts.integrated = true;
  facts.cache_bytes = 16 * 1024;  // a first level
  const Description description = describe_gpu(facts, kNear, {}, "a-b");
  const hwdb::Device device = read_back(description);
  EXPECT_EQ(device.name, "A \"B\" \\ #: {x} 7");
  EXPECT_EQ(device.vendor, "AMD");
  EXPECT_EQ(device.device_class, hwdb::DeviceClass::IntegratedGpu);
  EXPECT_EQ(device.architecture, "unknown");
  EXPECT_FALSE(device.last_level_cache);
  EXPECT_FALSE(device.cores);
  EXPECT_FALSE(device.clock);
  EXPECT_FALSE(device.tdp);
  EXPECT_THAT(device_yaml_text(description), Not(HasSubstr("peak")));
}

TEST(MeasuredOf, TakesThePassesOverBuffersThatNoCacheHolds) {
  const auto read = [](double mib, double bandwidth) {
    Sample sample;
    sample.kernel = Kernel::Read;
    sample.footprint = mib * 1024 * 1024;
    sample.bytes = bandwidth;
    sample.seconds = 1.0;
    sample.clock_hertz = bandwidth;
    return sample;
  };
  Sample copy = read(1024, 9e12);
  copy.kernel = Kernel::Copy;
  Findings findings;
  findings.samples = {read(16, 5e12), read(128, 1e12), read(512, 9e11), copy};
  const Measured measured = measured_of(findings, invented_facts());
  EXPECT_EQ(measured.bandwidth, 1e12);
  EXPECT_EQ(measured.clock_hertz, 1e12);
  findings.samples = {read(2, 7e12), read(16, 5e12)};
  EXPECT_EQ(measured_of(findings, invented_facts()).bandwidth, 5e12);
  EXPECT_EQ(measured_of({}, invented_facts()).bandwidth, 0);
}

#ifdef FORETOKEN_HAS_OPENCL
TEST(DescribeGpu, AnOpenclDeviceOfThisMachine) {
  std::vector<GpuFacts> all;
  try {
    all = describe_opencl();
  } catch (const Error& error) {
    GTEST_SKIP() << error.what();
  }
  for (const GpuFacts& facts : all) {
    GpuProbeOptions options;
    options.seconds = 0.2;
    options.quick = true;
    options.only = "read_";
    const Measured measured = measured_of(probe_opencl(options, {}), facts);
    EXPECT_GT(measured.bandwidth, 0) << facts.name;
    const hwdb::Device device = read_back(describe_gpu(facts, measured, {}, "here"));
    EXPECT_EQ(device.name, facts.name);
    EXPECT_EQ(device.cores, facts.units);
    EXPECT_EQ(device.device_class == hwdb::DeviceClass::Cpu, facts.is_processor);
    break;  // the probe measures the first
  }
}
#endif

}  // namespace
}  // namespace foretoken::probe
