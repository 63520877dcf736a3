#include "calibrate/import_readers.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text_file.h"
#include "calibrate/import_file.h"
#include "calibrate/import_op_params.h"
#include "tests/support/thrown.h"

namespace foretoken::calibrate {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

ForeignFile sample(const std::string& name) {
  const std::string path = std::string(FORETOKEN_TESTS_DIR) + "/calibrate/imports/" + name;
  return read_foreign_text(read_text_file(path), name);
}

std::size_t count(const ForeignFile& file, Unused why) {
  return static_cast<std::size_t>(
      std::count_if(file.unused.begin(), file.unused.end(),
                    [&](const UnusedRow& row) { return row.why == why; }));
}

std::string fault_in(std::string_view text) {
  return test::config_error_of([&] { read_foreign_text(text, "f"); });
}

/// One test of llama-bench as JSON with some cells changed or added.
ForeignFile bench(const std::string& cells) {
  return read_foreign_text(
      R"({"n_prompt":0,"n_gen":16,"avg_ts":50.5,"backends":"CUDA","cpu_info":"Some CPU",)"
      R"("gpu_info":"A, B","model_type":"qwen2 7B Q4_K - Medium")" +
          (cells.empty() ? "" : "," + cells) + "}",
      "f");
}

class LlamaBench : public ::testing::TestWithParam<const char*> {};

TEST_P(LlamaBench, EveryFormatGivesTheSameTests) {
  const ForeignFile file = sample(std::string("llama-bench.") + GetParam());
  EXPECT_EQ(file.tool, "llama-bench");
  EXPECT_EQ(file.format, GetParam());
  ASSERT_EQ(file.decode.size(), 2U);
  EXPECT_EQ(count(file, Unused::NotDecode), 2U);
  EXPECT_EQ(count(file, Unused::Combined), 2U);
  EXPECT_EQ(file.unused.size(), 4U);
  const DecodeRow& at_start = file.decode[0].row;
  EXPECT_EQ(at_start.gen_tokens, 16.0);
  EXPECT_EQ(at_start.context_start, 0.0);
  EXPECT_NEAR(*at_start.tokens_per_second, 64.5, 1.0);
  EXPECT_EQ(at_start.threads, 2);
  EXPECT_EQ(at_start.runtime, "llama.cpp-cpu");
  EXPECT_EQ(at_start.flash_attention, std::nullopt);
  EXPECT_EQ(file.decode[1].row.context_start, 256.0);
  EXPECT_NEAR(*at_start.weight_bytes, 635990016.0, 6000.0);
  EXPECT_NEAR(*file.decode[0].params, 1.1e9, 1e6);
}

INSTANTIATE_TEST_SUITE_P(Formats, LlamaBench,
                         ::testing::Values("json", "jsonl", "csv", "sql", "md"));

TEST(LlamaBenchTable, ReadsSettingsAndTheCardThatIsPrintedAboveIt) {
  const ForeignFile file = sample("llama-bench-gpu.md");
  ASSERT_EQ(file.decode.size(), 3U);
  const ForeignDecode& deep = file.decode[1];
  EXPECT_EQ(deep.devices.front(), "NVIDIA GeForce RTX 3090");
  EXPECT_EQ(deep.row.runtime, "llama.cpp-cuda");
  EXPECT_EQ(deep.row.runtime_version, "b4600 (7b79bd9e6)");
  EXPECT_EQ(deep.row.kv_format, "q8_0");
  EXPECT_EQ(deep.row.flash_attention, true);
  EXPECT_EQ(deep.row.context_start, 4096.0);
  EXPECT_EQ(deep.row.line, 7);
  EXPECT_EQ(file.decode[2].layers_on_device, 20.0);
}

TEST(LlamaBenchTable, TakesLabelsOfOldBuilds) {
  const ForeignFile file = read_foreign_text(
      "| model | backend | test | t/s |\n|---|---|---|---|\n"
      "| llama 7B mostly Q4_0 | CUDA | tg 128 | 100.5 ± 1.0 |\n",
      "f");
  ASSERT_EQ(file.decode.size(), 1U);
  EXPECT_EQ(file.decode[0].row.gen_tokens, 128.0);
  EXPECT_EQ(file.decode[0].formats.back(), "Q4_0");
}

TEST(LlamaBenchRow, SeveralCardsOfASplitAreLabelled) {
  const ForeignFile file = bench(R"("split_mode":"layer","n_gpu_layers":99)");
  EXPECT_EQ(file.decode.at(0).row.label, "multi-device");
  EXPECT_EQ(file.decode.at(0).row.n_devices, 2.0);
  EXPECT_EQ(file.decode.at(0).row.parallelism, "pp2");
}

TEST(LlamaBenchRow, OneCardOfSeveral) {
  EXPECT_EQ(bench(R"("split_mode":"none","main_gpu":1)").decode.at(0).devices.front(), "B");
  EXPECT_EQ(bench(R"("split_mode":"layer","devices":"CUDA1")").decode.at(0).devices.front(), "B");
}

TEST(LlamaBenchRow, NoLayerOnTheCardIsTheProcessor) {
  const ForeignDecode row = bench(R"("n_gpu_layers":0)").decode.at(0);
  EXPECT_EQ(row.row.runtime, "llama.cpp-cpu");
  EXPECT_EQ(row.devices.back(), "Some CPU");
}

TEST(LlamaBenchRow, PartsOnTheHostAreLabelled) {
  for (const char* cell :
       {R"("n_cpu_moe":3)", R"("no_kv_offload":true)", R"("tensor_buft_overrides":"exps=CPU")"}) {
    const ForeignDecode row = bench(std::string(R"("split_mode":"none",)") + cell).decode.at(0);
    EXPECT_EQ(row.row.label, "partial-offload") << cell;
  }
}

TEST(LlamaBenchRow, CacheOfTwoFormatsAndFlashAttention) {
  const DecodeRow row = bench(R"("type_k":"q8_0","type_v":"q4_0","flash_attn":1)").decode.at(0).row;
  EXPECT_EQ(row.kv_format, "q8_0/q4_0");
  EXPECT_EQ(row.flash_attention, true);
}

class BatchedBench : public ::testing::TestWithParam<const char*> {};

TEST_P(BatchedBench, RowsAreAggregateRates) {
  const ForeignFile file = sample(std::string("llama-batched-bench.") + GetParam());
  EXPECT_EQ(file.tool, "llama-batched-bench");
  ASSERT_EQ(file.decode.size(), 3U);
  EXPECT_TRUE(file.unused.empty());
  const DecodeRow& row = file.decode[2].row;
  EXPECT_EQ(row.batch, 4.0);
  EXPECT_EQ(row.context_start, 32.0);
  EXPECT_EQ(row.gen_tokens, 16.0);
  EXPECT_NEAR(*row.tokens_per_second, 150.0, 4.0);
  EXPECT_EQ(row.threads, 2);
}

INSTANTIATE_TEST_SUITE_P(Formats, BatchedBench, ::testing::Values("md", "jsonl"));

TEST(OpPerf, SampleOutputsHaveTimesButCsv) {
  for (const char* name : {"test-backend-ops-perf.console", "test-backend-ops-perf.sql"}) {
    const ForeignFile file = sample(name);
    ASSERT_EQ(file.kernels.size(), 20U) << name;
    EXPECT_TRUE(file.unused.empty());
    const KernelRow& row = file.kernels[1].row;
    EXPECT_EQ(row.op, "gemm");
    EXPECT_EQ(row.weight_format, "q4_0");
    EXPECT_EQ(row.m, 1.0);
    EXPECT_EQ(row.n, 4096.0);
    EXPECT_EQ(row.k, 14336.0);
    EXPECT_NEAR(row.latency_seconds, 1.1e-3, 0.2e-3);
  }
  const ForeignFile csv = sample("test-backend-ops-perf.csv");
  EXPECT_TRUE(csv.kernels.empty());
  EXPECT_EQ(count(csv, Unused::NoFigure), 20U);
  EXPECT_THAT(csv.unused[0].reason, HasSubstr("--output sql"));
}

TEST(OpPerf, OperatorsOfTheConsole) {
  const ForeignFile file = sample("test-backend-ops-perf-gpu.console");
  std::vector<std::string> ops;
  for (const ForeignKernel& found : file.kernels) ops.push_back(found.row.op);
  EXPECT_THAT(ops, ::testing::ElementsAre("add", "rmsnorm", "rope", "gemm", "expert_gemm",
                                          "attention", "mla", "embedding"));
  EXPECT_EQ(count(file, Unused::NotDecode), 1U);    // 512 query tokens
  EXPECT_EQ(count(file, Unused::NoFigure), 1U);     // not supported
  EXPECT_EQ(count(file, Unused::NotModelled), 2U);  // softmax, a batch of matrices
  const KernelRow& add = file.kernels[0].row;
  EXPECT_EQ(add.bytes, 48 * 1024.0);
  EXPECT_DOUBLE_EQ(add.latency_seconds, 2.02e-6);
  EXPECT_EQ(file.kernels[0].devices.front(), "NVIDIA GeForce RTX 3090");
  const KernelRow& attention = file.kernels[5].row;
  EXPECT_EQ(attention.heads_q, 32.0);
  EXPECT_EQ(attention.heads_kv, 8.0);
  EXPECT_EQ(attention.kv_len, 4096.0);
  const KernelRow& experts = file.kernels[4].row;
  EXPECT_EQ(experts.experts, 128.0);
  EXPECT_EQ(experts.experts_active, 8.0);
}

TEST(Vllm, ServeGivesTheMeanTimeOfAToken) {
  const ForeignFile file = sample("vllm-serve.json");
  ASSERT_EQ(file.decode.size(), 1U);
  const DecodeRow& row = file.decode[0].row;
  EXPECT_EQ(row.batch, 16.0);
  EXPECT_EQ(row.batch_kind, BatchKind::InFlight);
  EXPECT_EQ(row.time_kind, TimeKind::Mean);
  EXPECT_EQ(row.context_start, 1024.0);
  EXPECT_EQ(row.gen_tokens, 128.0);
  EXPECT_DOUBLE_EQ(*row.seconds_per_token, 57.31e-3);
  EXPECT_EQ(row.tokens_per_second, std::nullopt);
}

TEST(Vllm, WholeRequestsAreNoDecodeRate) {
  const ForeignFile latency = read_foreign_text(R"({"avg_latency": 1.5, "latencies": [1]})", "f");
  EXPECT_EQ(count(latency, Unused::Combined), 1U);
  const ForeignFile throughput = read_foreign_text(
      R"({"elapsed_time": 1.5, "num_requests": 3, "tokens_per_second": 9.5})", "f");
  EXPECT_EQ(count(throughput, Unused::Combined), 1U);
  const ForeignFile open = read_foreign_text(
      R"({"mean_tpot_ms": 1.5, "completed": 3, "request_rate": 4.0, "num_prompts": 3})", "f");
  EXPECT_EQ(count(open, Unused::NotModelled), 1U);
}

TEST(Ollama, ReadsGoDurations) {
  const ForeignFile file = sample("ollama-verbose.txt");
  ASSERT_EQ(file.decode.size(), 2U);
  EXPECT_NEAR(*file.decode[0].row.tokens_per_second, 62.08, 0.01);
  EXPECT_EQ(file.decode[0].row.context_start, 26.0);
  EXPECT_NEAR(*file.decode[1].row.tokens_per_second, 3700 / 61.25, 1e-9);
}

TEST(OllamaApi, ReadsTheObjectThatEndsAnAnswer) {
  const ForeignFile file = sample("ollama-api.jsonl");
  EXPECT_EQ(file.tool, "ollama");
  ASSERT_EQ(file.decode.size(), 1U);
  const ForeignDecode& found = file.decode[0];
  EXPECT_DOUBLE_EQ(*found.row.tokens_per_second, 60.0);
  EXPECT_EQ(found.row.context_start, 26.0);
  EXPECT_EQ(found.row.gen_tokens, 300.0);
  EXPECT_EQ(found.row.line, 2);
  EXPECT_THAT(found.models, ::testing::ElementsAre("llama3.2-3b-instruct-q4_K_M"));
  EXPECT_EQ(found.from.measured, "2026-11-20T10:00:06.5Z");
  EXPECT_EQ(count(file, Unused::NoFigure), 1U);
}

TEST(LlamaLog, TakesWhatTheLogSaidBeforeTheTiming) {
  const ForeignFile file = sample("llama-cli.log");
  ASSERT_EQ(file.decode.size(), 1U);
  const ForeignDecode& found = file.decode[0];
  EXPECT_DOUBLE_EQ(*found.row.tokens_per_second, 250.0);
  EXPECT_EQ(found.row.gen_tokens, 127.0);
  EXPECT_EQ(found.row.context_start, 13.0);
  EXPECT_EQ(found.row.threads, 8);
  EXPECT_EQ(found.row.runtime, "llama.cpp-cuda");
  EXPECT_EQ(found.row.runtime_version, "b6500 (0123abc)");
  EXPECT_THAT(found.devices, ::testing::ElementsAre("NVIDIA GeForce RTX 3090"));
  EXPECT_EQ(found.models.front(), "Llama-3.2-1B-Instruct-Q8_0");
  EXPECT_EQ(found.formats.front(), "Q8_0");
  EXPECT_EQ(found.layers_on_device, -1.0);
  EXPECT_EQ(found.row.label, "");
}

TEST(LlamaLog, KnowsAPartOnTheHostAndSeveralDevices) {
  const ForeignFile file = read_foreign_text(
      "a: using device CUDA0 (A) - 1 MiB free\na: using device CUDA1 (B) - 1 MiB free\n"
      "load_tensors: offloaded 20/33 layers to GPU\n"
      "       eval time =  100.0 ms /  10 tokens ( x )\n"
      "       eval time =    0.0 ms /   1 runs ( x )\n",
      "f");
  ASSERT_EQ(file.decode.size(), 1U);
  EXPECT_EQ(file.decode[0].layers_on_device, 20.0);
  EXPECT_EQ(file.decode[0].row.label, "multi-device");
  EXPECT_EQ(count(file, Unused::NoFigure), 1U);
}

TEST(LlamaLog, ManyNamesDoNotFillMemory) {
  std::string log;
  for (int i = 0; i < 50'000; ++i) {
    const std::string number = std::to_string(i);
    log += "kv: general.name str = " + number + "\nusing device CUDA0 (" + number + ") - 1\n" +
           " eval time = 1 ms / 2 runs\n";
  }
  const ForeignFile file = read_foreign_text(log, "f");
  ASSERT_EQ(file.decode.size(), 50'000U);
  EXPECT_LT(file.decode.back().models.size(), 20U);
  EXPECT_LT(file.decode.back().devices.size(), 20U);
}

TEST(GoDuration, TakesEveryUnit) {
  EXPECT_DOUBLE_EQ(*go_duration("1h2m3.5s"), 3723.5);
  EXPECT_DOUBLE_EQ(*go_duration("130.079ms"), 0.130079);
  EXPECT_DOUBLE_EQ(*go_duration("45.1µs"), 45.1e-6);
  EXPECT_DOUBLE_EQ(*go_duration("45.1us"), 45.1e-6);
  EXPECT_DOUBLE_EQ(*go_duration("12ns"), 12e-9);
  EXPECT_DOUBLE_EQ(*go_duration("0s"), 0.0);
  for (const char* wrong : {"", "1", "s", "1.2.3s", "1x", "-1s", "1s2", "1 s", "inf"}) {
    EXPECT_EQ(go_duration(wrong), std::nullopt) << wrong;
  }
}

TEST(OpParams, ReadsListsAndRefusesOthers) {
  const auto params = OpParams::parse("type_a=q4_0,m=16,bs=[1,2],o=1");
  ASSERT_TRUE(params);
  EXPECT_EQ(params->text("type_a"), "q4_0");
  EXPECT_EQ(params->count("m"), 16.0);
  EXPECT_THAT(params->counts("bs"), ::testing::ElementsAre(1.0, 2.0));
  EXPECT_EQ(params->count("bs"), std::nullopt);
  EXPECT_FALSE(OpParams::parse("m"));
  EXPECT_FALSE(OpParams::parse("=3"));
}

struct Bad {
  const char* what;
  std::string text;
  const char* message;
};

TEST(BadInput, IsToldWithFileLineAndExpectation) {
  const std::vector<Bad> all{
      {"empty", " \n", "f:1: the file is empty; expected the output of llama-bench"},
      {"unknown", "hello\n", "f:1: nothing that a reader knows; expected"},
      {"binary",
       std::string("\x7f"
                   "ELF\0\1\2",
                   7),
       "f:1: nothing that a reader knows"},
      {"hdf5", "\x89HDF\r\n\x1a\n", "f: an HDF5 file"},
      {"cut json", "[\n{\"n_gen\": 1,\n\"a\": ", "f:2: the object that starts here never ends"},
      {"cut array", "[\n{\"n_gen\": 1, \"n_prompt\": 5}\n", "f:3: the array never ends"},
      {"no comma", "[{\"n_gen\":1} {\"n_gen\":1}]", "f:1: expected ',' or ']'"},
      {"tail", "[{\"n_gen\":0}] x", "f:1: text after the array"},
      {"json fault", "{\"n_gen\":0}\n{\"n_gen\": x}", "f:2:11: syntax error"},
      {"key twice", "{\"n_gen\":0}\n{\"n_gen\":1,\"n_gen\":2}",
       "f:2:12: key 'n_gen' appears twice"},
      {"no tool", "{\"a\": 1}", "f:1: objects of no known tool"},
      {"no object", "[]", "f:1: no object in it"},
      {"word", "{\"n_gen\":\"many\"}", "f:1: 'n_gen' must be a number; found 'many'"},
      {"negative", "{\"n_gen\":-4}", "f:1: 'n_gen' must not be negative"},
      {"no rate", "{\"n_gen\":4}", "f:1: 'avg_ts' is missing"},
      {"cut sql", "CREATE TABLE a (b TEXT",
       "f:1: the CREATE statement that starts here has no ';'"},
      {"sql quote", "INSERT INTO t (a) VALUES\n('x", "f:2: a quote is opened and never closed"},
      {"sql count", "INSERT INTO t (a,b) VALUES (1);", "f:1: 1 values for 2 columns"},
      {"sql end", "INSERT INTO t (a) VALUES (1)", "f:1: the statement has no ';'"},
      {"sql other", "INSERT INTO t (a) VALUES (1);DROP", "f:1: expected CREATE or INSERT"},
      {"sql table", "INSERT INTO t (a) VALUES (1);", "f:1: rows of table 't'"},
      {"md cells", "| model | test | t/s |\n|---|---|---|\n| a | b |\n",
       "f:3: 2 cells; the heading"},
      {"md cut", "| model | test | t/s |\n|---|---|---|\n| a | tg1 | 5",
       "f:3: a row of a table must"},
      {"md rule", "| model | test | t/s |\n| a | tg1 | 5 |\n", "f:2: expected a line of dashes"},
      {"md test", "| test | t/s |\n|---|---|\n| x1 | 5 |\n", "f:3: expected a test like 'tg128'"},
      {"md rate", "| model | test | t/s |\n|---|---|---|\n| a | tg1 | x |\n",
       "f:3: expected a rate"},
      {"console", "Testing 1 devices\n  ADD(a=1): 5 runs - 2", "f:2: expected 'N runs - X us/run'"},
      {"console cut", "Testing 1 devices\n  ADD(a=1", "f:2: expected '):'"},
      {"console end", "Testing 1\n  ADD(a=1): 5 runs - 2 us/run - 3", "f:2: expected a rate like"},
      {"console none", "Testing 1 devices\n", "f:1: no operator in it"},
      {"log", "eval time = x ms / 3 runs\n", "f:1: expected 'eval time = X ms / N runs'"},
      {"log cut", "a\nb: eval time = 5 ms / 3", "f:2: expected 'eval time = X ms / N runs'"},
      {"api", R"({"done":true,"created_at":"","eval_count":"many"})",
       "f:1: 'eval_count' must be a number"},
      {"ollama cut", "eval count: 5 token(s)\n",
       "f:1: an 'eval count' without its 'eval duration'"},
      {"ollama time", "eval count: 5 token(s)\neval duration: 5\n",
       "f:1: expected 'eval duration'"},
      {"csv", "device,runtime,model\na,b\n", "f:2: 2 cells; the header has 3"},
      {"csv quote", "n_gen,avg_ts\n\"1\",\"2", "f:2: a quote is opened and never closed"},
      {"csv column", "device,runtime,model,decode_tok_s\n", "f:1: no column 'weight_format'"},
  };
  for (const Bad& bad : all) EXPECT_THAT(fault_in(bad.text), HasSubstr(bad.message)) << bad.what;
}

TEST(BadInput, StopsBeforeItFillsMemory) {
  std::string many;
  for (std::size_t i = 0; i <= 100'000; ++i) many += "{\"n_gen\":0}\n";
  EXPECT_THAT(fault_in(many), HasSubstr("f:100001: more than 100000 rows"));
  std::string blocks;
  for (std::size_t i = 0; i <= 100'001; ++i)
    blocks += "eval count: 0 token(s)\neval duration: 1s\n";
  EXPECT_THAT(fault_in(blocks), HasSubstr("more than 100000 rows"));
  const std::string pipes = "| test | t/s |\n|---|---|\n" + std::string(5000, '|') + "\n";
  EXPECT_THAT(fault_in(pipes), HasSubstr("f:3: more than 1000 cells in a row"));
  const std::string deep =
      "{\"n_gen\":0,\"x\":" + std::string(5000, '[') + std::string(5000, ']') + "}";
  EXPECT_THAT(fault_in(deep), HasSubstr("nested more than 200 levels deep"));
  const std::string cells = "device,runtime\n" + std::string(4'000'001, ',');
  EXPECT_THAT(fault_in(cells), HasSubstr("f: more than 4000000 cells"));
}

TEST(BadInput, EveryCutOfASampleEndsInRowsOrAnError) {
  for (const char* name :
       {"llama-bench.jsonl", "llama-bench.sql", "llama-bench.csv", "llama-bench-gpu.md",
        "llama-batched-bench.md", "ollama-verbose.txt", "ollama-api.jsonl", "llama-cli.log",
        "vllm-serve.json", "test-backend-ops-perf-gpu.console"}) {
    const std::string text =
        read_text_file(std::string(FORETOKEN_TESTS_DIR) + "/calibrate/imports/" + name);
    constexpr std::size_t kStep = 13;
    for (std::size_t length = 0; length < text.size(); length += kStep) {
      const std::string message =
          test::error_of([&] { read_foreign_text(std::string_view(text).substr(0, length), "f"); });
      EXPECT_THAT(message, ::testing::AnyOf(StartsWith("f:"), "nothing was thrown")) << name;
    }
  }
}

}  // namespace
}  // namespace foretoken::calibrate
