#pragma once

/// From a measured row's names to the product's values: device, runtime, model, format, and the
/// loads of its step. A row that cannot be resolved or is impossible is rejected with a reason.

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "calibrate/labels.h"
#include "calibrate/measurement.h"
#include "sim/library.h"
#include "sim/request.h"
#include "sim/step_loads.h"

namespace foretoken::calibrate {

struct ResolvedRow {
  const DecodeRow* row = nullptr;
  sim::Request request;
  std::shared_ptr<const hwdb::Device> in_mode;  ///< owns request.device in a power mode
  const model::WeightAssignment* weights = nullptr;
  sim::StepLoads loads;  ///< of a step at the row's mean context
  std::string pool;
  double seconds = 0;  ///< measured, a step: a token of every sequence
  std::string label;   ///< the row's own, and what screening adds
  std::string reject;  ///< why the row cannot be used at all; empty: usable
  /// Counts in headlines.
  bool clean() const { return reject.empty() && labels_count(label); }
  /// May be learnt from: clean, and the machine as its datasheet says.
  bool fit() const { return reject.empty() && labels_fit(label); }
};

class Resolver {
 public:
  explicit Resolver(const sim::Library& library);
  ~Resolver();

  /// `row` must outlive the result.
  ResolvedRow resolve(const DecodeRow& row);

 private:
  /// The device in a power mode; nullptr where its file documents none of this name.
  std::shared_ptr<const hwdb::Device> in_mode(const hwdb::Device& device, const std::string& mode);
  const model::WeightAssignment* assignment(const model::Llm& llm, const std::string& scheme);
  void find_names(const DecodeRow& row, ResolvedRow& result);
  void find_formats(const DecodeRow& row, ResolvedRow& result);
  void screen(ResolvedRow& result) const;

  const sim::Library& library_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<model::WeightAssignment>>
      assignments_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const hwdb::Device>> modes_;
};

/// Tensor-parallel ranks that a row's `parallelism` states ("tp4" -> 4); 1 otherwise.
int ranks_of(const std::string& parallelism);

}  // namespace foretoken::calibrate
