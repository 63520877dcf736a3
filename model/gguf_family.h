#pragma once

/// What a `general.architecture` implies without a key or a tensor that says so: sliding windows
/// and parallel blocks. Everything else a GGUF file tells by the tensors that it has.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace foretoken::model {

struct GgufFamily {
  std::string_view architecture;
  std::string_view family;  ///< the name this product uses
  /// Of every so many layers all but one have a window; 0: none has one whatever the keys say.
  int window_period = 0;
  bool full_first = false;  ///< the full layer is the first of the period, not the last
  std::int64_t window = 0;  ///< tokens, where no key states them
  bool chunked = false;
  bool parallel_block = false;
  bool final_norm_is_token_norm = false;  ///< `token_embd_norm` stands at the end (LFM2)
};

/// nullptr when the architecture is not known.
const GgufFamily* gguf_family(std::string_view architecture);
std::vector<std::string> gguf_architectures();

}  // namespace foretoken::model
