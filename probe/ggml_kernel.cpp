#include "probe/ggml_kernel.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <limits>

#include "base/error.h"
#include "probe/ggml_plan.h"
#include "probe/row_pattern.h"

namespace foretoken::probe {
namespace {

constexpr std::uint64_t kSeed = 20;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::size_t whole(double number) { return static_cast<std::size_t>(number); }
std::int64_t extent(double number) { return static_cast<std::int64_t>(number); }

/// Copies of the operands that a case rotates over.
std::size_t copies_in(const Sample& sample) {
  return std::max<std::size_t>(1, whole(sample.footprint / streamed_bytes(sample)));
}

/// `off` as a share of `size`; what is not a number is infinitely wrong.
double share(double off, double size) {
  return std::isfinite(off) ? off / std::max(size, 1e-30) : kInfinity;
}

void set_floats(ggml_tensor* tensor, const std::vector<float>& values) {
  ggml_backend_tensor_set(tensor, values.data(), 0, values.size() * sizeof(float));
}

ggml_tensor* product_of(ggml_context* context, const Sample& sample, ggml_tensor* x) {
  ggml_tensor* const weights = ggml_new_tensor_2d(context, ggml_type_of(streamed_format(sample)),
                                                  extent(sample.k), extent(sample.n));
  return ggml_mul_mat(context, weights, x);
}

ggml_tensor* activations_of(ggml_context* context, const Sample& sample) {
  return ggml_new_tensor_2d(context, GGML_TYPE_F32, extent(sample.k), extent(sample.m));
}

/// Weights times activations.
class GgmlProduct : public GgmlKernel {
 public:
  GgmlProduct(const Sample& sample, GgmlProcessor& processor, GgmlMemory& memory)
      : GgmlKernel(processor, 1 + 2 * copies_in(sample)),
        n_(whole(sample.n)),
        k_(whole(sample.k)),
        m_(whole(sample.m)),
        weights_(streamed_format(sample), n_, k_, kSeed),
        // Of size one, as what norms leave behind.
        x_(exact_activations(k_ * m_, 1.0F / 64)) {
    ggml_tensor* const x = activations_of(tensors_.get(), sample);
    ggml_tensor* op = product_of(tensors_.get(), sample, x);
    const auto kind = processor.plain_memory();
    small_ = std::make_unique<GgmlMemory>(
        kind, GgmlMemory::bytes_of(kind, x) + GgmlMemory::bytes_of(kind, op));
    small_->place(x);
    set_floats(x, x_);
    for (std::size_t copy = 0; copy < copies_in(sample); ++copy) {
      if (copy > 0) op = product_of(tensors_.get(), sample, x);
      // Rearranged weights may take more room than plain ones: then there are fewer copies.
      if (copy > 0 && !memory.has_room_for(op->src[0])) break;
      memory.place(op->src[0]);
      ggml_backend_tensor_set(op->src[0], weights_.matrix(copy), 0, weights_.matrix_bytes());
      add(op);
    }
  }

 private:
  /// Rows from all over the matrix, so that every thread's part is seen; off the exact product as a
  /// share of the sum of its terms' sizes.
  double error_of(const std::vector<float>& result, std::size_t copy) const override {
    constexpr std::size_t kRows = 16;
    double worst = 0.0;
    for (std::size_t i = 0; i < kRows; ++i) {
      const std::size_t row = i * (n_ - 1) / (kRows - 1);
      const std::vector<double> w = weights_.values(copy, row);
      for (std::size_t token = 0; token < m_; ++token) {
        double sum = 0.0;
        double size = 0.0;
        for (std::size_t j = 0; j < k_; ++j) {
          const double term = w[j] * static_cast<double>(x_[token * k_ + j]);
          sum += term;
          size += std::abs(term);
        }
        const auto got = static_cast<double>(result[token * n_ + row]);
        worst = std::max(worst, share(std::abs(got - sum), size));
      }
    }
    return worst;
  }

