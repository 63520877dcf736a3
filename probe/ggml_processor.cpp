#include "probe/ggml_processor.h"

#include <fmt/format.h>

#include "base/error.h"

namespace foretoken::probe {
namespace {

void say_nothing(ggml_log_level /*level*/, const char* /*text*/, void* /*data*/) {}

ggml_backend_dev_t find_processor() {
  ggml_log_set(say_nothing, nullptr);
  ggml_backend_dev_t device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  if (device == nullptr) {  // none is linked: they may be libraries to load
    ggml_backend_load_all();
    device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  }
  if (device == nullptr) throw Error("ggml has no backend for this processor");
  return device;
}

// Names and types of what the processor's backend offers through the registry (ggml-cpu.h); it need
// not be linked.
using SetThreads = void (*)(ggml_backend_t backend, int threads);
using ExtraMemories = ggml_backend_buffer_type_t* (*)(ggml_backend_dev_t device);
using NewPool = ggml_threadpool_t (*)(ggml_threadpool_params* params);
using FreePool = void (*)(ggml_threadpool_t pool);
using SetPool = void (*)(ggml_backend_t backend, ggml_threadpool_t pool);

}  // namespace

GgmlContext ggml_tensors(std::size_t count) {
  GgmlContext context(ggml_init(
      {.mem_size = (count + 1) * ggml_tensor_overhead(), .mem_buffer = nullptr, .no_alloc = true}));
  if (!context) throw Error("ggml has no memory for tensors");
  return context;
}

ggml_type ggml_type_of(WeightFormat format) {
  switch (format) {
    case WeightFormat::F32:
      return GGML_TYPE_F32;
    case WeightFormat::F16:
      return GGML_TYPE_F16;
    case WeightFormat::BF16:
      return GGML_TYPE_BF16;
    case WeightFormat::Q8_0:
      return GGML_TYPE_Q8_0;
    case WeightFormat::Q4_0:
    case WeightFormat::Q4_0_8x8:
      return GGML_TYPE_Q4_0;
    case WeightFormat::Q4_K:
    case WeightFormat::Q4_K_8x8:
      return GGML_TYPE_Q4_K;
    case WeightFormat::Q6_K:
      return GGML_TYPE_Q6_K;
    case WeightFormat::Int8Channel:
      break;
  }
  return GGML_TYPE_COUNT;
}

template <typename Function>
Function GgmlProcessor::function(const char* name) const {
  const ggml_backend_reg_t registry = ggml_backend_dev_backend_reg(device_);
  return reinterpret_cast<Function>(ggml_backend_reg_get_proc_address(registry, name));
}

GgmlProcessor::GgmlProcessor()
    : device_(find_processor()),
      backend_(ggml_backend_dev_init(device_, nullptr)),
      plain_(ggml_backend_dev_buffer_type(device_)) {
  if (backend_ == nullptr) throw Error("ggml's backend for this processor does not start");
  const auto extra = function<ExtraMemories>("ggml_backend_dev_get_extra_bufts");
  if (extra == nullptr) return;
  const ggml_backend_buffer_type_t* memories = extra(device_);
  for (; memories != nullptr && *memories != nullptr; ++memories) rearranging_.push_back(*memories);
}

GgmlProcessor::~GgmlProcessor() {
  ggml_backend_free(backend_);
  if (pool_ != nullptr) function<FreePool>("ggml_threadpool_free")(pool_);
}

ggml_backend_buffer_type_t GgmlProcessor::memory_for(ggml_tensor* product) const {
  ggml_tensor* const weights = product->src[0];
  std::vector<ggml_backend_buffer_type_t> memories = rearranging_;
  memories.push_back(plain_);
  for (const ggml_backend_buffer_type_t memory : memories) {
    // An empty buffer says where the weights would be.
    const GgmlBuffer nowhere(ggml_backend_buft_alloc_buffer(memory, 0));
    weights->buffer = nowhere.get();
    const bool supported = supports(product);
    weights->buffer = nullptr;
    if (supported) return memory;
  }
  return nullptr;
}

bool GgmlProcessor::supports(const ggml_tensor* op) const {
  return ggml_backend_dev_supports_op(device_, op);
}

void GgmlProcessor::use_threads(int threads) {
  if (threads == threads_) return;
  const auto set_threads = function<SetThreads>("ggml_backend_set_n_threads");
  if (set_threads == nullptr) throw Error("ggml's backend does not let its threads be chosen");
  set_threads(backend_, threads);
  threads_ = threads;
  // Threads that stay, as those of llama.cpp do; without them each graph starts its own.
  const auto new_pool = function<NewPool>("ggml_threadpool_new");
  const auto free_pool = function<FreePool>("ggml_threadpool_free");
  const auto set_pool = function<SetPool>("ggml_backend_cpu_set_threadpool");
  if (new_pool == nullptr || free_pool == nullptr || set_pool == nullptr) return;
  ggml_threadpool_params params = ggml_threadpool_params_default(threads);
  const ggml_threadpool_t pool = new_pool(&params);
  if (pool == nullptr) throw Error(fmt::format("ggml gets no {} threads", threads));
  set_pool(backend_, pool);
  if (pool_ != nullptr) free_pool(pool_);
  pool_ = pool;
}

void GgmlProcessor::compute(ggml_cgraph* graph) {
  const ggml_status status = ggml_backend_graph_compute(backend_, graph);
  if (status != GGML_STATUS_SUCCESS) {
    throw Error(fmt::format("ggml fails to compute: status {}", static_cast<int>(status)));
  }
}

}  // namespace foretoken::probe
