#include "tests/cli/toy_data.h"

#include <cmath>
#include <filesystem>

#include "ops/coefficient_file.h"
#include "tests/support/temp_folder.h"

namespace foretoken::test {
namespace {

/// The GPU pool was measured (also on one of its devices); the NPU pool has its law alone.
void write_toy_coefficients(const std::string& data) {
  auto laws = ops::read_laws({data + "/laws"});
  ops::PoolCoefficients pool;
  pool.law = laws.at("hammer-pool");
  pool.rows = 40;
  pool.parameters["gemm.dram"] = {std::log(0.9 / 0.8), 0.02, 40, {}};
  pool.parameters["gemm.dram[device=anvil-gpu]"] = {0.01, 0.03, 12, {}};
  pool.parameters["gemm.launch"] = {-0.2, 0.1, 40, {}};
  pool.parameters["attention.dram"] = {0.1, 0.1, 40, {}};
  pool.uncertainty.spreads["gemm.dram[device]"] = 0.04;
  pool.uncertainty.noise["step"] = {.ln_mean = std::log(0.03), .ln_deviation = 0.3};
  pool.uncertainty.misfits[ops::misfit_key("step", false)] = {1.2, 40};
  pool.uncertainty.misfits[ops::misfit_key("step", true)] = {1.0, 40};
  pool.uncertainty.devices["anvil-gpu"] = {.steps = 12, .kernels = 0};
  ops::CoefficientTable table;
  table.add(std::move(pool));
  std::filesystem::create_directories(data + "/coefficients");
  ops::write_coefficients(data + "/coefficients/toy.h5", table, {{"tool_version", "test"}});
}

struct ToyData {
  ToyData() {
    std::filesystem::copy(FORETOKEN_TESTS_DIR "/golden/data", path,
                          std::filesystem::copy_options::recursive);
    write_toy_coefficients(path);
  }
  TempFolder folder;
  std::string path = folder.path() + "/data";
};

}  // namespace

const std::string& toy_data() {
  static const ToyData data;
  return data.path;
}

}  // namespace foretoken::test
