#pragma once

/// Builds a pool's design and its fit rows from the law's structure.

#include <string>
#include <unordered_map>

#include "calibrate/fit_row.h"
#include "ops/law_spec.h"
#include "sim/energy_loads.h"
#include "sim/step_loads.h"

namespace foretoken::calibrate {

class DesignBuilder {
 public:
  explicit DesignBuilder(const ops::LawSpec& law) : law_(law) {}

  /// Registers the parameters that the row's operators use. `seconds` is the measured time of the
  /// step; `with_host` false for a kernel, which has no step around it.
  FitRow row(const sim::StepLoads& step, double seconds, double weight, bool with_host);

  /// The same of an energy: every amount is a term of its own, priced a piece as launches are.
  FitRow energy_row(const sim::StepEnergyLoads& step, double joules, double weight);

  const Design& design() const { return design_; }

 private:
  int parameter(const ops::CoefficientSpec& spec, const ops::LevelSpec& level,
                const std::string& name);
  int level_index(const ops::CoefficientSpec& spec, std::size_t level);
  int source_index(const std::string& source);
  void add_terms(const ops::CoefficientSpec& spec, const ops::Context& context,
                 FitCoefficient& coefficient);
  /// Index of the coefficient in the row, -1 when the law has none.
  int coefficient(FitRow& row, std::unordered_map<std::uint64_t, int>& seen, ops::CoefficientId id,
                  std::size_t context_index, const ops::Context& context);

  const ops::LawSpec& law_;
  Design design_;
  std::unordered_map<std::string, int> parameters_;
  std::unordered_map<std::string, int> levels_;
  std::unordered_map<std::string, int> sources_;
};

}  // namespace foretoken::calibrate
