#include "calibrate/resolver.h"

#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/invented_data.h"

namespace foretoken::calibrate {
namespace {

using testing::AllOf;
using testing::HasSubstr;

DecodeRow plain_row() {
  DecodeRow row;
  row.row_id = "r1";
  row.source = "us";
  row.device = "anvil";
  row.runtime = "plain";
  row.model = "tenfold";
  row.weight_format = "half";
  row.context_start = 934;
  row.gen_tokens = 128;
  row.tokens_per_second = 400;
  return row;
}

ResolvedRow resolve(const DecodeRow& row) {
  // The resolver keeps the assignments that results point to.
  static Resolver resolver(test::invented_library());
  return resolver.resolve(row);
}

ResolvedRow resolve_with(const std::function<void(DecodeRow&)>& change) {
  static DecodeRow row;
  row = plain_row();
  change(row);
  return resolve(row);
}

TEST(Resolver, FindsEverythingThatAPlainRowNames) {
  const ResolvedRow r = resolve_with([](DecodeRow&) {});
  EXPECT_TRUE(r.clean()) << r.reject << r.label;
  EXPECT_EQ(r.request.device->id, "anvil");
  EXPECT_EQ(r.request.llm->id, "tenfold");
  EXPECT_EQ(r.request.runtime->id, "plain");
  EXPECT_EQ(r.request.scheme, "half");
  EXPECT_EQ(r.pool, "forge");
  EXPECT_DOUBLE_EQ(r.seconds, 1.0 / 400);
  EXPECT_DOUBLE_EQ(r.request.mean_context(), 998);
  EXPECT_FALSE(r.loads.ops.empty());
  EXPECT_EQ(r.loads.contexts.front()[ops::Attribute::Source], "us");
}

TEST(Resolver, NamesAreFoundInAnySpelling) {
  const ResolvedRow r = resolve_with([](DecodeRow& row) {
    row.device = "The ANVIL";
    row.runtime = "plain-rt";
    row.model = "invented/Tenfold";
    row.weight_format = "Sixteen";
  });
  EXPECT_EQ(r.reject, "");
  EXPECT_EQ(r.request.scheme, "half");
}

TEST(Resolver, RejectsWhatItDoesNotKnowAndSaysWhat) {
  const auto reject = [](const std::function<void(DecodeRow&)>& change) {
    return resolve_with(change).reject;
  };
  EXPECT_EQ(reject([](DecodeRow& r) { r.device = "hammer"; }), "unknown device 'hammer'");
  EXPECT_EQ(reject([](DecodeRow& r) { r.model = "gpt-9"; }), "unknown model 'gpt-9'");
  EXPECT_EQ(reject([](DecodeRow& r) { r.runtime = "fancy"; }), "unknown runtime 'fancy'");
  EXPECT_EQ(reject([](DecodeRow& r) { r.weight_format = "Q99"; }), "unknown weight format 'Q99'");
  EXPECT_EQ(reject([](DecodeRow& r) { r.weight_format = ""; }), "the row states no weight format");
  EXPECT_EQ(reject([](DecodeRow& r) { r.kv_format = "F16/Q99"; }), "unknown KV format 'Q99'");
  EXPECT_EQ(reject([](DecodeRow& r) { r.tokens_per_second.reset(); }),
            "the row states no decode rate");
  EXPECT_EQ(reject([](DecodeRow& r) { r.tokens_per_second = 0; }), "the row states no decode rate");
}

TEST(Resolver, RejectsARuntimeThatDoesNotRunThere) {
  test::InventedData data;
  data.add_device({.id = "chip", .device_class = "npu"});
  const sim::Library library = data.library();
  Resolver resolver(library);
  DecodeRow row = plain_row();
  row.device = "chip";
  EXPECT_THAT(resolver.resolve(row).reject, AllOf(HasSubstr("'plain'"), HasSubstr("'chip'")));
}

TEST(Resolver, RejectsAPoolWithoutALaw) {
  sim::Library library = test::InventedData().library();
  library.laws.erase("forge");
  Resolver resolver(library);
  const DecodeRow row = plain_row();
  EXPECT_EQ(resolver.resolve(row).reject, "no law for pool 'forge'");
}

TEST(Resolver, TakesAStepsTimeFromRateOrFromSecondsPerToken) {
  EXPECT_DOUBLE_EQ(resolve_with([](DecodeRow& r) {
                     r.batch = 8;
                     r.tokens_per_second = 1000;
                   }).seconds,
                   8e-3);
  EXPECT_DOUBLE_EQ(resolve_with([](DecodeRow& r) {
                     r.tokens_per_second.reset();
                     r.seconds_per_token = 0.004;
                   }).seconds,
                   4e-3);
  // Of a batch, the time of one sequence's token is the step; the rate may hold prompts too.
  EXPECT_DOUBLE_EQ(resolve_with([](DecodeRow& r) {
                     r.batch = 8;
                     r.tokens_per_second = 1000;
                     r.seconds_per_token = 0.009;
                   }).seconds,
                   9e-3);
}

TEST(Resolver, AFasterRowThanTheBandwidthAllowsIsImpossible) {
  // 222 MB a step at 1 TB/s take 0.22 ms: 5000 tokens a second cannot be.
  EXPECT_EQ(resolve_with([](DecodeRow& r) { r.tokens_per_second = 5000; }).label, "impossible");
  EXPECT_EQ(resolve_with([](DecodeRow& r) { r.tokens_per_second = 4400; }).label, "");
}

TEST(Resolver, AModelThatTheCacheHoldsMayBeFasterThanDram) {
  sim::Library library = test::InventedData().library();
  hwdb::Device device = library.devices.find("anvil");
  device.last_level_cache = Bytes::of(1e9);
  library.devices.add(device);
  Resolver resolver(library);
  DecodeRow row = plain_row();
  row.tokens_per_second = 5000;
  EXPECT_TRUE(resolver.resolve(row).clean());
}

TEST(Resolver, AModelLargerThanTheCardIsPartlyElsewhere) {
  test::InventedData data;
  data.add_model(test::dense_text("huge", 40, 8000));  // 23 billion weights in 16 bit
  const sim::Library library = data.library();
  Resolver resolver(library);
  DecodeRow row = plain_row();
  row.model = "huge";
  row.tokens_per_second = 3;
  EXPECT_EQ(resolver.resolve(row).label, "partial-offload");
  row.n_devices = 4;
  EXPECT_EQ(resolver.resolve(row).label, "");
}

TEST(Resolver, TheFilesSizeIsTrustedWithinReason) {
  const auto with_size = [](double bytes) {
    return resolve_with([&](DecodeRow& r) { r.weight_bytes = bytes; });
  };
  EXPECT_DOUBLE_EQ(with_size(240e6).request.weight_bytes->base(), 240e6);
  EXPECT_TRUE(with_size(240e6).clean());
  EXPECT_EQ(with_size(60e6).label, "size-mismatch");
  EXPECT_FALSE(with_size(60e6).request.weight_bytes);
  EXPECT_EQ(with_size(600e6).label, "size-mismatch");
}

TEST(Resolver, KeepsTheRowsOwnLabelsAndAddsToThem) {
  const ResolvedRow r = resolve_with([](DecodeRow& row) {
    row.label = "throttled";
    row.tokens_per_second = 5000;
  });
  EXPECT_EQ(r.label, "throttled;impossible");
  EXPECT_FALSE(r.clean());
  EXPECT_EQ(r.reject, "");
}

TEST(Resolver, KvFormatsMayDifferForKeysAndValues) {
  const ResolvedRow r = resolve_with([](DecodeRow& row) { row.kv_format = "Q8/Q4"; });
  EXPECT_EQ(r.request.kv_keys, "Q8");
  EXPECT_EQ(r.request.kv_values, "Q4");
  EXPECT_EQ(resolve_with([](DecodeRow& row) { row.kv_format = "q8"; }).request.kv_values, "q8");
}

TEST(Resolver, LlamaCppQuantizesValuesUnderFlashAttentionOnly) {
  sim::Library library = test::InventedData().library();
  hwdb::Runtime llama = *library.runtimes.lookup("plain");
  llama.values_need_flash = true;
  library.runtimes.add(llama);
  Resolver resolver(library);
  DecodeRow row = plain_row();
  row.kv_format = "Q8";
  row.flash_attention = false;
  EXPECT_EQ(resolver.resolve(row).request.kv_values, "");
  row.flash_attention = true;
  EXPECT_EQ(resolver.resolve(row).request.kv_values, "Q8");
  row.flash_attention.reset();
  EXPECT_EQ(resolver.resolve(row).request.kv_values, "Q8");
}

TEST(Resolver, RepackingIsAFactOfRuntimesThatOfferIt) {
  sim::Library library = test::InventedData().library();
  hwdb::Runtime runtime = *library.runtimes.lookup("plain");
  DecodeRow row = plain_row();
  row.repacked = true;
  EXPECT_FALSE(Resolver(library).resolve(row).request.facts.repacked);
  runtime.repacks_on_request = true;
  library.runtimes.add(runtime);
  EXPECT_TRUE(Resolver(library).resolve(row).request.facts.repacked);
}

TEST(Resolver, TakesTheDeviceInThePowerModeItRanIn) {
  sim::Library library = test::InventedData().library();
  hwdb::Device device = *library.devices.lookup("anvil");
  const double full = device.memory.bandwidth.base();
  device.power_modes = {{.name = "half", .changes = {"memory.bandwidth*=0.5"}}};
  library.devices.add(device);
  Resolver resolver(library);
  const auto bandwidth = [&](const std::string& mode) {
    DecodeRow row = plain_row();
    row.power_mode = mode;
    const sim::Request request = resolver.resolve(row).request;
    EXPECT_EQ(request.device->id, "anvil");
    return request.device->memory.bandwidth.base();
  };
  EXPECT_DOUBLE_EQ(bandwidth(""), full);
  EXPECT_DOUBLE_EQ(bandwidth("half"), full / 2.0);
  EXPECT_DOUBLE_EQ(bandwidth("a mode of no file"), full);
}

TEST(Ranks, AreReadFromTensorParallelismOnly) {
  EXPECT_EQ(ranks_of("tp4"), 4);
  EXPECT_EQ(ranks_of("tp8 + ep"), 8);
  EXPECT_EQ(ranks_of(""), 1);
  EXPECT_EQ(ranks_of("pp4"), 1);
  EXPECT_EQ(ranks_of("tp"), 1);
  EXPECT_EQ(ranks_of("tp0"), 1);
  EXPECT_EQ(ranks_of("tp99999"), 1024);
}

}  // namespace
}  // namespace foretoken::calibrate
