#include "probe/cuda_backend.h"

#include <exception>

#include <fmt/format.h>

#include "base/error.h"
#include "probe/nvml_reader.h"

namespace foretoken::probe {
namespace {

std::string cuda_version(std::int32_t number) {
  return fmt::format("CUDA {}.{}", number / 1000, number % 1000 / 10);
}

std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

Kernel kernel_of(const CudaPlugin& plugin, std::int32_t number) {
  switch (number) {
    case FORETOKEN_CUDA_READ:
      return Kernel::Read;
    case FORETOKEN_CUDA_COPY:
      return Kernel::Copy;
    case FORETOKEN_CUDA_GEMV:
      return Kernel::Gemv;
    case FORETOKEN_CUDA_ATTENTION:
      return Kernel::Attention;
    case FORETOKEN_CUDA_LAUNCH:
      return Kernel::Launch;
    default:
      throw Error(
          fmt::format("the CUDA plug-in '{}' tells of an unknown kernel {}", plugin.path, number));
  }
}

Sample sample_of(const CudaPlugin& plugin, const foretoken_cuda_sample& from) {
  Sample sample;
  sample.kernel = kernel_of(plugin, from.kernel);
  sample.name = text_or_empty(from.name);
  sample.weight_format = text_or_empty(from.weight_format);
  sample.activation_format = text_or_empty(from.activation_format);
  sample.kv_format = text_or_empty(from.kv_format);
  sample.m = from.m;
  sample.n = from.n;
  sample.k = from.k;
  sample.heads_q = from.heads_q;
  sample.heads_kv = from.heads_kv;
  sample.head_dim = from.head_dim;
  sample.kv_len = from.kv_len;
  sample.bytes = from.bytes;
  sample.footprint = from.footprint;
  sample.seconds = from.seconds;
  sample.spread = from.spread;
  sample.repeats = from.repeats;
  sample.clock_hertz = from.clock_hertz;
  sample.watts = from.watts;
  sample.error = from.error;
  sample.noisy = from.noisy != 0;
  return sample;
}

/// What the plug-in's callbacks write to. No exception may pass through the plug-in: the first is
/// kept and thrown once it has returned.
struct Collector {
  const CudaPlugin& plugin;
  const Progress& progress;
  Findings findings;
  std::exception_ptr fault;

  template <typename Action>
  static void run(void* user, const Action& action) {
    auto& self = *static_cast<Collector*>(user);
    if (self.fault != nullptr) return;
    try {
      action(self);
    } catch (...) {
      self.fault = std::current_exception();
    }
  }
};

void take_sample(void* user, const foretoken_cuda_sample* from) {
  Collector::run(user, [&](Collector& self) {
    self.findings.samples.push_back(sample_of(self.plugin, *from));
  });
}

void take_progress(void* user, std::size_t done, std::size_t planned, const char* now) {
  Collector::run(user, [&](Collector& self) {
    if (self.progress) self.progress(done, planned, text_or_empty(now));
  });
}

void take_warning(void* user, const char* sentence) {
  Collector::run(
      user, [&](Collector& self) { self.findings.warnings.push_back(text_or_empty(sentence)); });
}

}  // namespace

GpuFacts describe_cuda(const CudaPlugin& plugin, int device) {
  foretoken_cuda_device from{};
  if (const char* error = plugin.describe(device, &from)) {
    throw Error(fmt::format("CUDA: {}", error));
  }
  GpuFacts facts;
  facts.backend = "cuda";
  facts.name = from.name;
  facts.vendor = "NVIDIA";
  facts.driver = from.driver;
  facts.platform = cuda_version(from.driver_version);
  facts.compute_capability = fmt::format("{}.{}", from.compute_major, from.compute_minor);
  facts.isa = fmt::format("sm_{}{}", from.compute_major, from.compute_minor);
  facts.pci_address = from.pci_bus_id;
  facts.power_limit_watts = NvmlReader(facts.pci_address).power_limit_watts();
  facts.integrated = from.integrated != 0;
  facts.units = from.multiprocessors;
  facts.clock_hertz = static_cast<double>(from.clock_hertz);
  facts.memory_clock_hertz = static_cast<double>(from.memory_clock_hertz);
  facts.memory_bus_bits = from.memory_bus_bits;
  facts.memory_bytes = from.memory_bytes;
  facts.largest_allocation = from.memory_bytes;
  facts.cache_bytes = from.l2_bytes;
  facts.local_bytes = from.shared_bytes;
  return facts;
}

Findings probe_cuda(const CudaPlugin& plugin, const GpuProbeOptions& options,
                    const Progress& progress) {
  const GpuFacts facts = describe_cuda(plugin, options.device);
  Collector collector{plugin, progress, {}, nullptr};
  collector.findings.backend = "cuda";
  collector.findings.device = facts.name;
  collector.findings.driver =
      facts.driver.empty() ? facts.platform : facts.driver + ", " + facts.platform;

  foretoken_cuda_request request{};
  request.abi = FORETOKEN_CUDA_ABI;
  request.device = options.device;
  request.budget_seconds = options.seconds;
  request.quick = options.quick ? 1 : 0;
  request.only = options.only.c_str();
  request.user = &collector;
  request.on_sample = take_sample;
  request.on_progress = take_progress;
  request.on_warning = take_warning;
  const char* error = plugin.probe(&request);
  if (collector.fault != nullptr) std::rethrow_exception(collector.fault);
  if (error != nullptr) throw Error(fmt::format("CUDA: {}", error));
  return std::move(collector.findings);
}

}  // namespace foretoken::probe
