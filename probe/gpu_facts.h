#pragma once

/// What an interface says of a GPU, and what is asked of a probe of it.

#include <cstdint>
#include <string>

namespace foretoken::probe {

/// 0 and empty: not told.
struct GpuFacts {
  std::string backend;             ///< "cuda", "opencl"
  std::string name;                ///< as the driver calls it
  std::string vendor;              ///< likewise
  std::string driver;              ///< its version
  std::string platform;            ///< OpenCL's, or the CUDA version that the driver supports
  std::string compute_capability;  ///< "9.0"; CUDA only
  std::string isa;                 ///< "sm_90", "gfx1100"
  std::string pci_address;
  bool integrated = false;        ///< shares its memory with the host
  bool is_processor = false;      ///< an OpenCL device that is the CPU
  int units = 0;                  ///< multiprocessors, compute units
  double clock_hertz = 0;         ///< highest
  double memory_clock_hertz = 0;  ///< a pin transfers twice a cycle of it
  int memory_bus_bits = 0;
  double power_limit_watts = 0;  ///< the board's own
  std::int64_t memory_bytes = 0;
  std::int64_t largest_allocation = 0;
  std::int64_t cache_bytes = 0;  ///< last level
  std::int64_t local_bytes = 0;  ///< shared memory of a unit
};

struct GpuProbeOptions {
  int device = 0;       ///< of those that the backend sees
  double seconds = 60;  ///< for everything
  bool quick = false;   ///< fewer sizes
  std::string only;     ///< kernels whose name contains it
};

}  // namespace foretoken::probe
