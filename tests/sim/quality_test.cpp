#include "sim/quality.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/text_file.h"
#include "sim/quality_file.h"
#include "sim/quality_priors.h"
#include "sim/quality_terms.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken::sim {
namespace {

using test::config_error_of;
using testing::HasSubstr;

const std::string kHead =
    "source,model,model_name,format,layers_format,weight_format,evaluation,perplexity,"
    "reference_perplexity,reference,perplexity_ratio,label\n";

std::string faults_of(const std::string& lines) {
  return config_error_of([&] { quality_rows_of(CsvTable::parse(kHead + lines, "q.csv")); });
}

TEST(QualityRow, ReadsARatioOfTwoPerplexities) {
  const auto rows =
      quality_rows_of(CsvTable::parse(kHead + "a#1,m,M,Q4,,Q4,w,5.5,5,F16,,\n", "q.csv"));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_DOUBLE_EQ(*rows[0].ln_ratio(), std::log(1.1));
  EXPECT_EQ(rows[0].group(), "a, M, w");
  EXPECT_TRUE(is_evidence(rows[0]));
}

TEST(QualityRow, NamesFileLineAndFault) {
  EXPECT_THAT(faults_of("a,m,M,Q4,,Q4,w,5.5,5,F16,,unknwon-format\n"),
              HasSubstr("q.csv:2: column 'label': unknown label 'unknwon-format'; did you mean "
                        "'unknown-format'?"));
  EXPECT_THAT(faults_of("a,m,M,Q4,Q4_K,Q4,w,5.5,5,F16,,\n"), HasSubstr("not both"));
  EXPECT_THAT(faults_of("a,m,M,,,Q4,w,5.5,5,F16,,\n"), HasSubstr("needs a format"));
  EXPECT_THAT(faults_of("a,m,M,Q4,,Q4,w,0.5,5,F16,,\n"), HasSubstr("must be from 1 to"));
  EXPECT_THAT(faults_of("a,m,M,Q4,,Q4,w,4.0,5,F16,,\n"), HasSubstr("too good"));
  EXPECT_THAT(faults_of("a,m,M,Q4,,Q4,w,5.5,5,,,\n"), HasSubstr("needs 'reference'"));
  EXPECT_THAT(faults_of("a,m,M,Q4,,Q4,w,5.5,5,F16,1.2,\n"), HasSubstr("is not that of"));
  EXPECT_THAT(faults_of("a,m,M,Q4,,Q4,w,,,,,\n"), HasSubstr("needs a figure"));
  EXPECT_THAT(faults_of(",m,M,Q4,,Q4,w,5.5,5,F16,,\n"), HasSubstr("'source' is empty"));
  EXPECT_THAT(faults_of("a,m,M,Q4,,Q4,w,five,5,F16,,\n"), HasSubstr("perplexity"));
}

TEST(QualityRow, ReasonsKeepRowsOutOfTheFit) {
  QualityRow row{.label = "no-reference"};
  EXPECT_TRUE(is_evidence(row));
  row.label = "no-reference;unknown-format";
  EXPECT_FALSE(is_evidence(row));
}

/// Two terms of one model, parameters by hand: the law's arithmetic.
TEST(QualityLaw, SumsNoiseAndRaisesItToAPower) {
  QualityPoint point;
  point.terms = {{std::log(0.75), {{0, 1.0}}}, {std::log(0.25), {{1, 1.0}}}};
  point.scale = {{2, 1.0}};
  point.exponent = {{3, 1.0}};
  const std::vector<double> values{0.0, std::log(5.0), std::log(0.01), 0.5};
  // Noise 0.75 * 1 + 0.25 * 5 = 2, to the power 1.5, times 0.01.
  EXPECT_NEAR(std::exp(ln_loss(point, values, nullptr)), 0.01 * std::pow(2.0, 1.5), 1e-12);
}

TEST(QualityLaw, GradientIsThatOfFiniteDifferences) {
  QualityPoint point;
  point.terms = {{std::log(0.75), {{0, 1.0}, {4, -2.0}}}, {std::log(0.25), {{1, 1.0}, {4, 3.0}}}};
  point.scale = {{2, 1.0}};
  point.exponent = {{3, 1.0}};
  point.curvature = {{5, 1.0}};
  std::vector<double> values{0.2, 0.7, -3.0, 0.3, 0.1, 0.05};
  std::vector<double> gradient(values.size());
  ln_loss(point, values, &gradient);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double before = values[i];
    values[i] = before + 1e-6;
    const double up = ln_loss(point, values, nullptr);
    values[i] = before - 1e-6;
    const double down = ln_loss(point, values, nullptr);
    values[i] = before;
    EXPECT_NEAR(gradient[i], (up - down) / 2e-6, 1e-7) << i;
  }
}

