#include "probe/opencl_device.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "probe/nvml_reader.h"

namespace foretoken::probe {
namespace {

/// Drivers pad and terminate names as they like.
std::string trimmed(std::string text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\0' || c == '\n' || c == '\t'; };
  while (!text.empty() && is_space(text.back())) text.pop_back();
  const auto first = std::find_if_not(text.begin(), text.end(), is_space);
  text.erase(text.begin(), first);
  return text;
}

bool is_gpu(const cl::Device& device) {
  return (device.getInfo<CL_DEVICE_TYPE>() & CL_DEVICE_TYPE_GPU) != 0;
}

template <typename Value>
std::optional<Value> find_info(const cl::Device& device, cl_device_info what) {
  Value value{};
  if (clGetDeviceInfo(device(), what, sizeof value, &value, nullptr) != CL_SUCCESS) return {};
  return value;
}

/// What only some vendors' drivers tell; others refuse the question.
void add_vendor_facts(const cl::Device& device, GpuFacts& facts) {
  const auto major = find_info<cl_uint>(device, CL_DEVICE_COMPUTE_CAPABILITY_MAJOR_NV);
  const auto minor = find_info<cl_uint>(device, CL_DEVICE_COMPUTE_CAPABILITY_MINOR_NV);
  if (major && minor) {
    facts.compute_capability = fmt::format("{}.{}", *major, *minor);
    facts.isa = fmt::format("sm_{}{}", *major, *minor);
  }
  // AMD's device name is the instruction set with its options ("gfx90a:sramecc+:xnack-"), the
  // product's name is that of the board.
  if (facts.name.starts_with("gfx")) {
    facts.isa = facts.name.substr(0, facts.name.find(':'));
    std::array<char, 256> board{};
    if (clGetDeviceInfo(device(), CL_DEVICE_BOARD_NAME_AMD, board.size() - 1, board.data(),
                        nullptr) == CL_SUCCESS) {
      if (const std::string name = trimmed(board.data()); !name.empty()) facts.name = name;
    }
  }
  if (const auto at = find_info<cl_device_pci_bus_info_khr>(device, CL_DEVICE_PCI_BUS_INFO_KHR)) {
    facts.pci_address = fmt::format("{:04x}:{:02x}:{:02x}.{:x}", at->pci_domain, at->pci_bus,
                                    at->pci_device, at->pci_function);
    facts.power_limit_watts = NvmlReader(facts.pci_address).power_limit_watts();
  }
}

}  // namespace

std::vector<cl::Device> opencl_devices() {
  std::vector<cl::Device> devices;
  with_opencl_errors([&] {
    std::vector<cl::Platform> platforms;
    try {
      cl::Platform::get(&platforms);
    } catch (const cl::Error&) {  // the loader's way to say that there is none
      platforms.clear();
    }
    if (platforms.empty()) {
      throw Error("there is no OpenCL platform: the device's driver does not bring one");
    }
    for (const cl::Platform& platform : platforms) {
      std::vector<cl::Device> some;
      try {
        platform.getDevices(CL_DEVICE_TYPE_ALL, &some);
      } catch (const cl::Error& error) {
        if (error.err() != CL_DEVICE_NOT_FOUND) throw;
      }
      devices.insert(devices.end(), some.begin(), some.end());
    }
    if (devices.empty()) throw Error("no OpenCL platform has a device");
    std::stable_partition(devices.begin(), devices.end(), is_gpu);
  });
  return devices;
}

GpuFacts opencl_facts(const cl::Device& device) {
  GpuFacts facts;
  with_opencl_errors([&] {
    const auto type = device.getInfo<CL_DEVICE_TYPE>();
    const cl::Platform platform(device.getInfo<CL_DEVICE_PLATFORM>());
    facts.backend = "opencl";
    facts.name = trimmed(device.getInfo<CL_DEVICE_NAME>());
    facts.vendor = trimmed(device.getInfo<CL_DEVICE_VENDOR>());
    facts.driver = trimmed(device.getInfo<CL_DRIVER_VERSION>());
    facts.platform = trimmed(platform.getInfo<CL_PLATFORM_NAME>());
    facts.is_processor = (type & CL_DEVICE_TYPE_CPU) != 0;
    cl_bool shares = CL_FALSE;
    // Deprecated since 2.0 and told by every driver all the same; no other query says it.
    if (clGetDeviceInfo(device(), CL_DEVICE_HOST_UNIFIED_MEMORY, sizeof shares, &shares, nullptr) ==
        CL_SUCCESS) {
      facts.integrated = shares != CL_FALSE;
    }
    facts.units = static_cast<int>(device.getInfo<CL_DEVICE_MAX_COMPUTE_UNITS>());
    facts.clock_hertz = device.getInfo<CL_DEVICE_MAX_CLOCK_FREQUENCY>() * 1e6;
    facts.memory_bytes = static_cast<std::int64_t>(device.getInfo<CL_DEVICE_GLOBAL_MEM_SIZE>());
    facts.largest_allocation =
        static_cast<std::int64_t>(device.getInfo<CL_DEVICE_MAX_MEM_ALLOC_SIZE>());
    facts.cache_bytes =
        static_cast<std::int64_t>(device.getInfo<CL_DEVICE_GLOBAL_MEM_CACHE_SIZE>());
    facts.local_bytes = static_cast<std::int64_t>(device.getInfo<CL_DEVICE_LOCAL_MEM_SIZE>());
    add_vendor_facts(device, facts);
  });
  return facts;
}

void with_opencl_errors(const std::function<void()>& action) {
  try {
    action();
  } catch (const cl::BuildError& error) {
    std::string log;
    for (const auto& part : error.getBuildLog()) log += part.second;
    throw Error(fmt::format("OpenCL: the driver does not compile the kernels (error {}): {}",
                            error.err(), log));
  } catch (const cl::Error& error) {
    throw Error(fmt::format("OpenCL: {} failed with error {}", error.what(), error.err()));
  }
}

}  // namespace foretoken::probe
