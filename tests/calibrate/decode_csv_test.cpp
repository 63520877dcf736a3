#include "calibrate/decode_csv.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken::calibrate {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::vector<DecodeRow> read(const std::string& text) {
  const test::TempFolder folder;
  return read_decode_rows(folder.write("rows.csv", text));
}

std::string fault_of(const std::string& text) {
  return test::config_error_of([&] { read(text); });
}

const std::string kHeader = "device,runtime,model,weight_format,decode_tok_s";

TEST(DecodeCsv, TheNeededColumnsAreEnough) {
  const auto rows = read(kHeader + "\nanvil,plain,tenfold,half,250\n");
  ASSERT_EQ(rows.size(), 1u);
  const DecodeRow& row = rows.front();
  EXPECT_EQ(row.device, "anvil");
  EXPECT_EQ(row.runtime, "plain");
  EXPECT_EQ(row.model, "tenfold");
  EXPECT_EQ(row.weight_format, "half");
  EXPECT_EQ(row.tokens_per_second, 250);
  EXPECT_FALSE(row.seconds_per_token);
  EXPECT_EQ(row.batch, 1);
  EXPECT_EQ(row.n_devices, 1);
  EXPECT_EQ(row.context_start, 0);
  EXPECT_EQ(row.gen_tokens, 128);
  EXPECT_EQ(row.row_id, "line 2");
  EXPECT_EQ(row.line, 2);
  EXPECT_FALSE(row.flash_attention);
  EXPECT_FALSE(row.build_year);
}

TEST(DecodeCsv, ServedRowsSayWhatBatchAndTimeAre) {
  const std::string header = kHeader + ",batch_kind,tpot_kind\nanvil,plain,tenfold,half,250,";
  EXPECT_EQ(read(header + ",\n").front().batch_kind, BatchKind::Running);
  EXPECT_EQ(read(header + ",\n").front().time_kind, TimeKind::Step);
  EXPECT_EQ(read(header + "in-flight,mean\n").front().batch_kind, BatchKind::InFlight);
  EXPECT_EQ(read(header + "waves,mean\n").front().batch_kind, BatchKind::Waves);
  EXPECT_EQ(read(header + "running,median\n").front().time_kind, TimeKind::Median);
  EXPECT_THAT(fault_of(header + "wave,mean\n"), HasSubstr("unknown word 'wave'"));
  EXPECT_THAT(fault_of(header + "waves,average\n"), HasSubstr("unknown word 'average'"));
}

TEST(DecodeCsv, ReadsEveryOptionalColumn) {
  const auto rows = read(kHeader +
                         ",row_id,source,threads,weight_bytes,kv_format,batch,context_start,"
                         "gen_tokens,tpot_ms,prefill_tokens,memory_bytes,build_date,"
                         "flash_attention,label,runtime_version,parallelism,n_devices\n"
                         "anvil,plain,tenfold,half,250,r1,us,8,1e9,q8_0/q4_0,4,100,50,16,200,"
                         "2e9,2025-06,0,flag,v3,tp2,2\n");
  const DecodeRow& row = rows.front();
  EXPECT_EQ(row.row_id, "r1");
  EXPECT_EQ(row.source, "us");
  EXPECT_EQ(row.threads, 8);
  EXPECT_EQ(row.weight_bytes, 1e9);
  EXPECT_EQ(row.kv_format, "q8_0/q4_0");
  EXPECT_EQ(row.batch, 4);
  EXPECT_EQ(row.context_start, 100);
  EXPECT_EQ(row.gen_tokens, 50);
  EXPECT_DOUBLE_EQ(*row.seconds_per_token, 0.016);
  EXPECT_EQ(row.memory_bytes, 2e9);
  EXPECT_NEAR(*row.build_year, 2025.458, 1e-3);
  EXPECT_EQ(row.flash_attention, false);
  EXPECT_EQ(row.label, "flag");
  EXPECT_EQ(row.parallelism, "tp2");
  EXPECT_EQ(row.n_devices, 2);
}

TEST(DecodeCsv, ColumnsAreFoundByNameAndUnknownOnesIgnored) {
  const auto rows = read(
      "colour,weight_format,decode_tok_s,model,runtime,device\n"
      "red,half,250,tenfold,plain,anvil\n");
  EXPECT_EQ(rows.front().device, "anvil");
  EXPECT_EQ(rows.front().tokens_per_second, 250);
}

TEST(DecodeCsv, SecondsPerTokenWillDoInPlaceOfTheRate) {
  const auto rows = read("device,runtime,model,weight_format,tpot_ms\na,b,c,d,20\n");
  EXPECT_DOUBLE_EQ(*rows.front().seconds_per_token, 0.02);
  EXPECT_FALSE(rows.front().tokens_per_second);
}

TEST(DecodeCsv, TheArchitectureIdGoesBeforeTheNameInTheSource) {
  const auto rows = read(kHeader + ",arch_id\na,b,some finetune,d,1,tenfold\na,b,c,d,1,\n");
  EXPECT_EQ(rows[0].model, "tenfold");
  EXPECT_EQ(rows[1].model, "c");
}

