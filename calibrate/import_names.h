#pragma once

/// From the names of other tools to those of the data folder: a GGUF file's name, "qwen2 7B Q4_K -
/// Medium", "CUDA0: NVIDIA GeForce RTX 3090".

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calibrate/import_file.h"
#include "sim/library.h"

namespace foretoken::calibrate {

/// What the user says and files do not, or say otherwise. Empty: the file decides.
struct ImportOptions {
  std::string device;
  std::string model;
  std::string format;
  std::string runtime;
  int ranks = 1;      ///< devices of a tensor-parallel engine
  std::string today;  ///< "2026-08-31"
};

/// Ways to write a device that a driver prints, the fullest first: without the back end before it,
/// marks, parentheses, core counts and clocks.
std::vector<std::string> device_spellings(std::string_view text);

class NameFinder {
 public:
  /// Throws Error with a suggestion when a name of the options is unknown.
  NameFinder(const sim::Library& library, const ImportOptions& options);

  /// Replaces names by ids. "" when all were found, else the reason.
  std::string find(ForeignDecode& row);
  std::string find(ForeignKernel& row);

 private:
  const hwdb::Device* device_of(const std::vector<std::string>& names,
                                const std::string& runtime) const;
  const model::Llm* model_of(const ForeignDecode& row, std::string& reason);
  const model::Llm* model_by_size(const ForeignDecode& row, std::string& reason);
  std::string format_of(const std::string& name) const;
  std::string find_own(ForeignDecode& row) const;
  double params_of(const model::Llm& llm);

  const sim::Library& library_;
  const ImportOptions& options_;
  const hwdb::Device* device_ = nullptr;
  const model::Llm* model_ = nullptr;
  std::string runtime_;
  std::string format_;
  std::map<std::string, double> params_;
};

}  // namespace foretoken::calibrate
