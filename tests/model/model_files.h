#pragma once

/// Every architecture file of `data/models`, read once for all tests of this folder.

#include <map>
#include <string>

#include "base/text_file.h"
#include "model/llm_yaml.h"

namespace foretoken::model {

inline const std::map<std::string, Llm>& all_models() {
  static const std::map<std::string, Llm> models = [] {
    std::map<std::string, Llm> read;
    for (const std::string& path : files_in(std::string(FORETOKEN_DATA_DIR) + "/models", ".yaml")) {
      Llm llm = read_llm(path);
      const std::string id = llm.id;
      read.emplace(id, std::move(llm));
    }
    return read;
  }();
  return models;
}

}  // namespace foretoken::model
