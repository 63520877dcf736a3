#pragma once

/// ggml's backend for this processor, found the way llama.cpp finds it: by the registry, so that
/// backends that are linked and such that are loaded both do.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <ggml-backend.h>
#include <ggml.h>

#include "probe/weight_format.h"

namespace foretoken::probe {

template <auto release>
struct GgmlRelease {
  template <typename T>
  void operator()(T* pointer) const {
    release(pointer);
  }
};
using GgmlContext = std::unique_ptr<ggml_context, GgmlRelease<ggml_free>>;
using GgmlBuffer = std::unique_ptr<ggml_backend_buffer, GgmlRelease<ggml_backend_buffer_free>>;

/// Room for so many tensors without their data. Throws Error when there is none.
GgmlContext ggml_tensors(std::size_t count);

/// Of a GGUF format; int8_channel is none.
ggml_type ggml_type_of(WeightFormat format);

class GgmlProcessor {
 public:
  /// Throws Error when ggml has no backend for processors.
  GgmlProcessor();
  ~GgmlProcessor();
  GgmlProcessor(const GgmlProcessor&) = delete;
  GgmlProcessor& operator=(const GgmlProcessor&) = delete;

  ggml_backend_buffer_type_t plain_memory() const { return plain_; }
  /// Where llama.cpp would lay the weights of a matrix product: the first kind of memory, those
  /// that rearrange weights before the plain one, in which the product is supported; nullptr: none.
  ggml_backend_buffer_type_t memory_for(ggml_tensor* product) const;
  /// With all operands in plain memory.
  bool supports(const ggml_tensor* op) const;

  /// For `compute` from now on. Throws Error when the threads cannot be had.
  void use_threads(int threads);
  int threads() const { return threads_; }
  /// Throws Error when ggml fails.
  void compute(ggml_cgraph* graph);

 private:
  template <typename Function>
  Function function(const char* name) const;

  ggml_backend_dev_t device_ = nullptr;
  ggml_backend_t backend_ = nullptr;
  ggml_backend_buffer_type_t plain_ = nullptr;
  std::vector<ggml_backend_buffer_type_t> rearranging_;
  int threads_ = 0;
  ggml_threadpool_t pool_ = nullptr;
};

}  // namespace foretoken::probe
