#pragma once

/// A world whose coefficients are known: rows simulated from them with noise show whether a fit
/// finds them back. Every parameter is drawn from the prior that the law states for its level.

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "ops/coefficients.h"
#include "sim/library.h"
#include "sim/request.h"
#include "tests/support/invented_data.h"

namespace foretoken::test {

/// One configuration that is measured.
struct Case {
  std::string device;
  std::string model;
  std::string scheme;
  std::string built;
  double context = 0;
};

class PlantedWorld {
 public:
  static constexpr int kDevices = 12;     ///< measured, four of each of three architectures
  static constexpr int kNewDevices = 60;  ///< of the same architectures, never in the rows
  static constexpr double kNoise = 0.03;  ///< standard deviation of ln time

  explicit PlantedWorld(std::uint32_t seed);

  const sim::Library& library() const { return library_; }
  const std::string& path() const { return data_.path(); }
  const std::map<std::string, double>& truth() const { return truth_; }
  static std::string device(int index) { return "device-" + std::to_string(index); }
  static std::string new_device(int index) { return "new-" + std::to_string(index); }

  /// Every measured device with four models in three formats, builds and contexts in turn.
  std::vector<Case> training() const;
  sim::Request request(const Case& which) const;
  /// Planted time of a step, in seconds.
  double seconds(const Case& which) const;
  /// The same with noise; another draw each call.
  double measured(const Case& which);
  /// Writes `measurements/decode_planted.csv` with noisy rows of the cases, as (case, seconds).
  void write_rows(const std::vector<std::pair<Case, double>>& rows) const;
  std::vector<std::pair<Case, double>> measure(const std::vector<Case>& cases);

 private:
  double draw(double deviation);
  void plant(const std::string& name, double spread) { truth_[name] = draw(spread); }

  InventedData data_;
  std::mt19937 random_;
  std::map<std::string, double> truth_;
  sim::Library library_;
  ops::CoefficientTable planted_;
};

}  // namespace foretoken::test