TEST(QualityLaw, ScaleOfLossesGoesThereAndBack) {
  for (const double loss : {-0.01, -1e-5, 0.0, 0.002, 0.3, 5.0}) {
    EXPECT_NEAR(loss_of_scale(loss_scale(loss)), loss, 1e-12);
  }
  EXPECT_NEAR(loss_scale_slope(0.01), (loss_scale(0.01 + 1e-7) - loss_scale(0.01 - 1e-7)) / 2e-7,
              1e-3);
}

TEST(QualitySubject, SeriesIsNameAndGeneration) {
  const auto series = [](const char* id) {
    model::Llm llm;
    llm.id = id;
    return subject_of(llm).family;
  };
  EXPECT_EQ(series("llama-3.1-8b"), "llama-3");
  EXPECT_EQ(series("llama-7b"), "llama-1");
  EXPECT_EQ(series("qwen3-30b-a3b"), "qwen3");
  EXPECT_EQ(series("qwen2.5-7b"), "qwen2");
  EXPECT_EQ(series("deepseek-v2-lite"), "deepseek-v2");
}

/// What one finds in the shipped data.
class ShippedQuality : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    library_ = new Library(read_library({FORETOKEN_DATA_DIR}, false));
    quality_ = new QualityLibrary(read_quality_library({FORETOKEN_DATA_DIR}));
  }
  static void TearDownTestSuite() {
    delete library_;
    delete quality_;
  }
  static QualityAnswer answer(const char* model, const char* scheme, const char* keys = "",
                              const char* values = "") {
    return quality_of({.llm = library_->models.known(model),
                       .scheme = scheme,
                       .kv_keys = keys,
                       .kv_values = values},
                      *library_, *quality_, 0.9);
  }
  static Library* library_;
  static QualityLibrary* quality_;
};
Library* ShippedQuality::library_ = nullptr;
QualityLibrary* ShippedQuality::quality_ = nullptr;

TEST_F(ShippedQuality, MeasuredRowsSayTheirSource) {
  const QualityAnswer q = answer("llama-3-8b", "Q6_K");
  EXPECT_EQ(q.basis, QualityBasis::Measured);
  EXPECT_THAT(q.note, HasSubstr("llama.cpp"));
  EXPECT_NEAR(q.loss->point, 0.0035, 0.0002);
  EXPECT_NEAR(q.kl->point, 0.005452, 1e-9);
  EXPECT_LE(q.loss->lo, q.loss->point);
  EXPECT_GE(q.loss->hi, q.loss->point);
}

TEST_F(ShippedQuality, UnseenModelIsPooledAndFewerBitsLoseMore) {
  double before = 0.0;
  for (const char* scheme : {"Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"}) {
    const QualityAnswer q = answer("phi-4", scheme);
    ASSERT_EQ(q.basis, QualityBasis::Pooled) << scheme;
    EXPECT_GT(q.loss->point, before) << scheme;
    EXPECT_LT(q.loss->lo, q.loss->point);
    EXPECT_GT(q.loss->hi, q.loss->point);
    EXPECT_GE(q.top1->hi, q.top1->point);
    before = q.loss->point;
  }
}

