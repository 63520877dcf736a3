#include "calibrate/row_store.h"

#include <cmath>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/csv_table.h"
#include "base/h5_file.h"
#include "base/text_file.h"
#include "calibrate/decode_csv.h"
#include "calibrate/import_file.h"
#include "calibrate/import_readers.h"
#include "calibrate/kernel_csv.h"
#include "calibrate/row_columns.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken::calibrate {
namespace {

using ::testing::HasSubstr;

RowStore two_rows() {
  RowStore store;
  Stored<DecodeRow> decode;
  decode.row.row_id = "a";
  decode.row.device = "x, \"y\"";
  decode.row.runtime = "llama.cpp-cuda";
  decode.row.runtime_version = "b4500 (abc)";
  decode.row.model = "m";
  decode.row.weight_format = "Q4_0";
  decode.row.batch = 8;
  decode.row.gen_tokens = 128;
  decode.row.build_year = 2025.04;  // as the build's number gives it
  decode.row.seconds_per_token = 18.713 * 1e-3;
  decode.row.flash_attention = false;
  decode.row.time_kind = TimeKind::Median;
  decode.row.batch_kind = BatchKind::Waves;
  decode.row.power_watts = 14.7;
  decode.row.power_scope = "gpu_nvml";
  decode.row.joules_per_token = 0.31;
  decode.row.notes = "power mode 15W; mla 0; repacked";
  decode.from = {"f.json", "0123", "llama-bench", "b4500", "2026-11-20T23:00:55Z", "2026-11-26"};
  store.decode.push_back(decode);
  Stored<KernelRow> kernel;
  kernel.row.row_id = "k";
  kernel.row.device = "x";
  kernel.row.runtime = "r";
  kernel.row.op = "gemm";
  kernel.row.m = 1;
  kernel.row.latency_seconds = 53.86 * 1e-6;
  kernel.row.bytes = 33067008;
  kernel.row.threads = 6;
  kernel.row.ep = 4;
  kernel.row.routing = "balanced";
  kernel.row.notes = "not gated: two matrices";
  store.kernels.push_back(kernel);
  return store;
}

/// The rows that the CSVs of a store give when they are imported.
RowStore through_csv(const RowStore& store) {
  RowStore again;
  ForeignFile decode;
  add_own_csv(decode_csv_text(store), "d.csv", decode);
  for (ForeignDecode& row : decode.decode) again.decode.push_back({row.row, row.from});
  ForeignFile kernels;
  add_own_csv(kernel_csv_text(store), "k.csv", kernels);
  for (ForeignKernel& row : kernels.kernels) again.kernels.push_back({row.row, row.from});
  return again;
}

TEST(RowStore, GoesThroughCsvAndBackToTheByte) {
  const test::TempFolder folder;
  write_row_store(folder / "a.h5", two_rows());
  const RowStore read = read_row_store(folder / "a.h5");
  EXPECT_EQ(*read.decode.at(0).row.seconds_per_token, 18.713 * 1e-3);
  EXPECT_EQ(read.decode[0].row.tokens_per_second, std::nullopt);
  EXPECT_EQ(read.decode[0].row.flash_attention, false);
  EXPECT_EQ(read.decode[0].row.time_kind, TimeKind::Median);
  EXPECT_EQ(read.decode[0].row.batch_kind, BatchKind::Waves);
  EXPECT_EQ(read.decode[0].row.power_watts, 14.7);
  EXPECT_EQ(read.decode[0].row.power_scope, "gpu_nvml");
  EXPECT_EQ(read.decode[0].row.joules_per_token, 0.31);
  EXPECT_EQ(read.decode[0].from.measured, "2026-11-20T23:00:55Z");
  EXPECT_EQ(read.kernels.at(0).row.footprint_over_llc, std::nullopt);
  EXPECT_EQ(read.kernels[0].row.threads, 6);
  EXPECT_EQ(read.kernels[0].row.ep, 4);
  EXPECT_EQ(read.kernels[0].row.routing, "balanced");
  EXPECT_EQ(read.kernels[0].row.notes, "not gated: two matrices");
  // What the notes say is known again.
  EXPECT_EQ(read.decode[0].row.power_mode, "15W");
  EXPECT_EQ(read.decode[0].row.expands_mla, true);
  EXPECT_TRUE(read.decode[0].row.repacked);
  EXPECT_THAT(decode_csv_text(read), HasSubstr(",18.713,"));
  EXPECT_THAT(kernel_csv_text(read), HasSubstr(",53.86,"));
  write_row_store(folder / "b.h5", through_csv(read));
  EXPECT_EQ(read_text_file(folder / "a.h5"), read_text_file(folder / "b.h5"));
}

TEST(RowStore, ColumnsOfTheCsvAreThoseThatItsReadersKnow) {
  EXPECT_TRUE(is_known_column<DecodeRow>("tpot_ms"));
  EXPECT_TRUE(is_known_column<DecodeRow>("arch_id"));
  EXPECT_TRUE(is_known_column<DecodeRow>("import_hash"));
  EXPECT_TRUE(is_known_column<DecodeRow>("power_w"));
  EXPECT_FALSE(is_known_column<DecodeRow>("ttft_ms"));
  EXPECT_TRUE(is_known_column<KernelRow>("latency_us"));
}

TEST(RowStore, AnEmptyStoreIsAStore) {
  const test::TempFolder folder;
  write_row_store(folder / "a.h5", {});
  EXPECT_EQ(read_row_store(folder / "a.h5").size(), 0U);
}

TEST(RowStore, RefusesWhatIsNone) {
  const test::TempFolder folder;
  const auto fault = [&](const char* name) {
    return test::error_of([&] { read_row_store(folder / name); });
  };
  EXPECT_THAT(fault("none.h5"), HasSubstr("cannot read"));
  folder.write("text.h5", "hello");
  EXPECT_THAT(fault("text.h5"), HasSubstr("text.h5: opening the file"));
  H5Writer other;
  other.attribute("kind", "something");
  other.write(folder / "other.h5");
  EXPECT_THAT(fault("other.h5"), HasSubstr("it holds 'something'; expected 'foretoken rows'"));
  H5Writer later;
  later.attribute("kind", "foretoken rows");
  later.attribute("version", "9");
  later.write(folder / "later.h5");
  EXPECT_THAT(fault("later.h5"), HasSubstr("rows of version '9'; expected 1"));
}

TEST(RowStore, ReadsStoresOfBeforeKernelsHadThreads) {
  const test::TempFolder folder;
  RowStore store = two_rows();
  store.decode.clear();
  H5Writer former;
  former.attribute("kind", "foretoken rows");
  former.attribute("version", "1");
  for (const auto& column : kernel_columns()) {
    const std::string name = std::string("kernels/") + column.name;
    if (column.later) continue;
    if (column.get_text != nullptr) {
      former.texts(name, {column.get_text(store.kernels[0].row)});
    } else {
      former.numbers(name, {column.get(store.kernels[0].row)}, column.unit);
    }
  }
  for (const auto& column : provenance_columns()) {
    former.texts(std::string("kernels/") + column.name, {"x"});
  }
  former.write(folder / "former.h5");
  const RowStore read = read_row_store(folder / "former.h5");
  ASSERT_EQ(read.kernels.size(), 1U);
  EXPECT_EQ(read.kernels[0].row.threads, 0);
  EXPECT_EQ(read.kernels[0].row.bytes, 33067008);
}

TEST(RowStore, EveryCutEndsInAnError) {
  const test::TempFolder folder;
  write_row_store(folder / "a.h5", two_rows());
  const std::string whole = read_text_file(folder / "a.h5");
  constexpr std::size_t kCuts = 40;
  for (std::size_t i = 0; i < kCuts; ++i) {
    folder.write("cut.h5", std::string_view(whole).substr(0, whole.size() * i / kCuts));
    EXPECT_THAT(test::error_of([&] { read_row_store(folder / "cut.h5"); }), HasSubstr("cut.h5"));
  }
}

TEST(RowStore, RefusesFiguresThatNoRowMayHave) {
  const test::TempFolder folder;
  RowStore store = two_rows();
  store.decode[0].row.context_start = -1;
  write_row_store(folder / "a.h5", store);
  EXPECT_THAT(test::error_of([&] { read_row_store(folder / "a.h5"); }),
              HasSubstr("'decode/context_start': row 1: -1 is no figure of a row"));
  store.decode[0].row.context_start = 0;
  store.decode[0].row.batch = 0;
  write_row_store(folder / "a.h5", store);
  EXPECT_THAT(test::error_of([&] { read_row_store(folder / "a.h5"); }),
              HasSubstr("'decode/batch': row 1: expected more than zero"));
}

TEST(RowStore, RefusesTextsThatWouldFillMemory) {
  RowStore store;
  store.decode.resize(kMostStoredRows);
  for (auto DecodeRow::*text : {&DecodeRow::notes, &DecodeRow::source, &DecodeRow::model}) {
    store.decode[0].row.*text = std::string(kLongestText, 'x');
  }
  const test::TempFolder folder;
  EXPECT_THAT(test::error_of([&] { write_row_store(folder / "a.h5", store); }),
              HasSubstr("the texts of 100000 rows take more than"));
}

rc::Gen<std::string> any_text() {
  return rc::gen::container<std::string>(rc::gen::weightedOneOf<char>(
      {{3, rc::gen::element(',', '"', '\n', '\r', ' ', '\xef')}, {2, rc::gen::nonZero<char>()}}));
}

/// Zero or more, of any size, the awkward ones often.
rc::Gen<double> any_figure() {
  return rc::gen::map(rc::gen::arbitrary<std::pair<std::uint32_t, std::uint8_t>>(),
                      [](const std::pair<std::uint32_t, std::uint8_t>& p) {
                        return p.first * std::pow(10.0, (p.second % 40) - 20.0) / 3.0;
                      });
}

RC_GTEST_PROP(RowStoreProperty, AnyRowGoesThroughStoreAndCsvAndBack, ()) {
  RowStore store;
  const auto rows = *rc::gen::inRange<std::size_t>(1, 4);
  for (std::size_t i = 0; i < rows; ++i) {
    Stored<DecodeRow> row;
    row.row.row_id = "r" + std::to_string(i);
    row.row.device = *any_text();
    row.row.notes = *any_text();
    row.row.runtime = *any_text();
    row.row.batch = 1.0 + *any_figure();
    row.row.context_start = *any_figure();
    row.row.tokens_per_second = *any_figure();
    // From a reader: milliseconds in a file.
    row.row.seconds_per_token = *any_figure() * 1e-3;
    row.row.flash_attention = *rc::gen::arbitrary<bool>();
    row.from.file = *any_text();
    row.from.hash = "h";
    store.decode.push_back(row);
    Stored<KernelRow> kernel;
    kernel.row.row_id = "k" + std::to_string(i);
    kernel.row.op = "gemm";
    kernel.row.kernel = *any_text();
    kernel.row.n = *any_figure();
    kernel.row.latency_seconds = *any_figure() * 1e-6;
    store.kernels.push_back(kernel);
  }
  const test::TempFolder folder;
  write_row_store(folder / "a.h5", store);
  write_row_store(folder / "b.h5", through_csv(read_row_store(folder / "a.h5")));
  RC_ASSERT(read_text_file(folder / "a.h5") == read_text_file(folder / "b.h5"));
}

RC_GTEST_PROP(ImportProperty, AnyTextEndsInRowsOrAnError, ()) {
  const auto head = *rc::gen::element<std::string>(
      "", "[{", "{\"n_gen\":1,\"avg_ts\":", "INSERT INTO llama_bench (n_gen) VALUES ('",
      "| model | test | t/s |\n|---|---|---|\n|", "Testing 1 devices\n ADD(",
      "eval count: ", "offloaded 1/2 layers to GPU\n eval time = 5 ms / ",
      "using device CUDA0 (x) - \n eval time = 1 ms / 2 runs\n eval time = ",
      "{\"done\":true,\"created_at\":\"\",\"eval_count\":",
      "device,runtime,model,weight_format,decode_tok_s\n");
  const std::string text = head + *any_text();
  try {
    read_foreign_text(text, "f");
  } catch (const Error&) {
  }
}

RC_GTEST_PROP(ImportProperty, GoDurationsReadBack, ()) {
  const auto minutes = *rc::gen::inRange(0, 5000);
  const auto millis = *rc::gen::inRange(0, 59999);
  std::string text;
  if (minutes >= 60) text += std::to_string(minutes / 60) + "h";
  if (minutes > 0) text += std::to_string(minutes % 60) + "m";
  text +=
      std::to_string(millis / 1000) + "." + std::to_string(1000 + millis % 1000).substr(1) + "s";
  const auto seconds = go_duration(text);
  RC_ASSERT(seconds.has_value());
  RC_ASSERT(std::abs(*seconds - (minutes * 60.0 + millis * 1e-3)) < 1e-6);
}

}  // namespace
}  // namespace foretoken::calibrate
