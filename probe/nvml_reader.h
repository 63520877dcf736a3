#pragma once

/// Power and clocks of an NVIDIA GPU, read and never set, through NVML opened at run time: a
/// machine without it has no figures and no error.
///
/// C++17 without libraries but dlopen: also compiled by nvcc.

#include <string>

#include <dlfcn.h>

namespace foretoken::probe {

class NvmlReader {
 public:
  /// Of the device at a PCI address such as "0000:01:00.0".
  explicit NvmlReader(const std::string& pci_bus_id) {
    library_ = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr) return;
    const auto init = function<int (*)()>("nvmlInit_v2");
    const auto find = function<int (*)(const char*, void**)>("nvmlDeviceGetHandleByPciBusId_v2");
    if (init == nullptr || find == nullptr || init() != 0) return;
    started_ = true;
    if (find(pci_bus_id.c_str(), &device_) != 0) device_ = nullptr;
  }
  ~NvmlReader() {
    if (started_) {
      const auto stop = function<int (*)()>("nvmlShutdown");
      if (stop != nullptr) stop();
    }
    if (library_ != nullptr) dlclose(library_);
  }
  NvmlReader(const NvmlReader&) = delete;
  NvmlReader& operator=(const NvmlReader&) = delete;

  bool works() const { return device_ != nullptr; }
  /// 0 where not told. Newer devices average power over about a second.
  double watts() const { return read<unsigned>("nvmlDeviceGetPowerUsage") * 1e-3; }
  /// Energy since the driver was loaded; 0 where not counted.
  double joules() const {
    return read<unsigned long long>("nvmlDeviceGetTotalEnergyConsumption") * 1e-3;
  }
  /// What the board's power is limited to unless its owner changed it; 0 where not told.
  double power_limit_watts() const {
    return read<unsigned>("nvmlDeviceGetPowerManagementDefaultLimit") * 1e-3;
  }
  double sm_hertz() const { return clock(1); }
  double memory_hertz() const { return clock(2); }
  /// Version of the driver, such as "580.159.04"; empty where not told.
  std::string driver() const {
    const auto get = function<int (*)(char*, unsigned)>("nvmlSystemGetDriverVersion");
    char text[96] = {};
    if (!started_ || get == nullptr || get(text, sizeof text - 1) != 0) return {};
    return text;
  }

 private:
  template <typename Function>
  Function function(const char* name) const {
    return reinterpret_cast<Function>(dlsym(library_, name));
  }
  template <typename Value>
  double read(const char* name) const {
    if (device_ == nullptr) return 0;
    const auto get = function<int (*)(void*, Value*)>(name);
    Value value = 0;
    if (get == nullptr || get(device_, &value) != 0) return 0;
    return static_cast<double>(value);
  }
  double clock(int which) const {
    if (device_ == nullptr) return 0;
    const auto get = function<int (*)(void*, int, unsigned*)>("nvmlDeviceGetClockInfo");
    unsigned megahertz = 0;
    if (get == nullptr || get(device_, which, &megahertz) != 0) return 0;
    return megahertz * 1e6;
  }

  void* library_ = nullptr;
  void* device_ = nullptr;
  bool started_ = false;
};

}  // namespace foretoken::probe
