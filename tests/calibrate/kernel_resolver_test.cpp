#include "calibrate/kernel_resolver.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/invented_data.h"

namespace foretoken::calibrate {
namespace {

KernelRow gemm_row() {
  KernelRow row;
  row.row_id = "k1";
  row.source = "us";
  row.device = "anvil";
  row.runtime = "plain";
  row.kernel = "split-k";
  row.op = "gemm";
  row.weight_format = "F16";
  row.m = 4;
  row.n = 1000;
  row.k = 2000;
  row.latency_seconds = 20e-6;
  return row;
}

ResolvedKernel resolve(const KernelRow& row) {
  return resolve_kernel(test::invented_library(), row);
}

TEST(KernelResolver, AGemmHasOneOperatorAndItsContext) {
  const KernelRow row = gemm_row();
  const ResolvedKernel k = resolve(row);
  ASSERT_TRUE(k.clean()) << k.reject;
  EXPECT_EQ(k.pool, "forge");
  ASSERT_EQ(k.loads.ops.size(), 1u);
  const sim::OpLoad& op = k.loads.ops.front();
  EXPECT_EQ(op.family, ops::Family::Gemm);
  EXPECT_DOUBLE_EQ(op.load.memory.base(), 4e-6);
  EXPECT_DOUBLE_EQ(op.load.flop.base(), 2.0 * 4 * 2e6 / 100e12);
  const ops::Context& context = k.loads.contexts[op.context];
  EXPECT_EQ(context[ops::Attribute::Kernel], "split-k");
  EXPECT_EQ(context[ops::Attribute::Format], "F16");
  EXPECT_EQ(context[ops::Attribute::Tokens], "4-16");
  EXPECT_EQ(context[ops::Attribute::Source], "us");
}

TEST(KernelResolver, ALayerThatQuantizesItsInputIsTwoLaunches) {
  KernelRow row = gemm_row();
  EXPECT_DOUBLE_EQ(resolve(row).loads.ops.front().load.launches, 1.0);
  row.activation_format = "F16";
  EXPECT_DOUBLE_EQ(resolve(row).loads.ops.front().load.launches, 1.0);
  row.activation_format = "Q8";
  EXPECT_DOUBLE_EQ(resolve(row).loads.ops.front().load.launches, 2.0);
}

TEST(KernelResolver, AttentionReadsItsCache) {
  KernelRow row = gemm_row();
  row.op = "attention";
  row.kv_format = "F16";
  row.batch = 2;
  row.m = row.n = row.k = 0;
  row.heads_q = 8;
  row.heads_kv = 4;
  row.head_dim = 100;
  row.kv_len = 998;
  const ResolvedKernel k = resolve(row);
  ASSERT_TRUE(k.clean()) << k.reject;
  EXPECT_EQ(k.loads.ops.front().family, ops::Family::Attention);
  EXPECT_DOUBLE_EQ(k.loads.ops.front().demand.kv.base(), 2 * 1000.0 * 4 * 100 * 2 * 2);
}

TEST(KernelResolver, ExpertsAreThreeMatricesSharedByTheRanks) {
  KernelRow row = gemm_row();
  row.op = "moe";
  row.m = 1;
  row.experts = 8;
  row.experts_active = 2;
  row.tp = 2;
  const ResolvedKernel k = resolve(row);
  ASSERT_TRUE(k.clean()) << k.reject;
  EXPECT_EQ(k.loads.ops.front().family, ops::Family::Expert);
  EXPECT_DOUBLE_EQ(k.loads.ops.front().demand.weights.base(), 2 * 3 * 500.0 * 2000 * 2);
}

TEST(KernelResolver, ExpertsWithoutAGateAreTwoMatrices) {
  KernelRow row = gemm_row();
  row.op = "moe";
  row.m = 1;
  row.experts = 8;
  row.experts_active = 2;
  row.notes = "not gated: two matrices";
  EXPECT_DOUBLE_EQ(resolve(row).loads.ops.front().demand.weights.base(), 2 * 2 * 1000.0 * 2000 * 2);
}

TEST(KernelResolver, ADeviceHoldsAndMeetsItsShareOfTheExperts) {
  KernelRow row = gemm_row();
  row.op = "moe";
  row.m = 1000;  // every expert is met
  row.experts = 8;
  row.experts_active = 2;
  const auto whole = resolve(row).loads.ops.front().demand;
  row.ep = 4;
  const auto shared = resolve(row).loads.ops.front().demand;
  EXPECT_DOUBLE_EQ(shared.weights.base(), whole.weights.base() / 4);
  EXPECT_DOUBLE_EQ(shared.flops.base(), whole.flops.base() / 4);
}

TEST(KernelResolver, EvenRoutingMeetsEachExpertOnceBeforeAnyTwice) {
  KernelRow row = gemm_row();
  row.op = "moe";
  row.m = 3;
  row.experts = 8;
  row.experts_active = 2;
  row.routing = "balanced";
  EXPECT_DOUBLE_EQ(resolve(row).loads.ops.front().demand.weights.base(), 6 * 3 * 1000.0 * 2000 * 2);
  row.m = 5;
  EXPECT_DOUBLE_EQ(resolve(row).loads.ops.front().demand.weights.base(), 8 * 3 * 1000.0 * 2000 * 2);
}

TEST(KernelResolver, AnAllReduceSumsSixteenBitRows) {
  KernelRow row = gemm_row();
  row.op = "allreduce";
  row.tp = 4;
  const ResolvedKernel k = resolve(row);
  ASSERT_TRUE(k.clean()) << k.reject;
  EXPECT_DOUBLE_EQ(k.loads.ops.front().demand.message.base(), 1.5 * 4 * 1000 * 2);
}

TEST(KernelResolver, SmallOperatorsGoByTheirValues) {
  KernelRow row = gemm_row();
  for (const char* op : {"rmsnorm", "rope", "activation", "add"}) {
    row.op = op;
    const ResolvedKernel k = resolve(row);
    ASSERT_TRUE(k.clean()) << op << k.reject;
    EXPECT_EQ(k.loads.ops.front().family, ops::Family::Small);
    EXPECT_DOUBLE_EQ(k.loads.ops.front().demand.activations.base(), 4.0 * 4000);
  }
}

TEST(KernelResolver, RejectsWhatItDoesNotKnowAndSaysWhat) {
  KernelRow row = gemm_row();
  row.device = "hammer";
  EXPECT_EQ(resolve(row).reject, "unknown device 'hammer'");
  row = gemm_row();
  row.runtime = "fancy";
  EXPECT_EQ(resolve(row).reject, "unknown runtime 'fancy'");
  row = gemm_row();
  row.op = "sort";
  EXPECT_EQ(resolve(row).reject, "operator 'sort' or its formats are not modelled");
  row = gemm_row();
  row.weight_format = "Q99";
  EXPECT_EQ(resolve(row).reject, "operator 'gemm' or its formats are not modelled");
  row = gemm_row();
  row.n = 0;
  EXPECT_NE(resolve(row).reject, "");
  row = gemm_row();
  row.latency_seconds = 0;
  EXPECT_EQ(resolve(row).reject, "no latency");
}

TEST(KernelResolver, AReadHasTheMemoryRoofAlone) {
  KernelRow row = gemm_row();
  row.op = "read";
  row.weight_format.clear();
  row.m = row.n = row.k = 0;
  EXPECT_NE(resolve(row).reject, "");  // of how many bytes?
  row.bytes = 4e9;
  row.footprint_over_llc = 4;
  const ResolvedKernel k = resolve(row);
  ASSERT_TRUE(k.clean()) << k.reject << k.label;
  const sim::OpLoad& op = k.loads.ops.front();
  EXPECT_EQ(op.family, ops::Family::Gemm);
  EXPECT_DOUBLE_EQ(op.load.memory.base(), 4e9 / 1e12);
  EXPECT_EQ(op.load.core.base(), 0.0);
  EXPECT_EQ(op.load.flop.base(), 0.0);
  EXPECT_EQ(op.load.launches, 1.0);
  EXPECT_EQ(k.loads.contexts[op.context][ops::Attribute::Format], "");
  row.op = "copy";
  EXPECT_EQ(resolve(row).reject, "");
  EXPECT_EQ(resolve(row).label, "copy");
}

TEST(KernelResolver, ALaunchIsAMatrixWithoutLoad) {
  KernelRow row = gemm_row();
  row.op = "launch";
  const ResolvedKernel k = resolve(row);
  ASSERT_TRUE(k.clean()) << k.reject << k.label;
  const ops::Load& load = k.loads.ops.front().load;
  EXPECT_EQ(load.launches, 1.0);
  EXPECT_EQ(load.memory.base() + load.core.base() + load.flop.base() + load.serial.base(), 0.0);
}

/// A processor of four cores at 2 GHz under a runtime that unpacks every token row anew.
sim::Library processor_library() {
  sim::Library library = test::InventedData().library();
  hwdb::Device device = library.devices.find("anvil");
  device.id = "bellows";
  device.name = "Bellows";
  device.aliases.clear();
  device.device_class = hwdb::DeviceClass::Cpu;
  device.cores = 4;
  device.clock = Hertz::of(2e9);
  device.core_types = {{.count = 4, .clock = Hertz::of(2e9), .macs = 32}};
  library.devices.add(device);
  return library;
}

TEST(KernelResolver, ThreadsEngageAsManyCores) {
  const sim::Library library = processor_library();
  KernelRow row = gemm_row();
  row.device = "bellows";
  row.threads = 2;
  const ResolvedKernel two = resolve_kernel(library, row);
  ASSERT_EQ(two.reject, "");
  row.threads = 4;
  const ResolvedKernel four = resolve_kernel(library, row);
  EXPECT_DOUBLE_EQ(two.loads.ops.front().load.core.base(),
                   2.0 * four.loads.ops.front().load.core.base());
  EXPECT_DOUBLE_EQ(two.loads.contexts[1][ops::Covariate::LogThreads], std::log(2.0 / 8.0));
  EXPECT_DOUBLE_EQ(four.loads.contexts[1][ops::Covariate::LogThreads], std::log(4.0 / 8.0));
}

TEST(KernelResolver, KernelsInAnothersMannerTeachItsCoefficients) {
  sim::Library library = processor_library();
  KernelRow row = gemm_row();
  row.device = "bellows";
  row.threads = 2;
  const std::string own = resolve_kernel(library, row).loads.contexts[1][ops::Attribute::Runtime];
  hwdb::Runtime probe = *library.runtimes.lookup(row.runtime);
  probe.id = "probe";
  probe.name = "Probe";
  probe.aliases.clear();
  probe.speaks_for = {{.device_class = hwdb::DeviceClass::Cpu, .runtime = row.runtime}};
  library.runtimes.add(probe);
  row.runtime = "probe";
  EXPECT_EQ(resolve_kernel(library, row).loads.contexts[1][ops::Attribute::Runtime], own);
  row.device = "anvil";
  EXPECT_EQ(resolve_kernel(library, row).loads.contexts[1][ops::Attribute::Runtime], "probe");
}

TEST(KernelResolver, WhatFewCoresReadIsNotTheMemorysShare) {
  const sim::Library library = processor_library();
  KernelRow row = gemm_row();
  row.device = "bellows";
  row.op = "read";
  row.bytes = 1e9;
  row.footprint_over_llc = 8;
  row.threads = 2;
  EXPECT_EQ(resolve_kernel(library, row).label, "few-threads");
  row.threads = 4;
  EXPECT_TRUE(resolve_kernel(library, row).clean());
  row.threads = 8;  // two threads a core
  EXPECT_TRUE(resolve_kernel(library, row).clean());
}

TEST(KernelResolver, WhatACacheServesTeachesNothingWherePoolsHaveNoCacheRate) {
  KernelRow row = gemm_row();
  row.footprint_over_llc = 0.5;
  EXPECT_EQ(resolve(row).label, "cache");
  row.footprint_over_llc = 1.2;
  EXPECT_EQ(resolve(row).label, "cache");
  row.footprint_over_llc = 2.0;
  EXPECT_TRUE(resolve(row).clean());
  row.op = "launch";
  row.footprint_over_llc = 0.0;
  EXPECT_TRUE(resolve(row).clean());
}

TEST(KernelResolver, ALabelKeepsARowOutOfTheFit) {
  KernelRow row = gemm_row();
  row.label = "cache";
  EXPECT_EQ(resolve(row).reject, "");
  EXPECT_FALSE(resolve(row).clean());
}

TEST(KernelResolver, TheCacheServesBytesOnlyWhereThePoolPricesIt) {
  KernelRow row = gemm_row();
  row.footprint_over_llc = 1.0;  // half of the bytes
  EXPECT_EQ(resolve(row).loads.ops.front().load.cache.base(), 0.0);

  const test::InventedData data;
  data.write("laws/forge.yaml",
             std::string(test::kLawText) + "  gemm.llc: {prior: 2, levels: {pool: 0.5}}\n");
  const sim::Library library = data.library();
  const ops::Load load = resolve_kernel(library, row).loads.ops.front().load;
  EXPECT_DOUBLE_EQ(load.cache.base(), 2e-6);
  EXPECT_DOUBLE_EQ(load.memory.base(), 2e-6);
}

}  // namespace
}  // namespace foretoken::calibrate
