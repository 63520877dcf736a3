#pragma once

/// One stretch of ggml's memory that tensors are placed in, one behind the other.

#include <cstddef>

#include "probe/ggml_processor.h"

namespace foretoken::probe {

class GgmlMemory {
 public:
  /// Throws Error when there is none.
  GgmlMemory(ggml_backend_buffer_type_t kind, std::size_t bytes);

  ggml_backend_buffer_type_t kind() const { return kind_; }
  std::size_t bytes() const { return bytes_; }
  /// Bytes that a tensor takes here, which may be more than its own.
  static std::size_t bytes_of(ggml_backend_buffer_type_t kind, ggml_tensor* tensor);

  /// Forgets what was placed.
  void clear() { used_ = 0; }
  bool has_room_for(ggml_tensor* tensor) const;
  /// Throws Error when it has none.
  void place(ggml_tensor* tensor);
  /// Where another one is, of the same size.
  void place_over(ggml_tensor* tensor, const ggml_tensor* other);

 private:
  ggml_backend_buffer_type_t kind_;
  std::size_t bytes_;
  GgmlBuffer buffer_;
  std::size_t used_ = 0;
};

}  // namespace foretoken::probe
