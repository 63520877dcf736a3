#pragma once

/// Stands in for ggml in tests: the shape of those parts of its C interface (of 2025) that the
/// probe uses, with plain and slow operators behind. Nothing of ggml is in it, and what is timed
/// of it says nothing about ggml.

#include <cstddef>
#include <cstdint>

#define GGML_MAX_DIMS 4
#define GGML_MAX_SRC 10
#define GGML_MAX_OP_PARAMS 64

extern "C" {

enum ggml_status {
  GGML_STATUS_ALLOC_FAILED = -2,
  GGML_STATUS_FAILED = -1,
  GGML_STATUS_SUCCESS = 0,
  GGML_STATUS_ABORTED = 1
};

enum ggml_type {
  GGML_TYPE_F32 = 0,
  GGML_TYPE_F16 = 1,
  GGML_TYPE_Q4_0 = 2,
  GGML_TYPE_Q8_0 = 8,
  GGML_TYPE_Q4_K = 12,
  GGML_TYPE_Q6_K = 14,
  GGML_TYPE_BF16 = 30,
  GGML_TYPE_COUNT = 39
};

enum ggml_op { GGML_OP_NONE, GGML_OP_MUL_MAT, GGML_OP_PERMUTE, GGML_OP_FLASH_ATTN_EXT };
enum ggml_prec { GGML_PREC_DEFAULT = 0, GGML_PREC_F32 = 10 };
enum ggml_log_level { GGML_LOG_LEVEL_NONE = 0 };

struct ggml_context;
struct ggml_cgraph;
struct ggml_threadpool;
typedef ggml_threadpool* ggml_threadpool_t;
typedef void (*ggml_log_callback)(ggml_log_level level, const char* text, void* user_data);

struct ggml_tensor {
  ggml_type type;
  struct ggml_backend_buffer* buffer;
  int64_t ne[GGML_MAX_DIMS];
  size_t nb[GGML_MAX_DIMS];
  ggml_op op;
  int32_t op_params[GGML_MAX_OP_PARAMS / sizeof(int32_t)];
  int32_t flags;
  ggml_tensor* src[GGML_MAX_SRC];
  ggml_tensor* view_src;
  size_t view_offs;
  void* data;
};

struct ggml_init_params {
  size_t mem_size;
  void* mem_buffer;
  bool no_alloc;
};

struct ggml_threadpool_params {
  int n_threads;
};

void ggml_log_set(ggml_log_callback log_callback, void* user_data);
ggml_context* ggml_init(ggml_init_params params);
void ggml_free(ggml_context* ctx);
size_t ggml_tensor_overhead(void);
size_t ggml_graph_overhead_custom(size_t size, bool grads);
size_t ggml_nbytes(const ggml_tensor* tensor);
ggml_tensor* ggml_new_tensor_2d(ggml_context* ctx, ggml_type type, int64_t ne0, int64_t ne1);
ggml_tensor* ggml_new_tensor_3d(ggml_context* ctx, ggml_type type, int64_t ne0, int64_t ne1,
                                int64_t ne2);
ggml_tensor* ggml_permute(ggml_context* ctx, ggml_tensor* a, int axis0, int axis1, int axis2,
                          int axis3);
ggml_tensor* ggml_mul_mat(ggml_context* ctx, ggml_tensor* a, ggml_tensor* b);
ggml_tensor* ggml_flash_attn_ext(ggml_context* ctx, ggml_tensor* q, ggml_tensor* k, ggml_tensor* v,
                                 ggml_tensor* mask, float scale, float max_bias,
                                 float logit_softcap);
void ggml_flash_attn_ext_set_prec(ggml_tensor* a, ggml_prec prec);
ggml_cgraph* ggml_new_graph_custom(ggml_context* ctx, size_t size, bool grads);
void ggml_build_forward_expand(ggml_cgraph* cgraph, ggml_tensor* tensor);
void ggml_graph_add_node(ggml_cgraph* cgraph, ggml_tensor* tensor);
ggml_threadpool_params ggml_threadpool_params_default(int n_threads);
}