  std::size_t n_;
  std::size_t k_;
  std::size_t m_;
  RowPattern weights_;
  std::vector<float> x_;
};

/// What attention needs, its operands as llama.cpp keeps them: a row of all heads a token.
struct AttentionTensors {
  ggml_tensor* query;
  ggml_tensor* mask;
  ggml_tensor* keys = nullptr;
  ggml_tensor* values = nullptr;
};

AttentionTensors attention_tensors(ggml_context* context, const Sample& sample) {
  // Rows of a mask were padded to 64 tokens once; more than needed never hurts.
  constexpr std::int64_t kMaskTokens = 64;
  return {.query = ggml_new_tensor_3d(context, GGML_TYPE_F32, extent(sample.head_dim), 1,
                                      extent(sample.heads_q)),
          .mask = ggml_new_tensor_2d(context, GGML_TYPE_F16, extent(sample.kv_len), kMaskTokens)};
}

void add_cache(ggml_context* context, const Sample& sample, AttentionTensors& to) {
  for (ggml_tensor** part : {&to.keys, &to.values}) {
    *part =
        ggml_new_tensor_3d(context, ggml_type_of(streamed_format(sample)), extent(sample.head_dim),
                           extent(sample.heads_kv), extent(sample.kv_len));
  }
}

double score_scale(const Sample& sample) { return 1.0 / std::sqrt(sample.head_dim); }

ggml_tensor* attention_of(ggml_context* context, const Sample& sample,
                          const AttentionTensors& tensors) {
  const auto by_heads = [&](ggml_tensor* part) {
    ggml_tensor* const view = ggml_permute(context, part, 0, 2, 1, 3);
    if (part->buffer != nullptr) ggml_backend_view_init(view);
    return view;
  };
  ggml_tensor* const keys = by_heads(tensors.keys);
  ggml_tensor* const values = by_heads(tensors.values);
  ggml_tensor* const op = ggml_flash_attn_ext(context, tensors.query, keys, values, tensors.mask,
                                              static_cast<float>(score_scale(sample)), 0.0F, 0.0F);
  ggml_flash_attn_ext_set_prec(op, GGML_PREC_F32);
  return op;
}

/// One query token over a cache.
class GgmlAttention : public GgmlKernel {
 public:
  GgmlAttention(const Sample& sample, GgmlProcessor& processor, GgmlMemory& memory)
      : GgmlKernel(processor, 2 + 5 * copies_in(sample)),
        sample_(sample),
        vectors_(streamed_format(sample), whole(sample.kv_len * sample.heads_kv),
                 whole(sample.head_dim), kSeed),
        // Scores that differ by some units, so that some tokens count and not the mean of all: sums
        // over many tokens in halves, as ggml keeps them, would not be told from wrong ones.
        query_(exact_activations(whole(sample.heads_q * sample.head_dim), 1.0F / 16)) {
    AttentionTensors tensors = attention_tensors(tensors_.get(), sample);
    const auto kind = processor.plain_memory();
    const std::size_t result = GgmlMemory::bytes_of(kind, tensors.query);  // of the same size
    small_ = std::make_unique<GgmlMemory>(
        kind, result + result + GgmlMemory::bytes_of(kind, tensors.mask));
    small_->place(tensors.query);
    set_floats(tensors.query, query_);
    small_->place(tensors.mask);
    const std::vector<std::byte> all_seen(ggml_nbytes(tensors.mask));
    ggml_backend_tensor_set(tensors.mask, all_seen.data(), 0, all_seen.size());
    for (std::size_t copy = 0; copy < copies_in(sample); ++copy) {
      add_cache(tensors_.get(), sample, tensors);
      memory.place(tensors.keys);
      memory.place(tensors.values);
      const std::size_t bytes = vectors_.matrix_bytes();
      ggml_backend_tensor_set(tensors.keys, vectors_.matrix(copy), 0, bytes);
      ggml_backend_tensor_set(tensors.values, vectors_.matrix(copy + kValueShift), 0, bytes);
      add(attention_of(tensors_.get(), sample, tensors));
    }
  }

 private:
  static constexpr std::size_t kValueShift = 100;

  /// Of the first and the last head, those of the first and the last thread, as a share of the
  /// head's largest output.
  double error_of(const std::vector<float>& result, std::size_t copy) const override {
    const std::size_t dim = whole(sample_.head_dim);
    double worst = 0.0;
    for (const std::size_t head : {std::size_t{0}, whole(sample_.heads_q) - 1}) {
      const std::vector<double> expected = attended(head, copy);
      double size = 0.0;
      double off = 0.0;
      for (std::size_t i = 0; i < dim; ++i) {
        size = std::max(size, std::abs(expected[i]));
        const double difference = static_cast<double>(result[head * dim + i]) - expected[i];
        off = std::isnan(difference) ? kInfinity : std::max(off, std::abs(difference));
      }
      worst = std::max(worst, share(off, size));
    }
    return worst;
  }

