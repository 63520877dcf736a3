#include "sim/energy.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hwdb/core_clock.h"
#include "ops/energy.h"
#include "sim/predict.h"
#include "tests/support/invented_data.h"
#include "tests/support/invented_energy.h"
#include "tests/support/thrown.h"

namespace foretoken::sim {
namespace {

using testing::HasSubstr;

constexpr double kPico = 1e-12;
/// HBM3 takes 3.7 pJ a bit, and the path four times that.
constexpr double kByte = 4 * 8 * 3.7 * kPico;

/// The invented machines with an energy law beside the others.
const Library& library() {
  static const test::InventedData kData;
  static const Library kLibrary = [] {
    kData.write("laws/energy.yaml", test::kEnergyLawText);
    return kData.library();
  }();
  return kLibrary;
}

Report predicted(const Request& request) { return predict(request, library()); }
Request plain() { return test::invented_request(library()); }

// The dense model in 16 bit: 200 MB of weights, a row of the embedding, and 1000 tokens of 2 kB
// read and written in each of 10 layers. Rated power is not stated, so it is that of 1 TB/s: 200 W.
TEST(Energy, IsTheSumOfWhatTheStepMovesComputesAndIdles) {
  const Report report = predicted(plain());
  ASSERT_TRUE(report.energy);
  const double idle = 0.5 * 200.0 * report.step.point.base();
  const double memory = kByte * (report.weights_read + report.kv_read).base();
  double flops = 0;
  for (const OpReport& op : report.ops) flops += op.flops.base();
  // 200 W at 100 TFLOP/s.
  constexpr double kFlop = 2 * kPico;
  const EnergySplit& split = report.energy->split;
  EXPECT_NEAR(split.idle.base(), idle, 1e-9 * idle);
  EXPECT_NEAR(split.memory.base(), memory, 1e-9 * memory);
  EXPECT_NEAR(split.arithmetic.base(), kFlop * flops, 1e-9 * kFlop * flops);
  EXPECT_EQ(split.unpacking.base(), 0);
  EXPECT_EQ(split.waiting.base(), 0);
  const double sum = idle + memory + kFlop * flops;
  EXPECT_NEAR(report.energy->per_token.point.base(), sum, 1e-9 * sum);
  EXPECT_NEAR(report.energy->power.point.base(), sum / report.step.point.base(), 1e-6);
}

// At half the clock an operation takes as many joules as at full clock, or half as many where cores
// are measured to; bytes cost the same, and the step idles for longer.
TEST(Energy, SlowCoresSpendAsMuchOnAnOperationOrAsTheyAreMeasuredTo) {
  const hwdb::Device sheet = *plain().device;
  Request request = plain();
  request.scheme = "eight";
  const EnergySplit full = predicted(request).energy->split;
  const auto slowed = [&](const hwdb::Device& from) {
    const hwdb::Device slow = hwdb::at_clock(from, *from.clock * 0.5);
    Request held = request;
    held.device = &slow;
    held.sheet = &from;
    return predicted(held);
  };
  hwdb::Device measured = sheet;
  measured.clock_points = {{.clock = *sheet.clock * 0.5, .energy = 0.5, .source = "invented"}};
  for (const bool known : {false, true}) {
    const double factor = known ? 0.5 : 1.0;
    const Report report = slowed(known ? measured : sheet);
    const EnergySplit& split = report.energy->split;
    EXPECT_NEAR(split.unpacking / full.unpacking, factor, 1e-9);
    EXPECT_NEAR(split.arithmetic / full.arithmetic, factor, 1e-9);
    EXPECT_NEAR(split.memory / full.memory, 1.0, 1e-9);
    EXPECT_NEAR(split.idle.base(), factor * 0.5 * 200.0 * report.step.point.base(), 1e-9);
  }
}

TEST(Energy, IntervalsHoldTheirPoints) {
  const EnergyReport energy = *predicted(plain()).energy;
  EXPECT_LT(energy.per_token.lo, energy.per_token.point);
  EXPECT_GT(energy.per_token.hi, energy.per_token.point);
  EXPECT_LT(energy.power.lo, energy.power.point);
  EXPECT_GT(energy.power.hi, energy.power.point);
}

TEST(Energy, QuantizedWeightsAreUnpackedOneByOne) {
  Request request = plain();
  request.scheme = "eight";
  const EnergySplit split = predicted(request).energy->split;
  // Every weight that a step multiplies: half of the 200 MB of 16 bit.
  // Two operations each, of 100 cores of 256 a clock at 1 GHz and 200 W.
  constexpr double kLane = 200.0 / (100 * 256 * 1e9);
  EXPECT_NEAR(split.unpacking.base(), 2 * kLane * 100e6, 2 * kLane * 1e6);
}

// A law that says less than the memory device alone takes is not believed.
TEST(Energy, AByteCostsNoLessThanTheMemoryDeviceTakes) {
  const test::InventedData data;
  std::string law = test::kEnergyLawText;
  const std::string prior = "energy.byte: {prior: 4";
  law.replace(law.find(prior), prior.size(), "energy.byte: {prior: 0.2");
  data.write("laws/energy.yaml", law);
  const Library cheap = data.library();
  const Report report = predict(test::invented_request(cheap), cheap);
  const double floor = 8 * 3.7 * kPico * (report.weights_read + report.kv_read).base();
  EXPECT_NEAR(report.energy->split.memory.base(), floor, 1e-9 * floor);
  // A meter on the chip's own rail does not see the memory.
  Request on_chip = test::invented_request(cheap);
  on_chip.power_scope = "chip";
  EXPECT_NEAR(predict(on_chip, cheap).energy->split.memory.base(), 0.2 * floor, 1e-9 * floor);
}

// Of every shipped device with the shipped coefficients. Graphics cards, whose own meter sees the
// memory, need no floor; a rail that does not, as of an NPU, may be fitted below.
TEST(Energy, NoShippedDeviceTakesLessForAByteThanItsMemory) {
  const Library shipped = read_library({FORETOKEN_DATA_DIR});
  const ops::PoolCoefficients* const pool = shipped.coefficients.find(kEnergyPool);
  ASSERT_NE(pool, nullptr);
  const model::Llm llm = shipped.models.find("llama-3.1-8b");
  std::size_t asked = 0;
  for (const hwdb::Device& device : shipped.devices.devices()) {
    const double least = device.memory.type == "SRAM" ? 0.1 : 2.0;  // pJ a bit
    EXPECT_GT(device.energy.byte.base(), 8 * least * kPico) << device.id;
    const hwdb::Runtime* runtime = nullptr;
    try {
      runtime = &shipped.runtimes.default_for(device);
    } catch (const Error&) {
      continue;  // nothing runs on it
    }
    Request request{.llm = &llm, .device = &device, .runtime = runtime, .scheme = "Q4_K_M"};
    const auto weights = shipped.schemes.assign(request.scheme, llm, shipped.formats);
    const StepLoads step = mean_step_loads(request, weights, shipped.formats);
    for (const char* scope : {"gpu", "board", "wall"}) {
      request.power_scope = scope;
      const ops::Context context = energy_loads(step, request, 1.0, 0.01, scope).contexts.front();
      const double of_scope = ops::resolve(*pool, ops::kEnergyScope, context)->value;
      const Report report = predict(request, shipped);
      const Bytes moved = report.weights_read + report.kv_read;
      EXPECT_GE(report.energy->split.memory.base(),
                of_scope * device.energy.byte.base() * moved.base() * (1 - 1e-9))
          << device.id << " " << scope;
      if (usual_scope(device) == scope) {
        const auto price = ops::resolve(*pool, ops::coefficient(ops::EnergyTerm::Byte), context);
        EXPECT_GE(price->value, ops::kLeastByteMultiple) << device.id;
      }
      ++asked;
    }
  }
  EXPECT_GT(asked, 600u);
}

TEST(Energy, SequencesShareWhatIsReadOnce) {
  Request four = plain();
  four.batch = 4;
  EXPECT_LT(predicted(four).energy->per_token.point, predicted(plain()).energy->per_token.point);
}

TEST(Energy, DevicesOfAGroupWaitForEachOther) {
  Request two = plain();
  two.ranks = 2;
  const Report report = predicted(two);
  const double rated = 2 * 200.0 * report.step.point.base();
  EXPECT_NEAR(report.energy->split.idle.base(), 0.5 * rated, 1e-9 * rated);
  // What memory and arithmetic do not fill of the step is waited.
  double working = 0;
  for (const OpReport& op : report.ops) {
    working += std::max(op.bytes.base() / 1e12, op.flops.base() / 100e12);
  }
  const double waits = 1 - working / report.step.point.base();
  EXPECT_NEAR(report.energy->split.waiting.base(), 0.1 * rated * waits, 0.002 * rated);
}

TEST(Energy, TheMachineAroundCountsWhereTheMeterSeesIt) {
  Request request = plain();
  EXPECT_EQ(predicted(request).energy->split.host.base(), 0);
  request.power_scope = "wall";
  const Report report = predicted(request);
  EXPECT_NEAR(report.energy->split.host.base(), 50.0 * report.step.point.base(), 1e-12);
}

TEST(Energy, NoDeviceTakesMuchMoreThanItsRating) {
  hwdb::Device small = *plain().device;
  small.tdp = Watts::of(1.0);
  Request request = plain();
  request.device = &small;
  EXPECT_LT(predicted(request).energy->power.point, Watts::of(1.001));
  small.tdp = Watts::of(1000.0);
  EXPECT_GT(predicted(request).energy->power.point, Watts::of(500.0));
}

TEST(Energy, APowerLimitStretchesTheStepUntilItIsKept) {
  const Report free = predicted(plain());
  Request request = plain();
  request.power_limit = free.energy->power.point * 0.97;
  const Report held = predicted(request);
  EXPECT_GT(held.step.point, free.step.point);
  EXPECT_NEAR(held.energy->power.point.base(), request.power_limit->base(), 1e-6);
  EXPECT_LE(held.energy->power.hi.base(), request.power_limit->base());
  EXPECT_EQ(held.bound, "power");
  request.power_limit = free.energy->power.point * 2.0;
  EXPECT_EQ(predicted(request).step.point, free.step.point);
}

TEST(Energy, ALimitBelowIdleIsRefused) {
  Request request = plain();
  request.power_limit = Watts::of(99.0);
  EXPECT_THAT(test::error_of([&] { predicted(request); }),
              HasSubstr("a power limit of 99 W is not above the 100 W that 'anvil' takes with "
                        "nothing to do"));
}

TEST(Energy, ScopesAreFoundInTheWordsOfSources) {
  EXPECT_EQ(power_scope("gpu_nvml"), "gpu");
  EXPECT_EQ(power_scope("rails (CPU+NPU+iGPU)"), "rails");
  EXPECT_EQ(power_scope("soc (powermetrics package)"), "soc");
  EXPECT_EQ(power_scope("rapl"), "soc");
  EXPECT_EQ(power_scope("board (whole phone battery)"), "board");
  EXPECT_EQ(power_scope("wall"), "wall");
  EXPECT_EQ(power_scope("chip (ANE rail)"), "rails");
  EXPECT_EQ(power_scope("chip"), "chip");
  EXPECT_EQ(power_scope(""), "");
}

TEST(Energy, IsLeftOutWithoutALaw) {
  EXPECT_FALSE(
      predict(test::invented_request(test::invented_library()), test::invented_library()).energy);
}

TEST(EnergyLaw, ACapIsASmoothMinimum) {
  using ops::capped_energy;
  EXPECT_DOUBLE_EQ(capped_energy(3.0, 0.0).ln_joules, std::log(3.0));
  EXPECT_NEAR(capped_energy(1.0, 2.0).ln_joules, 0.0, 1e-4);
  EXPECT_NEAR(capped_energy(9.0, 2.0).ln_joules, std::log(2.0), 1e-8);
  EXPECT_NEAR(capped_energy(2.0, 2.0).by_energy, 0.5, 1e-12);
  constexpr double kStep = 1e-6;
  for (const double joules : {0.5, 1.5, 2.0, 2.5, 8.0}) {
    const double slope = (capped_energy(joules * std::exp(kStep), 2.0).ln_joules -
                          capped_energy(joules * std::exp(-kStep), 2.0).ln_joules) /
                         (2 * kStep);
    EXPECT_NEAR(capped_energy(joules, 2.0).by_energy, slope, 1e-6);
  }
}

}  // namespace
}  // namespace foretoken::sim