TEST(DecodeCsv, NotesSpeakWhereNoColumnDoes) {
  const auto with_notes = [](const std::string& columns, const std::string& cells) {
    return read(kHeader + ",notes" + columns + "\na,b,c,d,1,fa=1 with a draft model" + cells + "\n")
        .front();
  };
  EXPECT_EQ(with_notes("", "").flash_attention, true);
  EXPECT_EQ(with_notes("", "").label, "speculative");
  EXPECT_EQ(with_notes(",label", ",").label, "");  // the file has its own labels
  EXPECT_EQ(with_notes(",flash_attention", ",0").flash_attention, false);
}

TEST(DecodeCsv, AnUnknownLabelIsAFaultWithItsPlace) {
  const std::string message =
      fault_of(kHeader + ",label\na,b,c,d,1,flag;prefill-heavy\na,b,c,d,1,flag;throtled\n");
  EXPECT_THAT(message, HasSubstr("rows.csv:3"));
  EXPECT_THAT(message, HasSubstr("unknown label 'throtled'; did you mean 'throttled'?"));
  EXPECT_THAT(message, Not(HasSubstr("rows.csv:2")));
}

TEST(DecodeCsv, TheVersionTellsTheBuildWhereNoDateIsStated) {
  const auto rows = read(
      "device,runtime,model,weight_format,decode_tok_s,runtime_version,build_date\n"
      "a,llama.cpp,c,d,1,b4500,\n"
      "a,llama.cpp,c,d,1,b4500,2023-01\n");
  EXPECT_NEAR(*rows[0].build_year, 2025.04, 1e-9);
  EXPECT_LT(*rows[1].build_year, 2023.2);
}

TEST(DecodeCsv, NamesAMissingColumn) {
  EXPECT_THAT(fault_of("device,runtime,model,decode_tok_s\na,b,c,1\n"),
              AllOf(HasSubstr("rows.csv"), HasSubstr("weight_format")));
  EXPECT_THAT(fault_of("devise,runtime,model,weight_format,decode_tok_s\na,b,c,d,1\n"),
              AllOf(HasSubstr("'device'"), HasSubstr("devise")));
  EXPECT_THAT(fault_of("device,runtime,model,weight_format\na,b,c,d\n"), HasSubstr("tpot_ms"));
}

TEST(DecodeCsv, RefusesFiguresThatAreNone) {
  for (const char* bad : {"-1", "nan", "inf", "fast", "1,000"}) {
    const std::string cell = "\"" + std::string(bad) + "\"";
    EXPECT_THAT(fault_of(kHeader + "\na,b,c,d,5\na,b,c,d," + cell + "\n"),
                AllOf(HasSubstr("rows.csv:3"), HasSubstr("decode_tok_s"), HasSubstr(bad)))
        << bad;
  }
}

TEST(DecodeCsv, RefusesABatchOfNothing) {
  EXPECT_THAT(fault_of(kHeader + ",batch\na,b,c,d,5,0\n"),
              AllOf(HasSubstr("rows.csv:2"), HasSubstr("'batch': must be more than zero")));
}

TEST(DecodeCsv, RefusesAFlagThatIsNone) {
  EXPECT_THAT(fault_of(kHeader + ",flash_attention\na,b,c,d,5,maybe\n"),
              AllOf(HasSubstr("rows.csv:2"), HasSubstr("'flash_attention'"), HasSubstr("maybe")));
  EXPECT_EQ(read(kHeader + ",flash_attention\na,b,c,d,5,on\n").front().flash_attention, true);
  EXPECT_EQ(read(kHeader + ",flash_attention\na,b,c,d,5,no\n").front().flash_attention, false);
}

TEST(DecodeCsv, RefusesADateThatIsNone) {
  EXPECT_THAT(fault_of(kHeader + ",build_date\na,b,c,d,5,last June\n"),
              AllOf(HasSubstr("rows.csv:2"), HasSubstr("'build_date'"), HasSubstr("2025-06")));
}

TEST(DecodeCsv, ReportsAllFaultsTogetherAndOnlyThose) {
  const std::string faults =
      fault_of(kHeader + ",batch\na,b,c,d,-1,1\na,b,c,d,1,1\na,b,c,d,1,many\n");
  EXPECT_THAT(faults, AllOf(HasSubstr("rows.csv:2"), HasSubstr("rows.csv:4")));
  EXPECT_THAT(faults, Not(HasSubstr("rows.csv:3")));
}

TEST(DecodeCsv, RefusesRowsOfAnotherLength) {
  EXPECT_THAT(fault_of(kHeader + "\na,b,c\n"), HasSubstr("rows.csv:2"));
}

TEST(DecodeCsv, AHeaderAloneHasNoRows) { EXPECT_TRUE(read(kHeader + "\n").empty()); }

TEST(DecodeCsv, NamesAFileThatIsMissing) {
  EXPECT_THAT(test::error_of([] { read_decode_rows("/nowhere/rows.csv"); }),
              HasSubstr("/nowhere/rows.csv"));
}

}  // namespace
}  // namespace foretoken::calibrate
