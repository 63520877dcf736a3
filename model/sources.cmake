foretoken_library(model
  SOURCES
    tensors.cpp tensors_mixers.cpp tensors_ffn.cpp kv_cache.cpp layer_pattern.cpp layer_yaml.cpp
    llm_yaml.cpp llm_checks.cpp
  HEADERS
    llm.h tensors.h tensor_list.h kv_cache.h layer_pattern.h layer_yaml.h llm_yaml.h llm_checks.h
    weight_scheme.h
  LINK foretoken::base
  LINK_PRIVATE fmt::fmt nlohmann_json::nlohmann_json)
