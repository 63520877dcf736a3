#include <cstring>
#include <new>

#include <ggml-backend.h>

#include "tests/probe_ggml/stand_in/stand_in.h"

using stand_in::behaviour;
using stand_in::require;
using stand_in::seen;

stand_in::Behaviour stand_in::behaviour;
stand_in::Seen stand_in::seen;

struct ggml_backend_device {
  bool loaded;
};
struct ggml_backend {
  int threads;
};
struct ggml_threadpool {
  int threads;
};

namespace {

constexpr size_t kAlignment = 64;

ggml_backend_device processor{};
ggml_backend_buffer_type plain{"CPU", false};
ggml_backend_buffer_type rearranged{"CPU_REPACK", true};

ggml_backend_buffer_type_t* extra_memories(ggml_backend_dev_t /*device*/) {
  static ggml_backend_buffer_type_t list[] = {&rearranged, nullptr};
  return list;
}

void set_threads(ggml_backend_t backend, int threads) { backend->threads = threads; }

ggml_threadpool_t new_pool(ggml_threadpool_params* params) {
  ++seen.pools;
  return new ggml_threadpool{params->n_threads};
}

void free_pool(ggml_threadpool_t pool) {
  --seen.pools;
  delete pool;
}

void set_pool(ggml_backend_t backend, ggml_threadpool_t pool) {
  require(pool->threads >= backend->threads);
}

bool rearranges(const ggml_tensor* tensor) {
  return tensor != nullptr && tensor->buffer != nullptr && tensor->buffer->type->rearranges;
}

}  // namespace

void ggml_backend_load_all(void) { processor.loaded = true; }

ggml_backend_dev_t ggml_backend_dev_by_type(ggml_backend_dev_type type) {
  require(type == GGML_BACKEND_DEVICE_TYPE_CPU);
  const bool there = !behaviour.needs_loading || processor.loaded;
  return behaviour.has_processor && there ? &processor : nullptr;
}

ggml_backend_reg_t ggml_backend_dev_backend_reg(ggml_backend_dev_t /*device*/) { return nullptr; }

ggml_backend_t ggml_backend_dev_init(ggml_backend_dev_t /*device*/, const char* /*params*/) {
  ++seen.backends;
  return new ggml_backend{1};
}

ggml_backend_buffer_type_t ggml_backend_dev_buffer_type(ggml_backend_dev_t /*device*/) {
  return &plain;
}

bool ggml_backend_dev_supports_op(ggml_backend_dev_t /*device*/, const ggml_tensor* op) {
  if (op->src[0]->type == behaviour.lacks || op->src[1]->type == behaviour.lacks) return false;
  if (!rearranges(op->src[0])) return true;
  const ggml_type type = op->src[0]->type;
  return op->op == GGML_OP_MUL_MAT && (type == GGML_TYPE_Q4_0 || type == GGML_TYPE_Q4_K) &&
         op->src[0]->ne[1] % 8 == 0;
}

void* ggml_backend_reg_get_proc_address(ggml_backend_reg_t /*reg*/, const char* name) {
  const auto is = [&](const char* other) { return std::strcmp(name, other) == 0; };
  if (is("ggml_backend_set_n_threads")) return reinterpret_cast<void*>(set_threads);
  if (is("ggml_backend_dev_get_extra_bufts")) return reinterpret_cast<void*>(extra_memories);
  if (!behaviour.has_threadpools) return nullptr;
  if (is("ggml_threadpool_new")) return reinterpret_cast<void*>(new_pool);
  if (is("ggml_threadpool_free")) return reinterpret_cast<void*>(free_pool);
  if (is("ggml_backend_cpu_set_threadpool")) return reinterpret_cast<void*>(set_pool);
  return nullptr;
}

const char* ggml_backend_buft_name(ggml_backend_buffer_type_t buft) { return buft->name; }

ggml_backend_buffer_t ggml_backend_buft_alloc_buffer(ggml_backend_buffer_type_t buft, size_t size) {
  ++seen.buffers;
  auto* const base =
      static_cast<std::byte*>(::operator new (size + 1, std::align_val_t{kAlignment}));
  return new ggml_backend_buffer{buft, size, base};
}

size_t ggml_backend_buft_get_alignment(ggml_backend_buffer_type_t /*buft*/) { return kAlignment; }

size_t ggml_backend_buft_get_alloc_size(ggml_backend_buffer_type_t buft,
                                        const ggml_tensor* tensor) {
  return ggml_nbytes(tensor) + (buft->rearranges ? kAlignment : 0);
}

void ggml_backend_buffer_free(ggml_backend_buffer_t buffer) {
  --seen.buffers;
  ::operator delete (buffer->base, std::align_val_t{kAlignment});
  delete buffer;
}

void* ggml_backend_buffer_get_base(ggml_backend_buffer_t buffer) { return buffer->base; }

ggml_status ggml_backend_tensor_alloc(ggml_backend_buffer_t buffer, ggml_tensor* tensor,
                                      void* addr) {
  auto* const at = static_cast<std::byte*>(addr);
  require(tensor->buffer == nullptr && tensor->data == nullptr && tensor->view_src == nullptr);
  require(at >= buffer->base && at + ggml_nbytes(tensor) <= buffer->base + buffer->size);
  require(static_cast<size_t>(at - buffer->base) % kAlignment == 0);
  tensor->buffer = buffer;
  tensor->data = addr;
  return GGML_STATUS_SUCCESS;
}

ggml_status ggml_backend_view_init(ggml_tensor* tensor) {
  require(tensor->buffer == nullptr && tensor->view_src->data != nullptr);
  tensor->buffer = tensor->view_src->buffer;
  tensor->data = tensor->view_src->data;
  return GGML_STATUS_SUCCESS;
}

void ggml_backend_tensor_set(ggml_tensor* tensor, const void* data, size_t offset, size_t size) {
  auto* const to = static_cast<std::byte*>(tensor->data);
  require(tensor->buffer != nullptr && offset + size <= ggml_nbytes(tensor));
  if (!rearranges(tensor)) {
    std::memcpy(to + offset, data, size);
    return;
  }
  require(offset == 0 && size == ggml_nbytes(tensor));
  ++seen.rearranged;
  const size_t bytes = stand_in::row_bytes(tensor);
  for (size_t at = 0; at < size; at += bytes) {
    std::memcpy(to + size - bytes - at, static_cast<const std::byte*>(data) + at, bytes);
  }
}

void ggml_backend_tensor_get(const ggml_tensor* tensor, void* data, size_t offset, size_t size) {
  require(!rearranges(tensor) && offset + size <= ggml_nbytes(tensor));
  std::memcpy(data, static_cast<const std::byte*>(tensor->data) + offset, size);
}

void ggml_backend_free(ggml_backend_t backend) {
  --seen.backends;
  delete backend;
}

ggml_status ggml_backend_graph_compute(ggml_backend_t backend, ggml_cgraph* cgraph) {
  seen.threads.insert(backend->threads);
  if (behaviour.status == GGML_STATUS_SUCCESS) {
    for (ggml_tensor* const node : cgraph->nodes) stand_in::compute(node);
  }
  return behaviour.status;
}