TEST_F(ShippedQuality, SixteenBitsLoseNothingAndThePublishedFormatIsItsOwnReference) {
  EXPECT_EQ(answer("phi-4", "BF16").basis, QualityBasis::Unquantized);
  EXPECT_EQ(answer("phi-4", "BF16").loss->point, 0.0);
  EXPECT_EQ(answer("gpt-oss-20b", "mxfp4").basis, QualityBasis::Published);
}

TEST_F(ShippedQuality, AKindOfFormatThatNobodyMeasuredIsNotGuessed) {
  const QualityAnswer q = answer("llama-3-8b", "sparse24");
  EXPECT_EQ(q.basis, QualityBasis::Unknown);
  EXPECT_FALSE(q.loss.has_value());
  EXPECT_THAT(q.note, HasSubstr("sparse"));
  EXPECT_EQ(answer("llama-3-8b", "TQ1_0").basis, QualityBasis::Unknown);
}

TEST_F(ShippedQuality, AQuantizedCacheAddsItsOwnLoss) {
  const QualityAnswer plain = answer("llama-3-8b", "Q4_K_M");
  const QualityAnswer cached = answer("llama-3-8b", "Q4_K_M", "Q4_0", "Q4_0");
  EXPECT_GT(cached.loss->point, plain.loss->point);
  EXPECT_THAT(cached.note, HasSubstr("cache pooled"));
}

TEST_F(ShippedQuality, InterleavedRowsLoseWhatPlainOnesDo) {
  EXPECT_NEAR(answer("phi-4", "Q4_K_R4").loss->point, answer("phi-4", "Q4_K_S").loss->point, 0.01);
}

TEST(QualityPriors, AreAllThere) {
  const QualityPriors priors = find_quality_priors({FORETOKEN_DATA_DIR});
  EXPECT_EQ(priors.size(), 16u);
  EXPECT_DOUBLE_EQ(priors.at("bits").mean, -std::log(4.0));
  EXPECT_DOUBLE_EQ(priors.at("scale").mean, std::log(0.03));
  const test::TempFolder none;
  EXPECT_THAT(test::error_of([&] { find_quality_priors({none.path()}); }),
              testing::HasSubstr("no 'quality/priors.yaml'"));
}

TEST(QualityPriors, NameWhatIsMissingOrUnknown) {
  std::string text = read_text_file(std::string(FORETOKEN_DATA_DIR) + "/quality/priors.yaml");
  text.replace(text.find("curvature"), 9, "curvatur");
  const std::string faults = test::error_of([&] { parse_quality_priors(text, "priors.yaml"); });
  EXPECT_THAT(faults, testing::HasSubstr("curvature"));
  EXPECT_THAT(faults, testing::HasSubstr("curvatur'"));
}

TEST(QualityFile, GivesBackWhatWasWritten) {
  const test::TempFolder folder;
  QualityCoefficients c;
  c.names = {"scale", "bits"};
  c.values = {-3.5, -1.25};
  c.covariance = {0.25, 0.125, 0.125, 0.5};
  c.rows = {10, 10};
  c.spreads[3] = 0.5;
  c.widening = 1.25;
  c.tail_dof = 4;
  c.evidence = 10;
  const std::string path = folder.path() + "/loss.h5";
  write_quality(path, c, "test", "0");
  const QualityCoefficients back = read_quality(path);
  EXPECT_EQ(back.names, c.names);
  EXPECT_EQ(back.values, c.values);
  EXPECT_EQ(back.covariance, c.covariance);
  EXPECT_EQ(back.spreads, c.spreads);
  EXPECT_EQ(back.widening, 1.25);
  EXPECT_EQ(back.tail_dof, 4);
  EXPECT_EQ(back.evidence, 10u);
}

}  // namespace
}  // namespace foretoken::sim
