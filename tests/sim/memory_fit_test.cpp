#include "sim/memory_fit.h"

#include <gtest/gtest.h>

#include "model/kv_cache.h"
#include "sim/step_loads.h"
#include "tests/support/invented_data.h"

namespace foretoken::sim {
namespace {

using test::invented_library;

MemoryFit fit_of(const Request& request) {
  const Library& library = invented_library();
  return memory_fit(request, library.schemes.assign(request.scheme, *request.llm, library.formats),
                    library.formats);
}

Request request() { return test::invented_request(invented_library()); }

TEST(MemoryFit, AddsWeightsCacheAndOverhead) {
  const MemoryFit fit = fit_of(request());
  // Embedding 20 MB, layers 180 MB, head 20 MB, 21 norms of 1000 two-byte weights.
  EXPECT_DOUBLE_EQ(fit.weights.base(), 220e6 + 21 * 2000);
  // 934 + 128 tokens of 2 kB in 10 layers.
  EXPECT_DOUBLE_EQ(fit.kv.base(), 1062.0 * 2000 * 10);
  // 1 GB and 1000 bytes for each of 1000 + 10000/8.
  EXPECT_DOUBLE_EQ(fit.overhead.base(), 1e9 + 2.25e6);
  EXPECT_DOUBLE_EQ(fit.total().base(), (fit.weights + fit.kv + fit.overhead).base());
  EXPECT_DOUBLE_EQ(fit.capacity->base(), 24e9);
}

TEST(MemoryFit, SaysWhetherItFits) {
  Request r = request();
  EXPECT_EQ(fit_of(r).fits(), true);
  r.batch = 2000;  // 42 GB of cache
  EXPECT_EQ(fit_of(r).fits(), false);
}

TEST(MemoryFit, SaysNothingWhereTheCapacityIsNotStated) {
  hwdb::Device device = *invented_library().devices.lookup("anvil");
  device.memory.capacity.reset();
  Request r = request();
  r.device = &device;
  EXPECT_EQ(fit_of(r).fits(), std::nullopt);
}

TEST(MemoryFit, WindowsHoldOnlyTheirTokens) {
  Request r = request();
  r.llm = invented_library().models.known("windowed");
  EXPECT_DOUBLE_EQ(fit_of(r).kv.base(), (5 * 1062.0 + 5 * 500.0) * 2000);
}

TEST(MemoryFit, TakesTheRealFilesSize) {
  Request r = request();
  r.weight_bytes = Bytes::of(5e9);
  EXPECT_DOUBLE_EQ(fit_of(r).weights.base(), 5e9);
}

TEST(MemoryFit, RanksShareWeightsAndCache) {
  Request r = request();
  const MemoryFit alone = fit_of(r);
  r.ranks = 5;
  const MemoryFit shared = fit_of(r);
  EXPECT_DOUBLE_EQ(shared.weights.base(), alone.weights.base() / 5);
  EXPECT_DOUBLE_EQ(shared.kv.base(), alone.kv.base() / 5);
  EXPECT_DOUBLE_EQ(shared.overhead.base(), alone.overhead.base());
}

TEST(MemoryFit, CacheFormatsCountApart) {
  Request r = request();
  const double sixteen = fit_of(r).kv.base();
  r.kv_keys = "Q8";
  EXPECT_DOUBLE_EQ(fit_of(r).kv.base(), sixteen * 0.75);
  r.kv_values = "Q4";
  EXPECT_DOUBLE_EQ(fit_of(r).kv.base(), sixteen * 0.375);
}

TEST(MemoryFit, EverySequenceHasARecurrentStateOfFourBytesAnElement) {
  const model::Llm llm = model::parse_llm(R"(schema: 1
id: recurrent
name: invented/recurrent
family: invented
arch_class: ssm
hidden: 1000
vocab: 10000
tied_embeddings: false
layers: M4
layer_types:
  M:
    mamba: {heads: 10, head_dim: 200, state: 16, groups: 1, conv: 4}
source: invented for tests
)",
                                          "recurrent.yaml");
  Request r = request();
  r.llm = &llm;
  const double state = model::state_elements(llm);
  EXPECT_GT(state, 4 * 10 * 200 * 16 - 1);  // of the heads alone; the convolution keeps some too
  EXPECT_DOUBLE_EQ(fit_of(r).kv.base(), 4 * state);
  r.batch = 3;
  EXPECT_DOUBLE_EQ(fit_of(r).kv.base(), 12 * state);
  hwdb::Runtime runtime = test::invented_runtime();
  runtime.state_format = "F16";
  r.runtime = &runtime;
  EXPECT_DOUBLE_EQ(fit_of(r).kv.base(), 6 * state);
  // Read and written once a step as well.
  const Library& library = invented_library();
  const StepLoads step =
      step_loads(r, library.schemes.assign(r.scheme, llm, library.formats), library.formats, 1, 0);
  double read = 0.0;
  for (const OpLoad& op : step.ops) read += op.demand.state.base() * op.repeat;
  EXPECT_DOUBLE_EQ(read, 2 * 6 * state);
}

TEST(MemoryFit, StaticSlotsAreHeldWhetherUsedOrNot) {
  hwdb::Runtime runtime = test::invented_runtime();
  runtime.static_kv_slots = 4096;
  Request r = request();
  r.runtime = &runtime;
  EXPECT_DOUBLE_EQ(fit_of(r).kv.base(), 4096.0 * 2000 * 10);
}

}  // namespace
}  // namespace foretoken::sim