  std::vector<double> attended(std::size_t head, std::size_t copy) const {
    const std::size_t dim = whole(sample_.head_dim);
    const std::size_t heads_kv = whole(sample_.heads_kv);
    const std::size_t head_kv = head * heads_kv / whole(sample_.heads_q);
    const std::size_t tokens = whole(sample_.kv_len);
    std::vector<double> weights(tokens);
    for (std::size_t t = 0; t < tokens; ++t) {
      const std::vector<double> key = vectors_.values(copy, t * heads_kv + head_kv);
      for (std::size_t i = 0; i < dim; ++i) {
        weights[t] += key[i] * static_cast<double>(query_[head * dim + i]) * score_scale(sample_);
      }
    }
    const double largest = *std::max_element(weights.begin(), weights.end());
    double sum = 0.0;
    for (double& weight : weights) sum += weight = std::exp(weight - largest);
    std::vector<double> out(dim);
    for (std::size_t t = 0; t < tokens; ++t) {
      const std::vector<double> value = vectors_.values(copy + kValueShift, t * heads_kv + head_kv);
      for (std::size_t i = 0; i < dim; ++i) out[i] += weights[t] / sum * value[i];
    }
    return out;
  }

  Sample sample_;
  RowPattern vectors_;
  std::vector<float> query_;
};

/// For one graph of so many operators.
GgmlContext graph_memory(std::size_t operators) {
  GgmlContext context(ggml_init({.mem_size = ggml_graph_overhead_custom(operators, false),
                                 .mem_buffer = nullptr,
                                 .no_alloc = true}));
  if (!context) throw Error("ggml has no memory for a graph");
  return context;
}

double seconds_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  constexpr double kNano = 1e-9;
  return static_cast<double>(time.tv_sec) + kNano * static_cast<double>(time.tv_nsec);
}

}  // namespace

GgmlKernel::GgmlKernel(GgmlProcessor& processor, std::size_t tensors)
    : processor_(processor), tensors_(ggml_tensors(tensors)) {}

void GgmlKernel::add(ggml_tensor* op) {
  // A graph that is grown to an operator marks it as one to compute; those that are run only list
  // operators, without what they are made of.
  constexpr std::size_t kTensorsOfOne = 16;
  const GgmlContext memory = graph_memory(kTensorsOfOne);
  ggml_build_forward_expand(ggml_new_graph_custom(memory.get(), kTensorsOfOne, false), op);
  if (ops_.empty()) {
    small_->place(op);
  } else {
    small_->place_over(op, ops_.front());
  }
  ops_.push_back(op);
}

Timed GgmlKernel::timed_calls(std::size_t calls) {
  using Clock = std::chrono::steady_clock;
  const GgmlContext memory = graph_memory(calls);
  ggml_cgraph* const graph = ggml_new_graph_custom(memory.get(), calls, false);
  for (std::size_t i = 0; i < calls; ++i) ggml_graph_add_node(graph, ops_[next_++ % ops_.size()]);
  const int threads = processor_.threads();
  const clockid_t counted = threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID;
  const double own_start = seconds_of(counted);
  const Clock::time_point start = Clock::now();
  processor_.compute(graph);
  const double wall = std::chrono::duration<double>(Clock::now() - start).count();
  const double own = seconds_of(counted) - own_start;
  if (threads == 1 && own > 0.0) return {std::min(wall, own), 1.0};
  // Threads that wait for others spin: what is missing was taken from them.
  return {wall, wall > 0.0 ? std::min(1.0, own / wall / threads) : 1.0};
}

double GgmlKernel::error() {
  std::vector<float> result(ggml_nbytes(ops_.front()) / sizeof(float),
                            std::numeric_limits<float>::quiet_NaN());
  set_floats(ops_.front(), result);  // what is left of an earlier call must not pass for this one's
  const std::size_t copy = next_ % ops_.size();
  timed_calls(1);
  ggml_backend_tensor_get(ops_.front(), result.data(), 0, result.size() * sizeof(float));
  return error_of(result, copy);
}

ggml_backend_buffer_type_t memory_of(const Sample& sample, const GgmlProcessor& processor) {
  constexpr std::size_t kTensors = 8;
  const GgmlContext context = ggml_tensors(kTensors);
  if (sample.kernel == Kernel::Gemv) {
    return processor.memory_for(
        product_of(context.get(), sample, activations_of(context.get(), sample)));
  }
  AttentionTensors tensors = attention_tensors(context.get(), sample);
  add_cache(context.get(), sample, tensors);
  const bool supported = processor.supports(attention_of(context.get(), sample, tensors));
  return supported ? processor.plain_memory() : nullptr;
}

std::unique_ptr<GgmlKernel> make_ggml_kernel(const Sample& sample, GgmlProcessor& processor,
                                             GgmlMemory& memory) {
  memory.clear();
  if (sample.kernel == Kernel::Gemv) {
    return std::make_unique<GgmlProduct>(sample, processor, memory);
  }
  return std::make_unique<GgmlAttention>(sample, processor, memory);
}

}  // namespace foretoken::probe
