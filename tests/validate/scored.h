#pragma once

/// Hand-made rows beside their predictions.

#include <memory>
#include <string>
#include <vector>

#include "validate/scored_row.h"

namespace foretoken::test {

class ScoredRows {
 public:
  /// A decode row of the invented model on a device of this id, with seconds measured and
  /// predicted.
  validate::ScoredRow& add(const std::string& device, double measured, double predicted,
                           const std::string& model = "tenfold") {
    devices_.push_back(std::make_unique<hwdb::Device>());
    devices_.back()->id = device;
    devices_.back()->vendor = "Forge";
    llms_.push_back(std::make_unique<model::Llm>());
    llms_.back()->id = model;
    llms_.back()->arch_class = "dense";
    resolved_.push_back(std::make_unique<calibrate::ResolvedRow>());
    sim::Request& request = resolved_.back()->request;
    request.device = devices_.back().get();
    request.llm = llms_.back().get();
    request.runtime = &runtime_;
    request.scheme = "half";
    resolved_.back()->row = &row_;
    pool_rows_.push_back(std::make_unique<calibrate::PoolRow>());
    pool_rows_.back()->decode = resolved_.back().get();
    scored_.push_back(std::make_unique<validate::ScoredRow>());
    *scored_.back() = {.row = pool_rows_.back().get(),
                       .pool = &pool_,
                       .measured = measured,
                       .predicted = predicted};
    return *scored_.back();
  }
  std::vector<const validate::ScoredRow*> all() const {
    std::vector<const validate::ScoredRow*> rows;
    for (const auto& row : scored_) rows.push_back(row.get());
    return rows;
  }
  calibrate::ResolvedRow& last() { return *resolved_.back(); }

 private:
  calibrate::DecodeRow row_{.source = "us"};
  hwdb::Runtime runtime_{.id = "plain"};
  calibrate::PoolData pool_{.name = "forge"};
  std::vector<std::unique_ptr<hwdb::Device>> devices_;
  std::vector<std::unique_ptr<model::Llm>> llms_;
  std::vector<std::unique_ptr<calibrate::ResolvedRow>> resolved_;
  std::vector<std::unique_ptr<calibrate::PoolRow>> pool_rows_;
  std::vector<std::unique_ptr<validate::ScoredRow>> scored_;
};

}  // namespace foretoken::test
