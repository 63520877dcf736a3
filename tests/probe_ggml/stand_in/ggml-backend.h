#pragma once

/// Stands in for ggml's header of that name; see ggml.h.

#include <ggml.h>

extern "C" {

typedef struct ggml_backend_buffer_type* ggml_backend_buffer_type_t;
typedef struct ggml_backend_buffer* ggml_backend_buffer_t;
typedef struct ggml_backend* ggml_backend_t;
typedef struct ggml_backend_reg* ggml_backend_reg_t;
typedef struct ggml_backend_device* ggml_backend_dev_t;

enum ggml_backend_dev_type {
  GGML_BACKEND_DEVICE_TYPE_CPU,
  GGML_BACKEND_DEVICE_TYPE_GPU,
};

void ggml_backend_load_all(void);
ggml_backend_dev_t ggml_backend_dev_by_type(ggml_backend_dev_type type);
ggml_backend_reg_t ggml_backend_dev_backend_reg(ggml_backend_dev_t device);
ggml_backend_t ggml_backend_dev_init(ggml_backend_dev_t device, const char* params);
ggml_backend_buffer_type_t ggml_backend_dev_buffer_type(ggml_backend_dev_t device);
bool ggml_backend_dev_supports_op(ggml_backend_dev_t device, const ggml_tensor* op);
void* ggml_backend_reg_get_proc_address(ggml_backend_reg_t reg, const char* name);

const char* ggml_backend_buft_name(ggml_backend_buffer_type_t buft);
ggml_backend_buffer_t ggml_backend_buft_alloc_buffer(ggml_backend_buffer_type_t buft, size_t size);
size_t ggml_backend_buft_get_alignment(ggml_backend_buffer_type_t buft);
size_t ggml_backend_buft_get_alloc_size(ggml_backend_buffer_type_t buft, const ggml_tensor* tensor);
void ggml_backend_buffer_free(ggml_backend_buffer_t buffer);
void* ggml_backend_buffer_get_base(ggml_backend_buffer_t buffer);

ggml_status ggml_backend_tensor_alloc(ggml_backend_buffer_t buffer, ggml_tensor* tensor,
                                      void* addr);
ggml_status ggml_backend_view_init(ggml_tensor* tensor);
void ggml_backend_tensor_set(ggml_tensor* tensor, const void* data, size_t offset, size_t size);
void ggml_backend_tensor_get(const ggml_tensor* tensor, void* data, size_t offset, size_t size);

void ggml_backend_free(ggml_backend_t backend);
ggml_status ggml_backend_graph_compute(ggml_backend_t backend, ggml_cgraph* cgraph);
}
