#pragma once

/// The cross product that a `predict` command line asks for, looked up in the library.

#include <string>
#include <vector>

#include "app/predict_options.h"
#include "model/named_model.h"
#include "sim/library.h"
#include "sim/request.h"

namespace foretoken::app {

struct Combination {
  sim::Request request;
  bool default_runtime = false;  ///< chosen by the program, so the answer names it as such
  bool default_format = false;
  bool datasheet_changed = false;  ///< by `--set`
};

/// Combinations and the things they point to. Moving keeps the pointers valid; copying would not.
struct Question {
  Question() = default;
  Question(Question&&) = default;
  Question& operator=(Question&&) = default;
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  std::vector<model::NamedModel> models;
  std::vector<hwdb::Device> devices;
  std::vector<hwdb::Device> sheets;     ///< as `AskedDevices` has them
  std::vector<hwdb::Runtime> runtimes;  ///< those named; empty: the usual one of each device
  std::vector<Combination> combinations;
  std::vector<std::string> skipped;  ///< one line for each device that is left out
};

/// Throws Error for an unknown name or format, a format other than that of a weight file that is
/// asked about, an impossible change of a datasheet, more
/// combinations than can be meant, and when nothing is left after skipping. `library` must outlive
/// the question.
Question question_of(const PredictOptions& options, const sim::Library& library);

}  // namespace foretoken::app
