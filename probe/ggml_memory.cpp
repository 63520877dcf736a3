#include "probe/ggml_memory.h"

#include <fmt/format.h>

#include "base/error.h"

namespace foretoken::probe {

GgmlMemory::GgmlMemory(ggml_backend_buffer_type_t kind, std::size_t bytes)
    : kind_(kind), bytes_(bytes), buffer_(ggml_backend_buft_alloc_buffer(kind, bytes)) {
  if (!buffer_) throw Error(fmt::format("ggml gets no {} MiB of memory", bytes >> 20U));
}

std::size_t GgmlMemory::bytes_of(ggml_backend_buffer_type_t kind, ggml_tensor* tensor) {
  const std::size_t step = ggml_backend_buft_get_alignment(kind);
  return (ggml_backend_buft_get_alloc_size(kind, tensor) + step - 1) / step * step;
}

bool GgmlMemory::has_room_for(ggml_tensor* tensor) const {
  return bytes_of(kind_, tensor) <= bytes_ - used_;
}

void GgmlMemory::place(ggml_tensor* tensor) {
  if (!has_room_for(tensor)) throw Error("a tensor does not fit the memory that ggml gave");
  auto* const base = static_cast<std::byte*>(ggml_backend_buffer_get_base(buffer_.get()));
  ggml_backend_tensor_alloc(buffer_.get(), tensor, base + used_);
  used_ += bytes_of(kind_, tensor);
}

void GgmlMemory::place_over(ggml_tensor* tensor, const ggml_tensor* other) {
  ggml_backend_tensor_alloc(buffer_.get(), tensor, other->data);
}

}  // namespace foretoken::probe
