#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hwdb/runtime_catalog.h"
#include "hwdb/runtime_checks.h"
#include "hwdb/runtime_yaml.h"
#include "tests/hwdb/faults_of.h"
#include "tests/hwdb/invented_devices.h"

namespace foretoken::hwdb {
namespace {

using testing::HasSubstr;

const std::string kText = R"(schema: 1
id: acme-rt
name: "Acme Runtime"
aliases: ["art"]
family: acme
pools:
  - {class: gpu, pool: any-gpu}
  - {class: gpu, vendor: Acme, pool: acme-gpu}
  - {class: cpu, pool: cpu}
default_for:
  - {class: gpu}
fuses: [qkv, moe]
graph_capture: true
activation_quantization: int8
host_operators: [embedding]
static_kv_slots: 4096
rows_per_unpack: 8
float_rows_per_unpack: 4
speaks_for: [{class: cpu, runtime: llama.cpp-cpu}]
balances_cores: true
repacks_on_request: true
memory_overhead:
  fixed: "100 MiB"
  bytes_per_hidden: 500
check_command: "bench {model} -t {threads}"
source: invented
)";

Device device_of(DeviceClass device_class, const std::string& vendor) {
  Device device = invented_device();
  device.device_class = device_class;
  device.vendor = vendor;
  return device;
}

std::string faults(const std::string& from, const std::string& to) {
  return message_of([&] { parse_runtime(changed(from, to, kText), "acme-rt.yaml"); });
}

TEST(RuntimeYaml, FusionsHaveTheMonthOfTheirFirstBuild) {
  const std::string text =
      changed("fuses: [qkv, moe]", "fuses: [moe]\nfuses_since: {glu: 2025-07}", kText);
  const Runtime runtime = parse_runtime(text, "acme-rt.yaml");
  EXPECT_FALSE(runtime.fuses(Fusion::Glu, 2025.4));
  EXPECT_TRUE(runtime.fuses(Fusion::Glu, 2025.6));
  EXPECT_TRUE(runtime.fuses(Fusion::Glu, std::nullopt));
  EXPECT_TRUE(runtime.fuses(Fusion::Moe, 2023.0));
  EXPECT_FALSE(runtime.fuses(Fusion::Qkv, 2026.0));
}

TEST(RuntimeYaml, FaultyFusionDatesAreNamed) {
  const auto with = [](const char* dated) {
    return faults("fuses: [qkv, moe]", std::string("fuses: [qkv, moe]\nfuses_since: ") + dated);
  };
  EXPECT_THAT(with("{glue: 2025-07}"), HasSubstr("glue"));
  EXPECT_THAT(with("{glu: soon}"), HasSubstr("must be a month like 2025-06"));
  EXPECT_THAT(with("{moe: 2025-07}"), HasSubstr("'moe' is in 'fuses' too"));
}

TEST(RuntimeYaml, ReadsHowPromptsAreServed) {
  const auto with = [](const std::string& serving) {
    return changed("graph_capture: true", "graph_capture: true\n" + serving, kText);
  };
  const std::string kServing =
      "serving: {prefill_chunk: 2048, mixes_prefill: 2025-02, memory_share: 0.8, "
      "reserves_full_length: true}\nengine_since: 2025-03";
  const Runtime runtime = parse_runtime(with(kServing), "acme-rt.yaml");
  EXPECT_EQ(runtime.prefill_chunk, 2048);
  ASSERT_TRUE(runtime.mixes_prefill_since);
  EXPECT_NEAR(*runtime.mixes_prefill_since, 2025.1, 0.05);
  EXPECT_DOUBLE_EQ(runtime.memory_share, 0.8);
  EXPECT_TRUE(runtime.reserves_full_length);
  EXPECT_TRUE(runtime.engine_since);
  EXPECT_EQ(parse_runtime(kText, "acme-rt.yaml").prefill_chunk, 0);
  const auto never = changed("mixes_prefill: 2025-02", "mixes_prefill: never", with(kServing));
  EXPECT_FALSE(parse_runtime(never, "acme-rt.yaml").mixes_prefill_since);
  EXPECT_THAT(
      message_of([&] { parse_runtime(changed("0.8", "1.8", with(kServing)), "acme-rt.yaml"); }),
      HasSubstr("memory_share"));
}

TEST(RuntimeYaml, ReadsWhatHangsOnFlashAttention) {
  const Runtime plain = parse_runtime(kText, "acme-rt.yaml");
  EXPECT_FALSE(plain.flash_attention_since || plain.values_need_flash);
  const Runtime runtime = parse_runtime(
      changed("graph_capture: true",
              "graph_capture: true\nflash_attention_since: 2025-09\nvalues_need_flash: true",
              kText),
      "acme-rt.yaml");
  EXPECT_NEAR(runtime.flash_attention_since.value(), 2025.708, 0.001);
  EXPECT_TRUE(runtime.values_need_flash);
}

TEST(RuntimeYaml, ReadsWhenQueryHeadsArePacked) {
  const std::string text = changed(
      "graph_capture: true",
      "graph_capture: true\npacks_query_heads:\n  - {since: 2025-02, min_sm: 75, max_sm: 88}\n"
      "  - {min_sm: 89, min_group: 5, min_context: 8192}",
      kText);
  const Runtime runtime = parse_runtime(text, "acme-rt.yaml");
  ASSERT_EQ(runtime.packs_query_heads.size(), 2U);
  EXPECT_NEAR(runtime.packs_query_heads[0].since, 2025.125, 0.001);
  EXPECT_EQ(runtime.packs_query_heads[0].max_sm, 88);
  EXPECT_EQ(runtime.packs_query_heads[0].min_group, 2);
  EXPECT_EQ(runtime.packs_query_heads[1].since, 0.0);
  EXPECT_EQ(runtime.packs_query_heads[1].min_group, 5);
  EXPECT_EQ(runtime.packs_query_heads[1].min_context, 8192);
}

TEST(RuntimeYaml, ReadsItsMatrixKernels) {
  EXPECT_FALSE(parse_runtime(kText, "acme-rt.yaml").matrix_kernels);
  const std::string kernels =
      "matrix_kernels: {vector_rows: 4, tile_above: 8, tile_rows: 32, tile_experts_from: 64}";
  const Runtime runtime = parse_runtime(
      changed("graph_capture: true", "graph_capture: true\n" + kernels, kText), "acme-rt.yaml");
  ASSERT_TRUE(runtime.matrix_kernels);
  EXPECT_EQ(runtime.matrix_kernels->vector_rows, 4);
  EXPECT_EQ(runtime.matrix_kernels->tile_above, 8);
  EXPECT_EQ(runtime.matrix_kernels->tile_rows, 32);
  EXPECT_EQ(runtime.matrix_kernels->tile_experts_from, 64);
}

TEST(RuntimeYaml, ReadsEveryFact) {
  const Runtime runtime = parse_runtime(kText, "acme-rt.yaml");
  EXPECT_EQ(runtime.id, "acme-rt");
  EXPECT_EQ(runtime.family, "acme");
  const auto fuses = [&](Fusion fusion) { return runtime.fuses(fusion, std::nullopt); };
  EXPECT_TRUE(fuses(Fusion::Qkv) && fuses(Fusion::Moe) && runtime.graph_capture);
  EXPECT_FALSE(fuses(Fusion::GateUp) || fuses(Fusion::Norm) || fuses(Fusion::Rope) ||
               runtime.whole_step_graph || runtime.expands_mla);
  EXPECT_EQ(runtime.activation_quantization, "int8");
  EXPECT_EQ(runtime.kv_format, "F16");
  EXPECT_EQ(runtime.state_format, "");
  EXPECT_EQ(runtime.host_operators, (std::vector<std::string>{"embedding"}));
  EXPECT_EQ(runtime.static_kv_slots, 4096);
  EXPECT_EQ(runtime.rows_per_unpack, 8);
  EXPECT_EQ(runtime.float_rows_per_unpack, 4);
  Device device;
  device.device_class = DeviceClass::Cpu;
  EXPECT_EQ(runtime.taught_on(device), "llama.cpp-cpu");
  device.device_class = DeviceClass::Gpu;
  EXPECT_EQ(runtime.taught_on(device), runtime.id);
  EXPECT_TRUE(runtime.balances_cores && runtime.repacks_on_request);
  EXPECT_DOUBLE_EQ(runtime.memory_overhead_fixed.base(), 104857600.0);
  EXPECT_DOUBLE_EQ(runtime.memory_overhead_per_hidden, 500.0);
  EXPECT_EQ(runtime.check_command, "bench {model} -t {threads}");
  EXPECT_EQ(text_of(runtime_faults(runtime)), "");
}

TEST(RuntimeYaml, ReadsWhatItHoldsInMemory) {
  const std::string with =
      std::string(kText) +
      "\ntables: pinned\ntables_since: 2025-07\n"
      "pass_buffers: {tokens: 512, all_logits: true, activation_bytes: 4, kv_cells: 256}\n";
  const Runtime runtime = parse_runtime(with, "acme-rt.yaml");
  EXPECT_EQ(runtime.tables, TablePlace::Pinned);
  EXPECT_NEAR(runtime.tables_since, 2025.5, 0.05);
  EXPECT_EQ(runtime.pass_buffers.value().tokens, 512);
  EXPECT_TRUE(runtime.pass_buffers->all_logits);
  EXPECT_EQ(runtime.pass_buffers->kv_cells, 256);
  EXPECT_EQ(runtime.pass_buffers->kv_cells_plain, 256);  // not stated: as with flash attention
  const Runtime without = parse_runtime(kText, "acme-rt.yaml");
  EXPECT_FALSE(without.tables.has_value() || without.pass_buffers.has_value());
  const std::string bad = std::string(kText) + "\ntables: somewhere\n";
  EXPECT_THAT(message_of([&] { parse_runtime(bad, "acme-rt.yaml"); }), HasSubstr("somewhere"));
}

TEST(RuntimeYaml, ReadsHowFilesLayWeightsOut) {
  EXPECT_FALSE(parse_runtime(kText, "acme-rt.yaml").weight_layout.has_value());
  for (int i = 0; i < kWeightLayouts; ++i) {
    const auto layout = static_cast<WeightLayout>(i);
    const std::string text =
        std::string(kText) + "\nweight_layout: " + std::string(text_of(layout)) + "\n";
    EXPECT_EQ(parse_runtime(text, "acme-rt.yaml").weight_layout, layout);
  }
  const std::string bad = std::string(kText) + "\nweight_layout: zip\n";
  EXPECT_THAT(message_of([&] { parse_runtime(bad, "acme-rt.yaml"); }), HasSubstr("zip"));
}

TEST(RuntimeYaml, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(faults("[qkv, moe]", "[qvk]"), HasSubstr("'fuses' holds 'qvk'; expected some of: "
                                                       "qkv, gate_up, norm, norm_scale, rope, moe, "
                                                       "routing, glu, quantization"));
  EXPECT_THAT(faults("graph_capture", "graph_captrue"), HasSubstr("graph_captrue"));
  EXPECT_THAT(faults("class: cpu", "class: tpu"), HasSubstr("tpu"));
  EXPECT_THAT(faults("\"100 MiB\"", "100"), HasSubstr("memory_overhead.fixed"));
  EXPECT_THAT(message_of([] {
                parse_runtime(
                    "schema: 1\nid: a\nname: a\nfamily: a\ngraph_capture: false\n"
                    "source: s\n",
                    "a.yaml");
              }),
              HasSubstr("'pools' must list at least one class and pool"));
}

TEST(Runtime, APoolForTheVendorGoesFirst) {
  const Runtime runtime = parse_runtime(kText, "acme-rt.yaml");
  EXPECT_EQ(runtime.pool_of(device_of(DeviceClass::Gpu, "Acme")), "acme-gpu");
  EXPECT_EQ(runtime.pool_of(device_of(DeviceClass::Gpu, "Other")), "any-gpu");
  EXPECT_EQ(runtime.pool_of(device_of(DeviceClass::Cpu, "Acme")), "cpu");
  EXPECT_EQ(runtime.pool_of(device_of(DeviceClass::Npu, "Acme")), "");
  EXPECT_FALSE(runtime.supports(device_of(DeviceClass::Npu, "Acme")));
}

TEST(RuntimeChecks, FindContradictions) {
  const auto found = [](const std::string& from, const std::string& to) {
    return text_of(runtime_faults(parse_runtime(changed(from, to, kText), "acme-rt.yaml")));
  };
  EXPECT_EQ(found("{class: cpu, pool: cpu}", "{class: gpu, pool: cpu}"),
            "acme-rt.yaml: class 'gpu' has two pools; the second would never be used\n");
  EXPECT_EQ(found("- {class: gpu}\n", "- {class: npu, vendor: Acme}\n"),
            "acme-rt.yaml: is the default for class 'npu' of vendor 'Acme', which it has no pool "
            "for\n");
  EXPECT_EQ(found("{threads}", "{thread}"),
            "acme-rt.yaml: 'check_command' has '{thread}'; known fill-ins are {model}, {threads}, "
            "{context}, {gen}, {batch}\n");
}

TEST(RuntimeCatalog, FindsAndDefaults) {
  RuntimeCatalog catalog;
  catalog.add(parse_runtime(kText, "acme-rt.yaml"));
  Runtime special = parse_runtime(kText, "special.yaml");
  special.id = "special";
  special.name = "Special";
  special.aliases.clear();
  special.pools = {{.device_class = DeviceClass::Npu, .vendor = "Acme", .pool = "acme-npu"}};
  special.default_for = {{.device_class = DeviceClass::Gpu, .vendor = "Acme"}};
  catalog.add(special);

  EXPECT_EQ(catalog.find("ACME RT").id, "acme-rt");
  EXPECT_EQ(catalog.find("art").id, "acme-rt");
  EXPECT_EQ(message_of([&] { catalog.find("specia"); }),
            "unknown runtime 'specia'; did you mean 'special'?");
  EXPECT_EQ(catalog.default_for(device_of(DeviceClass::Gpu, "Acme")).id, "special");
  EXPECT_EQ(catalog.default_for(device_of(DeviceClass::Gpu, "Other")).id, "acme-rt");
  EXPECT_THAT(message_of([&] { catalog.default_for(device_of(DeviceClass::Cpu, "Acme")); }),
              HasSubstr("no runtime is the default for devices like 'acme-one' (cpu of vendor"));
  EXPECT_EQ(catalog.find_for("art", device_of(DeviceClass::Cpu, "Acme")).id, "acme-rt");
  EXPECT_EQ(catalog.find_for("", device_of(DeviceClass::Gpu, "Other")).id, "acme-rt");
  EXPECT_EQ(message_of([&] { catalog.find_for("art", device_of(DeviceClass::Npu, "Acme")); }),
            "runtime 'acme-rt' does not run on 'acme-one' (npu of vendor 'Acme'); these do: "
            "special");
  EXPECT_EQ(catalog.pools(), (std::vector<std::string>{"acme-gpu", "acme-npu", "any-gpu", "cpu"}));
  EXPECT_EQ(catalog.select("all").size(), 2u);
  EXPECT_EQ(catalog.select("special").at(0).id, "special");
}

}  // namespace
}  // namespace foretoken::hwdb
