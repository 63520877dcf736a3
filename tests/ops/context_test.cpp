#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "ops/context_of.h"
#include "tests/support/invented_device.h"
#include "tests/support/invented_formats.h"
#include "tests/support/invented_runtime.h"

namespace foretoken::ops {
namespace {

using test::invented_device;
using test::invented_runtime;

TEST(ContextNames, EveryAttributeAndCovariateIsFoundByItsOwnName) {
  std::set<std::string> names;
  for (int i = 0; i < kAttributes; ++i) {
    const auto attribute = static_cast<Attribute>(i);
    EXPECT_EQ(attribute_of(text_of(attribute)), attribute);
    names.insert(std::string(text_of(attribute)));
  }
  for (int i = 0; i < kCovariates; ++i) {
    const auto covariate = static_cast<Covariate>(i);
    EXPECT_EQ(covariate_of(text_of(covariate)), covariate);
    names.insert(std::string(text_of(covariate)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kAttributes + kCovariates));
  EXPECT_FALSE(attribute_of("colour"));
  EXPECT_FALSE(covariate_of("colour"));
}

TEST(ContextOf, NamesTheDeviceAndTheRuntime) {
  const Context c = context_of(invented_device(), invented_runtime(),
                               {.runtime_version = "v1", .source = "us", .scheme = "four"});
  EXPECT_EQ(c[Attribute::Device], "anvil");
  EXPECT_EQ(c[Attribute::Architecture], "Iron-I1");
  EXPECT_EQ(c[Attribute::Generation], "Iron");
  EXPECT_EQ(c[Attribute::Vendor], "Forge gpu");
  EXPECT_EQ(c[Attribute::DeviceClass], "gpu");
  EXPECT_EQ(c[Attribute::Isa], "i1");
  EXPECT_EQ(c[Attribute::Memory], "HBM");
  EXPECT_EQ(c[Attribute::Runtime], "plain");
  EXPECT_EQ(c[Attribute::RuntimeFamily], "plain");
  EXPECT_EQ(c[Attribute::RuntimeVersion], "v1");
  EXPECT_EQ(c[Attribute::Source], "us");
  EXPECT_EQ(c[Attribute::Scheme], "four");
  EXPECT_EQ(c[Attribute::Format], "");
}

TEST(ContextOf, ArchitectureWithoutADashIsItsOwnGeneration) {
  const hwdb::Device device = invented_device({.architecture = "Bronze"});
  EXPECT_EQ(context_of(device, invented_runtime(), {})[Attribute::Generation], "Bronze");
}

TEST(ContextOf, CovariatesAreZeroAtThePoolsBase) {
  hwdb::Device device = invented_device();
  device.memory.bandwidth = BytesPerSecond::of(500e9);
  device.cores = 64;
  device.clock = Hertz::of(2e9);
  const Context c = context_of(device, invented_runtime(), {.build_year = 2024.0, .hidden = 4096});
  for (int i = 0; i < kCovariates; ++i) {
    EXPECT_DOUBLE_EQ(c[static_cast<Covariate>(i)], 0.0) << text_of(static_cast<Covariate>(i));
  }
}

TEST(ContextOf, CovariatesAreLogarithmsOfDatasheetFacts) {
  hwdb::Device device = invented_device();
  device.memory.ecc_costs_bandwidth = true;
  const Context c = context_of(device, invented_runtime(), {.build_year = 2025.5, .hidden = 1024});
  EXPECT_DOUBLE_EQ(c[Covariate::BuildYear], 1.5);
  EXPECT_DOUBLE_EQ(c[Covariate::Ecc], 1.0);
  EXPECT_DOUBLE_EQ(c[Covariate::LogBandwidth], std::log(2.0));
  EXPECT_DOUBLE_EQ(c[Covariate::LogCores], std::log(100.0 / 64.0));
  EXPECT_DOUBLE_EQ(c[Covariate::LogClock], std::log(0.5));
  EXPECT_DOUBLE_EQ(c[Covariate::LogHidden], std::log(0.25));
}

TEST(ContextOf, ThreadsAreAFactOfCpusOnly) {
  const hwdb::Device cpu = invented_device({.device_class = "cpu", .cores = 10});
  const Context c = context_of(cpu, invented_runtime(), {.threads = 5});
  EXPECT_DOUBLE_EQ(c[Covariate::LogThreads], std::log(5.0 / 8.0));
  EXPECT_DOUBLE_EQ(c[Covariate::LogThreadShare], std::log(0.5));
  const Context more = context_of(cpu, invented_runtime(), {.threads = 20});
  EXPECT_DOUBLE_EQ(more[Covariate::LogThreadShare], 0.0);
  const Context gpu = context_of(invented_device(), invented_runtime(), {.threads = 5});
  EXPECT_DOUBLE_EQ(gpu[Covariate::LogThreads], 0.0);
}

TEST(ContextOf, SimdWidthIsAFactOfCpusByTheirInstructionSet) {
  const auto width = [](const char* isa, const char* vendor = "Forge") {
    hwdb::Device cpu = invented_device({.device_class = "cpu"});
    cpu.isa = isa;
    cpu.vendor = vendor;
    return 32.0 * std::exp(context_of(cpu, invented_runtime(), {})[Covariate::LogSimd]);
  };
  EXPECT_NEAR(width("avx2"), 32, 1e-9);
  EXPECT_NEAR(width("avx512_vnni"), 64, 1e-9);
  EXPECT_NEAR(width("sse4.2"), 8, 1e-9);
  EXPECT_NEAR(width("armv8.2-a+dotprod"), 32, 1e-9);
  EXPECT_NEAR(width("armv9-a+i8mm"), 48, 1e-9);
  EXPECT_NEAR(width("armv8-a"), 16, 1e-9);
  EXPECT_NEAR(width("armv8.5-a+dotprod", "Apple"), 64, 1e-9);
  EXPECT_DOUBLE_EQ(context_of(invented_device(), invented_runtime(), {})[Covariate::LogSimd], 0.0);
}

TEST(ContextOf, CoreTypesStateTheInt8Rate) {
  hwdb::Device cpu = invented_device({.device_class = "cpu", .cores = 10});
  cpu.core_types = {{.count = 2, .clock = Hertz::of(4e9), .macs = 64},
                    {.count = 8, .clock = Hertz::of(4e9), .macs = 4}};
  const Context c = context_of(cpu, invented_runtime(), {});
  EXPECT_NEAR(std::exp(c[Covariate::LogSimd]), 2.0, 1e-12);
  // Two fast cores beat ten at the pace of the slow ones: unsaid threads are two.
  EXPECT_NEAR(std::exp(c[Covariate::LogThreads]), 2.0 / 8.0, 1e-12);
  EXPECT_NEAR(std::exp(c[Covariate::LogThreadShare]), 0.2, 1e-12);
}

TEST(ContextOf, MemoryIsWideFromWhatADesktopHas) {
  const auto wide = [](double bandwidth) {
    return context_of(invented_device({.device_class = "cpu", .gigabytes_per_second = bandwidth}),
                      invented_runtime(), {})[Covariate::LogWide];
  };
  EXPECT_DOUBLE_EQ(wide(20), 0.0);
  EXPECT_DOUBLE_EQ(wide(100), 0.0);
  EXPECT_DOUBLE_EQ(wide(400), std::log(4.0));
}

TEST(AddOperator, RepackedWeightsAreInterleavedWhereTheyAreMultiplied) {
  const FormatTable formats = test::invented_formats();
  Context c;
  const FormatId q4 = formats.id_of("Q4");
  add_operator(c, Gemm{.m = 1, .weights = q4}, formats);
  EXPECT_DOUBLE_EQ(c[Covariate::Interleaved], 0.0);
  add_operator(c, Gemm{.m = 1, .weights = q4}, formats, true);
  EXPECT_DOUBLE_EQ(c[Covariate::Interleaved], 1.0);
  add_operator(c, Gather{.rows = 1, .table = q4}, formats, true);
  EXPECT_DOUBLE_EQ(c[Covariate::Interleaved], 0.0);
}

TEST(AddOperator, CacheHeadsCountUpToTheEnginesSideBySide) {
  const FormatTable formats = test::invented_formats();
  const FormatId q4 = formats.id_of("Q4");
  Context c;
  const auto heads = [&](const Op& op) {
    add_operator(c, op, formats);
    return c[Covariate::LogCacheHeads];
  };
  EXPECT_DOUBLE_EQ(heads(Attention{.heads = 16, .kv_heads = 2, .keys = q4}), std::log(2.0 / 8.0));
  EXPECT_DOUBLE_EQ(heads(Attention{.heads = 16, .kv_heads = 16, .keys = q4}), 0.0);
  EXPECT_DOUBLE_EQ(heads(LatentAttention{.heads = 16, .kv = q4}), std::log(1.0 / 8.0));
  EXPECT_DOUBLE_EQ(heads(Gemm{.m = 1, .weights = q4}), 0.0);
}

TEST(GenerationOf, IsTheArchitectureUpToItsVariant) {
  const auto generation = [](const char* architecture, const char* vendor) {
    hwdb::Device device = invented_device({.architecture = architecture});
    device.vendor = vendor;
    return generation_of(device);
  };
  EXPECT_EQ(generation("Ada-AD102", "NVIDIA"), "Ada");
  EXPECT_EQ(generation("Zen4", "AMD"), "Zen4");
  EXPECT_EQ(generation("Apple-M3-Max", "Apple"), "Apple-M3");
  EXPECT_EQ(generation("Apple-M3", "Apple"), "Apple-M3");
}

TEST(ContextOf, FlashAttentionIsOnOffOrUnknown) {
  const auto flash = [](std::optional<bool> said) {
    return context_of(invented_device(), invented_runtime(),
                      {.flash_attention = said})[Attribute::Flash];
  };
  EXPECT_EQ(flash(true), "on");
  EXPECT_EQ(flash(false), "off");
  EXPECT_EQ(flash(std::nullopt), "unknown");
}

TEST(ContextOf, UnstatedFlashAttentionIsTheBuildsDefault) {
  hwdb::Runtime runtime = invented_runtime();
  runtime.flash_attention_since = 2025.7;
  const auto flash = [&](std::optional<bool> said, std::optional<double> year) {
    return context_of(invented_device(), runtime,
                      {.build_year = year, .flash_attention = said})[Attribute::Flash];
  };
  EXPECT_EQ(flash(std::nullopt, 2025.6), "off");
  EXPECT_EQ(flash(std::nullopt, 2025.7), "on");
  EXPECT_EQ(flash(std::nullopt, std::nullopt), "on");
  EXPECT_EQ(flash(false, 2026.0), "off");
  EXPECT_EQ(flash(true, 2024.0), "on");
}

TEST(CapturesGraphs, FromTheFirstBuildThatDoes) {
  hwdb::Runtime runtime = invented_runtime();
  const hwdb::Device device = invented_device();
  EXPECT_FALSE(captures_graphs(device, runtime, {.build_year = 2025.0}));
  runtime.graph_capture = true;
  EXPECT_TRUE(captures_graphs(device, runtime, {.build_year = 2020.0}));
  runtime.graph_capture_since = 2024.5;
  EXPECT_FALSE(captures_graphs(device, runtime, {.build_year = 2024.4}));
  EXPECT_TRUE(captures_graphs(device, runtime, {.build_year = 2024.5}));
  EXPECT_TRUE(captures_graphs(device, runtime, {}));
  EXPECT_DOUBLE_EQ(context_of(device, runtime, {.build_year = 2025.0})[Covariate::Graphs], 1.0);
}

TEST(CapturesGraphs, OnlyWithTheComputeCapabilityItNeeds) {
  hwdb::Runtime runtime = invented_runtime();
  runtime.graph_capture = true;
  runtime.graph_capture_min_sm = 80;
  hwdb::Device device = invented_device();
  device.isa = "sm_75";
  EXPECT_FALSE(captures_graphs(device, runtime, {.build_year = 2025.0}));
  device.isa = "sm_80";
  EXPECT_TRUE(captures_graphs(device, runtime, {.build_year = 2025.0}));
  device.isa = "sm_120";
  EXPECT_TRUE(captures_graphs(device, runtime, {.build_year = 2025.0}));
  device.isa = "gfx1100";  // another maker's: the limit does not speak of it
  EXPECT_TRUE(captures_graphs(device, runtime, {.build_year = 2025.0}));
}

TEST(HeadPacking, NeedsTheBuildTheChipAndFlashAttention) {
  hwdb::Runtime runtime = invented_runtime();
  runtime.flash_attention_since = 2025.7;
  runtime.packs_query_heads = {{.since = 2025.1, .min_sm = 75, .max_sm = 88}};
  hwdb::Device device = invented_device();
  device.isa = "sm_86";
  const auto rules = [&](double year, std::optional<bool> flash) {
    return head_packing(device, runtime, {.build_year = year, .flash_attention = flash}).size();
  };
  EXPECT_EQ(rules(2025.2, true), 1U);
  EXPECT_EQ(rules(2025.0, true), 0U);
  EXPECT_EQ(rules(2025.2, false), 0U);
  EXPECT_EQ(rules(2025.2, std::nullopt), 0U);  // off by default then
  EXPECT_EQ(rules(2026.0, std::nullopt), 1U);
  device.isa = "sm_89";
  EXPECT_EQ(rules(2025.2, true), 0U);
}

TEST(CapturesGraphs, ExpertsCameLaterAndBatchesNever) {
  hwdb::Runtime runtime = invented_runtime();
  runtime.graph_capture = true;
  runtime.graph_capture_since = 2024.5;
  runtime.graph_capture_moe_since = 2025.4;
  runtime.graph_capture_max_batch = 1;
  const auto captured = [&](double year, bool experts, double batch) {
    return captures_graphs(invented_device(), runtime,
                           {.build_year = year, .has_experts = experts, .batch = batch});
  };
  EXPECT_TRUE(captured(2025.0, false, 1));
  EXPECT_FALSE(captured(2025.0, true, 1));
  EXPECT_TRUE(captured(2025.5, true, 1));
  EXPECT_FALSE(captured(2025.5, false, 2));
}

TEST(KeepsWindows, AlwaysNeverOrSinceABuild) {
  hwdb::Runtime runtime = invented_runtime();
  EXPECT_TRUE(keeps_windows(runtime, 2020.0));
  runtime.sliding_windows_since = 2025.4;
  EXPECT_FALSE(keeps_windows(runtime, 2025.3));
  EXPECT_TRUE(keeps_windows(runtime, 2025.4));
  EXPECT_TRUE(keeps_windows(runtime, std::nullopt));
  runtime.sliding_windows_since.reset();
  EXPECT_FALSE(keeps_windows(runtime, 2030.0));
}

TEST(AddOperator, SetsFormatAndTokenRows) {
  const FormatTable formats = test::invented_formats();
  Context c;
  add_operator(c, Gemm{.m = 20, .weights = formats.id_of("Q4")}, formats);
  EXPECT_EQ(c[Attribute::Format], "Q4");
  EXPECT_EQ(c[Attribute::FormatKind], "k-quant");
  EXPECT_EQ(c[Attribute::Tokens], "17-64");
  EXPECT_DOUBLE_EQ(c[Covariate::LogBits], std::log(4.0 / 4.5));
  add_operator(c, Elementwise{.values = 10}, formats);  // replaces what the last one set
  EXPECT_EQ(c[Attribute::Format], "");
  EXPECT_EQ(c[Attribute::FormatKind], "");
  EXPECT_EQ(c[Attribute::Tokens], "");
  EXPECT_DOUBLE_EQ(c[Covariate::LogBits], 0.0);
}

TEST(MemoryKind, IsTheFamilyOfTheType) {
  EXPECT_EQ(memory_kind("GDDR6X"), "GDDR");
  EXPECT_EQ(memory_kind("LPDDR5"), "LPDDR");
  EXPECT_EQ(memory_kind("DDR4"), "DDR");
  EXPECT_EQ(memory_kind("HBM3e"), "HBM");
  EXPECT_EQ(memory_kind("SRAM"), "other");
  EXPECT_EQ(memory_kind(""), "");
}

TEST(TokenBucket, HasItsEdgesWhereTheNamesSay) {
  EXPECT_EQ(token_bucket(0), "");
  EXPECT_EQ(token_bucket(1), "1");
  EXPECT_EQ(token_bucket(2), "2-3");
  EXPECT_EQ(token_bucket(3), "2-3");
  EXPECT_EQ(token_bucket(4), "4-16");
  EXPECT_EQ(token_bucket(16), "4-16");
  EXPECT_EQ(token_bucket(17), "17-64");
  EXPECT_EQ(token_bucket(64), "17-64");
  EXPECT_EQ(token_bucket(65), "65-256");
  EXPECT_EQ(token_bucket(256), "65-256");
  EXPECT_EQ(token_bucket(257), "257+");
}

}  // namespace
}  // namespace foretoken::ops
