#include "tests/calibrate/planted.h"

#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/year.h"
#include "sim/step_cost.h"

namespace foretoken::test {
namespace {

constexpr const char* kPlantedLaw = R"(schema: 1
pool: forge
source: invented for tests
loss_scale: 0.1
coefficients:
  gemm.dram: {prior: 0.7, levels: {pool: 0.1, architecture: 0.1, device: 0.1}}
  gemm.core: {prior: 2 B, levels: {pool: 0.4, format: 0.3}}
  gemm.launch: {prior: 10 us, levels: {pool: 0.4, "*build_year": 0.2}}
  attention.dram: {prior: 0.5, levels: {pool: 0.3}}
  attention.launch: {of: gemm.launch, levels: {pool: 0.1}}
  small.launch: {of: gemm.launch, levels: {pool: 0.1}}
  step.host: {prior: 300 us, levels: {pool: 0.4}}
  step.sharpness: {prior: 4, levels: {pool: 0.01}}
)";

constexpr std::array<const char*, 3> kArchitectures{"Iron-I1", "Tin-T1", "Zinc-Z1"};
constexpr std::array<const char*, 3> kSchemes{"half", "eight", "four"};
constexpr std::array<const char*, 3> kFormats{"F16", "Q8", "Q4"};
constexpr std::array<const char*, 4> kBuilt{"2024-01", "2024-09", "2025-05", "2026-02"};
constexpr std::array<const char*, 4> kModels{"tiny", "small", "medium", "large"};
constexpr std::array<double, 4> kGigabytes{300, 700, 1200, 2000};
constexpr std::array<int, 5> kCores{60, 150, 400, 800, 1500};

DeviceSketch sketch(const std::string& id, int index) {
  const auto i = static_cast<std::size_t>(index);
  return {.id = id,
          .architecture = kArchitectures[i % kArchitectures.size()],
          .gigabytes_per_second = kGigabytes[(i / 3) % kGigabytes.size()],
          .cores = kCores[i % kCores.size()]};
}

}  // namespace

PlantedWorld::PlantedWorld(std::uint32_t seed) : random_(seed) {
  data_.write("laws/forge.yaml", kPlantedLaw);
  data_.add_model(dense_text("tiny", 8, 1000));
  data_.add_model(dense_text("small", 16, 2000));
  data_.add_model(dense_text("medium", 24, 3000));
  data_.add_model(dense_text("large", 30, 4000));
  data_.add_model(dense_text("fresh", 20, 2600));
  for (const char* name : {"gemm.dram", "attention.launch", "small.launch"}) plant(name, 0.1);
  for (const char* name : {"gemm.core", "gemm.launch", "step.host"}) plant(name, 0.4);
  plant("attention.dram", 0.3);
  plant("gemm.launch*build_year", 0.2);
  for (const char* a : kArchitectures) plant(fmt::format("gemm.dram[architecture={}]", a), 0.1);
  for (const char* f : kFormats) plant(fmt::format("gemm.core[format={}]", f), 0.3);
  const auto add = [&](const std::string& id, int index) {
    data_.add_device(sketch(id, index));
    plant("gemm.dram[device=" + id + "]", 0.1);
  };
  for (int i = 0; i < kDevices; ++i) add(device(i), i);
  for (int i = 0; i < kNewDevices; ++i) add(new_device(i), i);
  library_ = data_.library();
  ops::PoolCoefficients pool;
  pool.law = library_.laws.at("forge");
  for (const auto& [name, value] : truth_) pool.parameters[name] = {value, 0.0, 1.0};
  planted_.add(std::move(pool));
}

double PlantedWorld::draw(double deviation) {
  return std::normal_distribution<double>(0.0, deviation)(random_);
}

std::vector<Case> PlantedWorld::training() const {
  constexpr std::array<double, 3> kContexts{0, 2000, 8000};
  std::vector<Case> cases;
  for (int d = 0; d < kDevices; ++d) {
    for (const char* model : kModels) {
      for (const char* scheme : kSchemes) {
        const std::size_t turn = cases.size() + static_cast<std::size_t>(d);
        cases.push_back({device(d), model, scheme, kBuilt[turn % kBuilt.size()],
                         kContexts[turn % kContexts.size()]});
      }
    }
  }
  return cases;
}

sim::Request PlantedWorld::request(const Case& which) const {
  sim::Request request;
  request.device = library_.devices.lookup(which.device);
  request.llm = library_.models.known(which.model);
  request.runtime = library_.runtimes.lookup("plain");
  request.scheme = which.scheme;
  request.context_start = which.context;
  request.facts.build_year = year_of(which.built);
  return request;
}

double PlantedWorld::seconds(const Case& which) const {
  const sim::Request r = request(which);
  const sim::StepLoads loads =
      sim::step_loads(r, library_.schemes.assign(r.scheme, *r.llm, library_.formats),
                      library_.formats, 1.0, r.mean_context());
  return sim::step_cost(loads, {.pool = planted_.find("forge")}).time.base();
}

double PlantedWorld::measured(const Case& which) { return seconds(which) * std::exp(draw(kNoise)); }

std::vector<std::pair<Case, double>> PlantedWorld::measure(const std::vector<Case>& cases) {
  std::vector<std::pair<Case, double>> rows;
  for (const Case& which : cases) rows.emplace_back(which, measured(which));
  return rows;
}

void PlantedWorld::write_rows(const std::vector<std::pair<Case, double>>& rows) const {
  std::string csv =
      "row_id,source,device,runtime,build_date,model,weight_format,context_start,gen_tokens,"
      "decode_tok_s\n";
  for (const auto& [which, seconds] : rows) {
    csv += fmt::format("{0}-{1}-{2},bench,{0},plain,{3},{1},{2},{4},128,{5:.17g}\n", which.device,
                       which.model, which.scheme, which.built, which.context, 1.0 / seconds);
  }
  data_.write("measurements/decode_planted.csv", csv);
}

}  // namespace foretoken::test
