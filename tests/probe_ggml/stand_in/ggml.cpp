#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <deque>

#include <ggml.h>

#include "probe/gguf_blocks.h"
#include "tests/probe_ggml/stand_in/stand_in.h"

using stand_in::require;

struct ggml_context {
  size_t left;
  std::deque<ggml_tensor> tensors;
  std::deque<ggml_cgraph> graphs;
};

namespace {

namespace gpu = foretoken::probe::gpu;

gpu::Weights weights_of(ggml_type type) {
  constexpr std::array<ggml_type, 7> kTypes{GGML_TYPE_F32,  GGML_TYPE_F16,  GGML_TYPE_BF16,
                                            GGML_TYPE_Q8_0, GGML_TYPE_Q4_0, GGML_TYPE_Q4_K,
                                            GGML_TYPE_Q6_K};  // in the order of gpu::Weights
  const auto at = std::find(kTypes.begin(), kTypes.end(), type);
  require(at != kTypes.end());
  return static_cast<gpu::Weights>(at - kTypes.begin());
}

ggml_tensor* new_tensor(ggml_context* ctx, ggml_type type, std::initializer_list<int64_t> ne) {
  require(ctx->left >= ggml_tensor_overhead());
  ctx->left -= ggml_tensor_overhead();
  ggml_tensor& tensor = ctx->tensors.emplace_back();
  tensor.type = type;
  std::fill(std::begin(tensor.ne), std::end(tensor.ne), 1);
  std::copy(ne.begin(), ne.end(), tensor.ne);
  const gpu::WeightLayout& layout = gpu::layout_of(weights_of(type));
  require(tensor.ne[0] % layout.values == 0);
  tensor.nb[0] = static_cast<size_t>(layout.bytes);
  tensor.nb[1] = stand_in::row_bytes(&tensor);
  for (int i = 2; i < GGML_MAX_DIMS; ++i) {
    tensor.nb[i] = tensor.nb[i - 1] * static_cast<size_t>(tensor.ne[i - 1]);
  }
  return &tensor;
}

double value(ggml_type type, const std::byte* row, int64_t index) {
  return gpu::weight_value(weights_of(type), reinterpret_cast<const uint8_t*>(row), index);
}

std::byte* bytes_at(const ggml_tensor* t, int64_t i1, int64_t i2) {
  return static_cast<std::byte*>(t->data) + static_cast<size_t>(i1) * t->nb[1] +
         static_cast<size_t>(i2) * t->nb[2];
}

void multiply(const ggml_tensor* op) {
  const ggml_tensor* const w = op->src[0];
  for (int64_t token = 0; token < op->ne[1]; ++token) {
    const auto* const x = reinterpret_cast<const float*>(bytes_at(op->src[1], token, 0));
    auto* const out = reinterpret_cast<float*>(bytes_at(op, token, 0));
    for (int64_t r = 0; r < w->ne[1]; ++r) {
      const int64_t read = stand_in::behaviour.reads_wrong_weights ? (r + 1) % w->ne[1] : r;
      // Where weights are rearranged the last row stands first.
      const int64_t at = w->buffer->type->rearranges ? w->ne[1] - 1 - read : read;
      double sum = 0.0;
      for (int64_t i = 0; i < w->ne[0]; ++i) {
        sum += static_cast<double>(x[i]) * value(w->type, bytes_at(w, at, 0), i);
      }
      out[r] = static_cast<float>(sum);
    }
  }
}

void attend(const ggml_tensor* op) {
  const ggml_tensor* const q = op->src[0];
  const ggml_tensor* const keys = op->src[1];
  const ggml_tensor* const values = op->src[2];
  float scale = 0.0F;
  std::memcpy(&scale, op->op_params, sizeof scale);
  const int64_t dim = q->ne[0];
  for (int64_t head = 0; head < q->ne[2]; ++head) {
    const int64_t head_kv = head * keys->ne[2] / q->ne[2];
    const auto* const query = reinterpret_cast<const float*>(bytes_at(q, 0, head));
    std::vector<double> sums(static_cast<size_t>(dim));
    double weights = 0.0;
    for (int64_t t = 0; t < keys->ne[1]; ++t) {
      double score = value(GGML_TYPE_F16, bytes_at(op->src[3], 0, 0), t);
      for (int64_t i = 0; i < dim; ++i) {
        score += static_cast<double>(scale * query[i]) *
                 value(keys->type, bytes_at(keys, t, head_kv), i);
      }
      const int64_t token =
          stand_in::behaviour.reads_wrong_values ? std::max<int64_t>(0, t - 1) : t;
      const double weight = std::exp(score);
      weights += weight;
      for (size_t i = 0; i < sums.size(); ++i) {
        sums[i] +=
            weight * value(values->type, bytes_at(values, token, head_kv), static_cast<int64_t>(i));
      }
    }
    // A head a row: op is dim x heads x tokens.
    auto* const out = reinterpret_cast<float*>(bytes_at(op, head, 0));
    for (size_t i = 0; i < sums.size(); ++i) out[i] = static_cast<float>(sums[i] / weights);
  }
}

}  // namespace

