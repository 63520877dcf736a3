#include "model/named_model.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"
#include "model/gguf_model.h"

namespace foretoken::model {

bool is_model_file(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return fs::exists(fs::path(path) / "config.json", ignored);
  if (!fs::is_regular_file(path, ignored)) return false;
  const fs::path ending = fs::path(path).extension();
  return ending == ".json" || ending == ".yaml" || ending == ".yml" || is_gguf_file(path);
}

NamedModel find_model(const std::string& name_or_path, const ModelTables& tables) {
  const bool is_named_gguf = std::filesystem::path(name_or_path).extension() == ".gguf";
  const bool is_known = tables.models.known(name_or_path) != nullptr;
  if ((is_named_gguf || !is_known) && is_gguf_file(name_or_path)) {
    GgufModel model = read_gguf_model(name_or_path, tables.formats, tables.schemes);
    return {.llm = std::move(model.llm), .weights = std::move(model.weights)};
  }
  if (is_named_gguf && !is_known) {
    throw Error(fmt::format("no such file '{}', and no model of that name is known", name_or_path));
  }
  return {.llm = tables.models.find(name_or_path), .weights = {}};
}

}  // namespace foretoken::model
