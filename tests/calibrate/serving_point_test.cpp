#include "calibrate/serving_point.h"

#include <gtest/gtest.h>

#include "sim/memory_fit.h"
#include "tests/support/invented_data.h"

namespace foretoken::calibrate {
namespace {

class ServingPoint : public testing::Test {
 protected:
  ServingPoint() : runtime(test::invented_runtime()), request(test::invented_request(library)) {
    runtime.prefill_chunk = 1000;
    request.runtime = &runtime;
    request.context_start = row.context_start = row.prefill_tokens = 400;
    request.gen_tokens = row.gen_tokens = 200;
    request.batch = row.batch = 20;
    row.time_kind = TimeKind::Mean;
  }
  sim::Request served() {
    sim::Request result = request;
    serve(row, weights(), library.formats, result);
    return result;
  }
  double tokens() {
    const sim::PromptTraffic prompts = served().prompts;
    return prompts.share * prompts.tokens;
  }
  model::WeightAssignment weights() const {
    return library.schemes.assign(request.scheme, *request.llm, library.formats);
  }
  const sim::Library& library = test::invented_library();
  hwdb::Runtime runtime;
  sim::Request request;
  DecodeRow row;
};

TEST_F(ServingPoint, EveryAnswerBringsAPrompt) {
  EXPECT_NEAR(tokens(), 20 * 400.0 / 200, 1e-9);
  EXPECT_EQ(served().batch, 20);
}

TEST_F(ServingPoint, RowsThatDoNotSayWhatTheirTimeIsDecodeUndisturbed) {
  row.time_kind = TimeKind::Step;
  row.batch_kind = BatchKind::InFlight;
  row.batch = request.batch = 1e9;
  EXPECT_EQ(tokens(), 0);
  EXPECT_EQ(served().batch, 1e9);
}

TEST_F(ServingPoint, AMedianMeetsNoPrompt) {
  row.time_kind = TimeKind::Median;
  EXPECT_EQ(tokens(), 0);
}

TEST_F(ServingPoint, AWaveMeetsHalfOfItsPromptsUnlessTheyAreMixed) {
  row.batch_kind = BatchKind::Waves;
  EXPECT_NEAR(tokens(), 20.0, 1e-9);
  runtime.mixes_prefill_since = 0.0;
  EXPECT_NEAR(tokens(), 40.0, 1e-9);
}

TEST_F(ServingPoint, NoMoreDecodeThanFitIntoMemory) {
  const auto room = [&](double length) {
    sim::Request one = request;
    one.batch = 1;
    one.gen_tokens = length - one.context_start;
    const sim::MemoryFit fit = sim::memory_fit(one, weights(), library.formats);
    return (*fit.capacity * runtime.memory_share - fit.weights - runtime.memory_overhead_fixed) /
           fit.kv;
  };
  row.batch = request.batch = 1e9;
  EXPECT_EQ(served().batch, 1e9);  // counted as running: taken at its word
  row.batch_kind = BatchKind::InFlight;
  EXPECT_NEAR(served().batch, room(500), 1e-6);  // at all stages between 400 and 600 tokens
  runtime.reserves_full_length = true;
  EXPECT_NEAR(served().batch, room(600), 1e-6);
  EXPECT_NEAR(tokens(), served().batch * 2, 1e-6);
  row.batch = request.batch = 3;
  EXPECT_EQ(served().batch, 3);
}

}  // namespace
}  // namespace foretoken::calibrate
