#include "model/weight_scheme.h"

#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/csv_table.h"
#include "base/error.h"
#include "tests/model/model_files.h"

namespace foretoken::model {
namespace {

const std::string kFormats = std::string(FORETOKEN_DATA_DIR) + "/formats";

const FormatTable& formats() {
  static const FormatTable table = FormatTable::read(kFormats);
  return table;
}

const SchemeTable& schemes() {
  static const SchemeTable table = SchemeTable::read(kFormats + "/schemes", formats());
  return table;
}

double bytes_of(const std::string& model, const std::string& scheme) {
  return schemes().assign(scheme, all_models().at(model), formats()).total_bytes(formats()).base();
}

struct PresetBits {
  const char* preset;
  double bits;
};

// Bits a weight of Llama-3.1-8B as llama.cpp's tools/quantize/README.md prints them.
const PresetBits kPresetBits[] = {
    {"IQ1_S", 2.0042},  {"IQ1_M", 2.1460},  {"IQ2_XXS", 2.3824}, {"IQ2_XS", 2.5882},
    {"IQ2_S", 2.7403},  {"IQ2_M", 2.9294},  {"IQ3_XXS", 3.2548}, {"IQ3_XS", 3.4977},
    {"IQ3_S", 3.6606},  {"IQ3_M", 3.7628},  {"IQ4_XS", 4.4597},  {"IQ4_NL", 4.6818},
    {"Q2_K_S", 2.9697}, {"Q2_K", 3.1593},   {"Q3_K_S", 3.6429},  {"Q3_K_M", 3.9960},
    {"Q3_K_L", 4.2979}, {"Q4_K_S", 4.6672}, {"Q4_K_M", 4.8944},  {"Q5_K_S", 5.5704},
    {"Q5_K_M", 5.7036}, {"Q6_K", 6.5633},   {"Q8_0", 8.5008},    {"F16", 16.0005},
};

TEST(WeightScheme, PresetsHaveTheirPublishedBitsAWeight) {
  const double params = parameter_count(all_models().at("llama-3.1-8b"));
  for (const PresetBits& row : kPresetBits) {
    EXPECT_NEAR(8.0 * bytes_of("llama-3.1-8b", row.preset) / params, row.bits, 5.1e-5)
        << row.preset;
  }
}

TEST(WeightScheme, FilesMayHoldPredictionLayers) {
  // Q8_0 holds 34 bytes for each 32 weights; the norms of the prediction layer stay F32.
  const Llm& llm = all_models().at("qwen3.6-27b");
  const WeightAssignment plain = schemes().assign("Q8_0", llm, formats());
  const WeightAssignment mix = schemes().assign("q8_0 + mtp", llm, formats());
  EXPECT_EQ(schemes().find("q8_0 + mtp"), "Q8_0 + MTP");
  EXPECT_EQ(schemes().find("Q8_0+MTP"), "Q8_0 + MTP");
  EXPECT_EQ(schemes().find("NVFP4+FP8"), "NVFP4+FP8");
  EXPECT_EQ(schemes().find("+MTP"), "");
  EXPECT_EQ(mix.name(), "Q8_0 + MTP");
  EXPECT_EQ(mix.scheme, "Q8_0");
  const double more = (mix.total_bytes(formats()) - plain.total_bytes(formats())).base();
  EXPECT_NEAR(more / (mtp_parameter_count(llm) * 34.0 / 32.0), 1.0, 1e-3);
  for (std::size_t i = plain.tensors.size(); i < mix.tensors.size(); ++i) {
    EXPECT_EQ(mix.tensors[i].read_share, 0.0);
    EXPECT_EQ(mix.tensors[i].layer, -1);
  }
  EXPECT_EQ(schemes().find("Q9_Z + MTP"), "");
  EXPECT_THROW(schemes().assign("Q8_0 + MTP", all_models().at("llama-3.1-8b"), formats()), Error);
}

TEST(WeightScheme, AnImportanceMatrixMovesTheFirstLayers) {
  // Of 32 layers 4 have their ffn_down raised: to Q4_1 with a matrix, to Q5_K without.
  const double down = 4.0 * 4096 * 14336;
  EXPECT_DOUBLE_EQ(bytes_of("llama-3.1-8b", "Q4_0 (imatrix)") - bytes_of("llama-3.1-8b", "Q4_0"),
                   down * 0.5 / 8.0);
  EXPECT_DOUBLE_EQ(
      bytes_of("llama-3.1-8b", "IQ4_XS") - bytes_of("llama-3.1-8b", "IQ4_XS (imatrix)"),
      down * (5.5 - 4.25) / 8.0);
}

TEST(WeightScheme, EverySchemeFitsEveryModel) {
  std::map<std::string, bool> seen;
  for (const std::string& name : schemes().ids()) seen[schemes().find(name)] = true;
  EXPECT_GE(seen.size(), 120U);
  for (const auto& [scheme, unused] : seen) {
    for (const std::string model : {"llama-3.1-8b", "qwen2.5-0.5b", "deepseek-v3", "gemma-3n-e2b",
                                    "nemotron-3-super-120b-a12b", "rwkv7-1.5b", "t5-xl"}) {
      const double bits = 8.0 * bytes_of(model, scheme) / parameter_count(all_models().at(model));
      EXPECT_GT(bits, 1.1) << scheme << ' ' << model;
      EXPECT_LT(bits, 33.0) << scheme << ' ' << model;
    }
  }
}

TEST(WeightScheme, RowsThatNoBlockDividesFallBack) {
  // Hidden 896 is 28 blocks of 32 and no multiple of 256: Q4_K gives way to Q5_0, Q6_K to Q8_0.
  const WeightAssignment mix =
      schemes().assign("Q4_K_M", all_models().at("qwen2.5-0.5b"), formats());
  for (std::size_t i = 0; i < mix.tensors.size(); ++i) {
    const std::string& format = formats()[mix.formats[i]].id;
    if (mix.tensors[i].role == TensorRole::TokenEmbedding) {
      EXPECT_EQ(format, "Q8_0");
    }
    if (mix.tensors[i].role == TensorRole::AttnQ) {
      EXPECT_EQ(format, "Q5_0");
    }
    if (mix.tensors[i].role == TensorRole::FfnDown) {
      EXPECT_THAT(format, testing::AnyOf("Q4_K", "Q6_K"));  // its rows have 4864 values
    }
    if (mix.tensors[i].role == TensorRole::Norm) {
      EXPECT_EQ(format, "F32");
    }
  }
}

TEST(WeightScheme, ServersKeepEmbeddingAndHeadAt16Bit) {
  const WeightAssignment mix = schemes().assign("awq", all_models().at("llama-3.1-8b"), formats());
  for (std::size_t i = 0; i < mix.tensors.size(); ++i) {
    const TensorRole role = mix.tensors[i].role;
    const std::string& format = formats()[mix.formats[i]].id;
    if (role == TensorRole::Output || role == TensorRole::TokenEmbedding) {
      EXPECT_EQ(format, "BF16");
    }
    if (role == TensorRole::FfnUp) {
      EXPECT_EQ(format, "int4_g128");
    }
  }
  EXPECT_EQ(schemes().activation_format("w8a8"), "int8");
  EXPECT_EQ(schemes().activation_format("awq"), "");
}

TEST(WeightScheme, FindsTheNamesThatMeasuredRowsUse) {
  const CsvTable table =
      CsvTable::read(std::string(FORETOKEN_TESTS_DIR) + "/model/weight_format_names.csv");
  ASSERT_GE(table.rows(), 180U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    EXPECT_EQ(schemes().find(table.cell(row, 0)), table.cell(row, 1)) << table.cell(row, 0);
  }
}

TEST(WeightScheme, EveryPublishedFormatIsAScheme) {
  int stated = 0;
  for (const auto& [id, llm] : all_models()) {
    if (llm.default_format.empty()) continue;
    ++stated;
    EXPECT_NE(schemes().find(llm.default_format), "") << id;
  }
  EXPECT_GE(stated, 5);
}

TEST(WeightScheme, NamesAreFoundByAliasAndWithoutCase) {
  EXPECT_EQ(schemes().find("q4_k_m"), "Q4_K_M");
  EXPECT_EQ(schemes().find("gptq-4bit-128g"), "gptq");
  EXPECT_EQ(schemes().find("BF16"), "BF16");
  EXPECT_EQ(schemes().find("bf16"), "bf16");
  EXPECT_EQ(schemes().find("UD-Q4_K_XL"), "UD-Q4_K_XL");
  EXPECT_EQ(schemes().find("Q9_Z"), "");
  EXPECT_TRUE(
      schemes().assign("UD-Q4_K_XL", all_models().at("llama-3.1-8b"), formats()).approximate);
  try {
    schemes().assign("Q4_K_N", all_models().at("llama-3.1-8b"), formats());
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("unknown weight format 'Q4_K_N'; did you mean"));
  }
}

}  // namespace
}  // namespace foretoken::model
