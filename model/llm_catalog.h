#pragma once

/// All architectures known, by any name people use: id, Hugging Face name (with or without the
/// organisation), alias; letter case and punctuation do not count, a format's name at the end
/// ("-Q4_K_M.gguf") is dropped when the name is not known with it.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/llm.h"

namespace foretoken::model {

class LlmCatalog {
 public:
  /// Reads every `*.yaml` of the folders; a model of a later folder replaces the one with its id.
  /// Throws ConfigError, also when two models claim one name.
  static LlmCatalog read(const std::vector<std::string>& folders);

  /// Adds a model that no folder has, such as a file's, under its id, which must not be known.
  void add_by_id(Llm llm);

  /// The architecture of that name, nullptr when there is none.
  const Llm* known(std::string_view name) const;
  /// The same, or a file: a `config.json` (any `.json`, or a folder that has one) or an
  /// architecture `.yaml`. Throws Error with a suggestion when it is neither.
  Llm find(const std::string& name_or_path) const;

  const std::vector<Llm>& all() const { return llms_; }
  std::vector<std::string> ids() const;

 private:
  void replace_same_id(const Llm& llm);
  void add(Llm llm, const std::string& path);
  void add_name(std::string_view name, std::size_t index, const std::string& path);

  std::vector<Llm> llms_;
  std::map<std::string, std::size_t, std::less<>> by_name_;  // folded name to index
};

/// `name` in lower case with letters, digits and the dots between digits only.
std::string folded_model_name(std::string_view name);

}  // namespace foretoken::model