size_t stand_in::row_bytes(const ggml_tensor* tensor) {
  return static_cast<size_t>(
      gpu::row_stride(gpu::layout_of(weights_of(tensor->type)), tensor->ne[0]));
}

void stand_in::compute(ggml_tensor* op) {
  require((op->flags & kToCompute) != 0);
  for (const ggml_tensor* const src : op->src) require(src == nullptr || src->data != nullptr);
  seen.weights.push_back(op->src[0]->data);
  if (behaviour.writes_nothing) return;
  op->op == GGML_OP_MUL_MAT ? multiply(op) : attend(op);
}

void ggml_log_set(ggml_log_callback, void*) {}

ggml_context* ggml_init(ggml_init_params params) {
  require(params.no_alloc && params.mem_buffer == nullptr);
  return new ggml_context{params.mem_size, {}, {}};
}

void ggml_free(ggml_context* ctx) { delete ctx; }

size_t ggml_tensor_overhead(void) { return sizeof(ggml_tensor); }

size_t ggml_graph_overhead_custom(size_t size, bool) { return (size + 1) * sizeof(ggml_tensor*); }

size_t ggml_nbytes(const ggml_tensor* tensor) {
  return tensor->nb[3] * static_cast<size_t>(tensor->ne[3]);
}

ggml_tensor* ggml_new_tensor_2d(ggml_context* ctx, ggml_type type, int64_t ne0, int64_t ne1) {
  return new_tensor(ctx, type, {ne0, ne1});
}

ggml_tensor* ggml_new_tensor_3d(ggml_context* ctx, ggml_type type, int64_t ne0, int64_t ne1,
                                int64_t ne2) {
  return new_tensor(ctx, type, {ne0, ne1, ne2});
}

ggml_tensor* ggml_permute(ggml_context* ctx, ggml_tensor* a, int axis0, int axis1, int axis2,
                          int axis3) {
  ggml_tensor* const view = new_tensor(ctx, a->type, {a->ne[0], a->ne[1], a->ne[2], a->ne[3]});
  const int axes[] = {axis0, axis1, axis2, axis3};
  for (int i = 0; i < GGML_MAX_DIMS; ++i) {
    view->ne[axes[i]] = a->ne[i];
    view->nb[axes[i]] = a->nb[i];
  }
  view->op = GGML_OP_PERMUTE;
  view->src[0] = view->view_src = a;
  view->data = a->data;
  return view;
}

ggml_tensor* ggml_mul_mat(ggml_context* ctx, ggml_tensor* a, ggml_tensor* b) {
  require(a->ne[0] == b->ne[0] && b->type == GGML_TYPE_F32);
  ggml_tensor* const op = new_tensor(ctx, GGML_TYPE_F32, {a->ne[1], b->ne[1]});
  op->op = GGML_OP_MUL_MAT;
  op->src[0] = a;
  op->src[1] = b;
  return op;
}

ggml_tensor* ggml_flash_attn_ext(ggml_context* ctx, ggml_tensor* q, ggml_tensor* k, ggml_tensor* v,
                                 ggml_tensor* mask, float scale, float max_bias,
                                 float logit_softcap) {
  require(q->ne[0] == k->ne[0] && k->ne[1] == v->ne[1] && q->ne[2] % k->ne[2] == 0);
  require(mask->type == GGML_TYPE_F16 && mask->ne[0] == k->ne[1] && mask->ne[1] % 64 == 0);
  ggml_tensor* const op = new_tensor(ctx, GGML_TYPE_F32, {v->ne[0], q->ne[2], q->ne[1], q->ne[3]});
  op->op = GGML_OP_FLASH_ATTN_EXT;
  const float params[] = {scale, max_bias, logit_softcap};
  std::memcpy(op->op_params, params, sizeof params);
  ggml_tensor* const sources[] = {q, k, v, mask};
  std::copy(std::begin(sources), std::end(sources), op->src);
  return op;
}

void ggml_flash_attn_ext_set_prec(ggml_tensor* a, ggml_prec prec) { a->op_params[3] = prec; }

ggml_cgraph* ggml_new_graph_custom(ggml_context* ctx, size_t size, bool grads) {
  require(ctx->left >= ggml_graph_overhead_custom(size, grads));
  ctx->left -= ggml_graph_overhead_custom(size, grads);
  return &ctx->graphs.emplace_back(ggml_cgraph{size, {}});
}

void ggml_build_forward_expand(ggml_cgraph* cgraph, ggml_tensor* tensor) {
  for (ggml_tensor* const src : tensor->src) {
    if (src != nullptr) ggml_build_forward_expand(cgraph, src);
  }
  tensor->flags |= stand_in::kToCompute;
  if (tensor->op != GGML_OP_NONE) ggml_graph_add_node(cgraph, tensor);
}

void ggml_graph_add_node(ggml_cgraph* cgraph, ggml_tensor* tensor) {
  require(cgraph->nodes.size() < cgraph->size);
  cgraph->nodes.push_back(tensor);
}

ggml_threadpool_params ggml_threadpool_params_default(int n_threads) { return {n_threads}; }
