foretoken_library(model
  SOURCES
    tensors.cpp tensors_mixers.cpp tensors_ffn.cpp kv_cache.cpp layer_pattern.cpp layer_yaml.cpp
    llm_yaml.cpp llm_checks.cpp arch_class.cpp scheme_rule.cpp scheme_yaml.cpp weight_scheme.cpp
    hf_keys.cpp hf_family.cpp hf_format.cpp hf_layers.cpp hf_mixers.cpp hf_ffn.cpp hf_config.cpp
    gguf_bytes.cpp gguf_header.cpp gguf_tensor_info.cpp gguf_split.cpp gguf_keys.cpp
    gguf_tensors.cpp gguf_family.cpp gguf_mixers.cpp gguf_layers.cpp gguf_roles.cpp
    gguf_weights.cpp gguf_file_type.cpp gguf_model.cpp
    llm_catalog.cpp named_model.cpp
  HEADERS
    llm.h tensors.h tensor_list.h kv_cache.h layer_pattern.h layer_yaml.h llm_yaml.h llm_checks.h
    arch_class.h scheme_rule.h scheme_yaml.h weight_scheme.h hf_keys.h hf_family.h hf_format.h hf_layers.h
    hf_config.h gguf_bytes.h gguf_header.h gguf_tensor_info.h gguf_split.h gguf_keys.h
    gguf_tensors.h gguf_family.h gguf_layers.h gguf_roles.h gguf_weights.h gguf_file_type.h
    gguf_model.h llm_catalog.h named_model.h
  LINK foretoken::base
  LINK_PRIVATE fmt::fmt nlohmann_json::nlohmann_json)

target_sources(foretoken_model PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/lower.cpp ${CMAKE_CURRENT_LIST_DIR}/lower_mixer.cpp
  ${CMAKE_CURRENT_LIST_DIR}/layer_groups.cpp ${CMAKE_CURRENT_LIST_DIR}/tensor_use.cpp)
target_link_libraries(foretoken_model PUBLIC foretoken::ops)
