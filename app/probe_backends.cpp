#include "app/probe_backends.h"

#include <array>
#include <cstdlib>
#include <utility>

#include "app/data_folders.h"
#include "base/error.h"
#include "calibrate/import_names.h"
#include "probe/core_clock.h"
#include "probe/cpu_names.h"
#include "probe/cpu_probe.h"
#include "probe/cuda_backend.h"
#include "probe/describe_gpu.h"
#include "probe/ggml_backend.h"
#include "probe/opencl_backend.h"

namespace foretoken::app {
namespace {

const hwdb::Device* known_device(const sim::Library& library, const std::string& name) {
  for (const std::string& spelling : calibrate::device_spellings(name)) {
    if (const hwdb::Device* const device = library.devices.lookup(spelling)) return device;
  }
  return nullptr;
}

/// The catalogue's processor is this one only when all of its cores are there.
std::string processor_id(const sim::Library& library, const probe::Host& host) {
  const std::string id = probe::device_id(host);
  if (const hwdb::Device* const described = library.devices.lookup(id)) return described->id;
  const hwdb::Device* const known = known_device(library, probe::device_name(host.cpu));
  const bool whole = known != nullptr && known->device_class == hwdb::DeviceClass::Cpu &&
                     known->cores == probe::core_count(host);
  return whole ? known->id : id;
}

probe::CpuProbeOptions processor_options(const ProbeRequest& request) {
  return {.threads = request.threads, .seconds = request.seconds, .quick = request.quick};
}

Probed probe_processor(const ProbeRequest& request, const sim::Library& library,
                       const probe::Progress& progress) {
  const probe::Host host = probe::read_host("", probe::allowed_cpus());
  return {.findings = probe::probe_cpu(host, processor_options(request), progress),
          .device = processor_id(library, host),
          .last_level_bytes = probe::last_level_bytes(host)};
}

probe::Description describe_processor(double seconds, const sim::Library& /*library*/,
                                      const IdChoice& choose) {
  const probe::Host host = probe::read_host("", probe::allowed_cpus());
  const std::string id = choose(probe::device_id(host));
  const probe::Measured measured{.bandwidth = probe::fastest_read(host, seconds),
                                 .clock_hertz = probe::core_clock()};
  return probe::describe(host, measured, id);
}

Probed probe_by_ggml(const ProbeRequest& request, const sim::Library& library,
                     const probe::Progress& progress) {
  const probe::Host host = probe::read_host("", probe::allowed_cpus());
  return {.findings = probe::probe_ggml(host, processor_options(request), progress),
          .device = processor_id(library, host),
          .last_level_bytes = probe::last_level_bytes(host)};
}

probe::Description describe_by_ggml(double /*seconds*/, const sim::Library& /*library*/,
                                    const IdChoice& /*choose*/) {
  throw Error("ggml times the processor, which '--backend cpu' describes");
}

probe::GpuProbeOptions gpu_options(const ProbeRequest& request) {
  return {.device = 0, .seconds = request.seconds, .quick = request.quick, .only = {}};
}

Probed probed_gpu(probe::Findings findings, const probe::GpuFacts& facts,
                  const sim::Library& library) {
  return {.findings = std::move(findings),
          .device = device_id_of(library, facts.name),
          .last_level_bytes = static_cast<double>(facts.cache_bytes)};
}

/// Streams over buffers tell the bandwidth.
probe::GpuProbeOptions stream_options(double seconds) {
  return {.device = 0, .seconds = seconds, .quick = true, .only = "read_"};
}

probe::Description described_gpu(const probe::GpuFacts& facts, const sim::Library& library,
                                 const IdChoice& choose,
                                 const std::function<probe::Findings()>& streams) {
  std::string own_id = device_id_of(library, facts.name);
  if (own_id.empty()) own_id = facts.backend + "-device";
  const std::string id = choose(own_id);
  return probe::describe_gpu(facts, probe::measured_of(streams(), facts), library.devices.devices(),
                             own_id, id);
}

probe::CudaPlugin cuda_plugin() {
  const char* const folders = std::getenv("FORETOKEN_PLUGINS");
  return probe::open_cuda_plugin(
      probe::cuda_plugin_paths(folders == nullptr ? "" : folders, program_folder()));
}

Probed probe_nvidia(const ProbeRequest& request, const sim::Library& library,
                    const probe::Progress& progress) {
  const probe::CudaPlugin plugin = cuda_plugin();
  const probe::GpuProbeOptions options = gpu_options(request);
  const probe::GpuFacts facts = probe::describe_cuda(plugin, options.device);
  return probed_gpu(probe::probe_cuda(plugin, options, progress), facts, library);
}

probe::Description describe_nvidia(double seconds, const sim::Library& library,
                                   const IdChoice& choose) {
  const probe::CudaPlugin plugin = cuda_plugin();
  const probe::GpuProbeOptions options = stream_options(seconds);
  return described_gpu(probe::describe_cuda(plugin, options.device), library, choose,
                       [&] { return probe::probe_cuda(plugin, options, {}); });
}

Probed probe_by_opencl(const ProbeRequest& request, const sim::Library& library,
                       const probe::Progress& progress) {
  const probe::GpuProbeOptions options = gpu_options(request);
  const probe::GpuFacts facts = probe::describe_opencl().front();
  return probed_gpu(probe::probe_opencl(options, progress), facts, library);
}

probe::Description describe_by_opencl(double seconds, const sim::Library& library,
                                      const IdChoice& choose) {
  const probe::GpuProbeOptions options = stream_options(seconds);
  return described_gpu(probe::describe_opencl().front(), library, choose,
                       [&] { return probe::probe_opencl(options, {}); });
}

constexpr std::array kBackends{
    ProbeBackend{"cpu", probe_processor, describe_processor},
    ProbeBackend{"ggml", probe_by_ggml, describe_by_ggml},
    ProbeBackend{"cuda", probe_nvidia, describe_nvidia},
    ProbeBackend{"opencl", probe_by_opencl, describe_by_opencl},
};

}  // namespace

std::span<const ProbeBackend> probe_backends() { return kBackends; }

std::vector<std::string> backend_choices() {
  std::vector<std::string> names{"all"};
  for (const ProbeBackend& backend : kBackends) names.emplace_back(backend.name);
  return names;
}

std::string device_id_of(const sim::Library& library, const std::string& name) {
  const hwdb::Device* const known = known_device(library, name);
  return known != nullptr ? known->id : probe::id_of_name(name);
}

}  // namespace foretoken::app
