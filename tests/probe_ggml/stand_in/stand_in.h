#pragma once

/// How the stand-in behaves, what was done with it, and what its halves know of each other.

#include <cstdlib>
#include <set>
#include <vector>

#include <ggml-backend.h>
#include <ggml.h>

struct ggml_cgraph {
  size_t size;
  std::vector<ggml_tensor*> nodes;
};

struct ggml_backend_buffer_type {
  const char* name;
  bool rearranges;
};

struct ggml_backend_buffer {
  ggml_backend_buffer_type_t type;
  size_t size;
  std::byte* base;
};

namespace stand_in {

struct Behaviour {
  bool has_processor = true;
  bool needs_loading = false;         ///< no backend is there before `ggml_backend_load_all`
  bool has_threadpools = true;        ///< offered by the registry
  ggml_type lacks = GGML_TYPE_COUNT;  ///< no operator over this type is supported
  bool writes_nothing = false;
  bool reads_wrong_weights = false;  ///< those of the row beside
  bool reads_wrong_values = false;   ///< those of the token before
  ggml_status status = GGML_STATUS_SUCCESS;
};

struct Seen {
  std::set<int> threads;
  int pools = 0;                     ///< alive
  int buffers = 0;                   ///< alive, empty ones too
  int backends = 0;                  ///< alive
  std::vector<const void*> weights;  ///< first operands, in the order of operators
  int rearranged = 0;                ///< matrices laid into memory that rearranges them
};

extern Behaviour behaviour;
extern Seen seen;

/// A graph that is grown to an operator sets this in `flags`.
inline constexpr int32_t kToCompute = 16;

/// ggml asserts what its callers must keep to, and ends the program where they do not.
inline void require(bool kept) {
  if (!kept) std::abort();
}

size_t row_bytes(const ggml_tensor* tensor);
void compute(ggml_tensor* op);

}  // namespace stand_in
