#pragma once

/// What the system tells about the processor and the memory that this process may use.

#include <optional>
#include <string>
#include <vector>

#include "probe/cpu_plan.h"
#include "probe/cpuinfo.h"
#include "probe/dmi_memory.h"

namespace foretoken::probe {

/// One cache: of one core, or shared.
struct Cache {
  int level = 0;
  double bytes = 0;
  std::vector<int> cpus;  ///< logical processors that it serves
};

/// One logical processor that this process may run on.
struct LogicalCpu {
  int number = 0;
  int package = 0;
  int core = 0;            ///< within its package; SMT siblings share it
  double most_hertz = 0;   ///< as the governor's driver tells it; 0: not told
  bool efficient = false;  ///< the smaller kind of Intel's two
};

struct Host {
  CpuInfo cpu;
  std::vector<LogicalCpu> cpus;  ///< by number
  std::vector<Cache> caches;     ///< data and unified ones that serve one of `cpus`, each once
  std::vector<MemoryModule> modules;
  double memory_bytes = 0;      ///< that a process here can have; 0: not told
  double available_bytes = 0;   ///< now; 0: not told
  std::optional<double> quota;  ///< cores' worth of time that a container may use
  bool virtual_machine = false;
  int processors_of_system = 0;  ///< logical ones online
};

/// Reads what is under `root` ("" for this machine). `allowed` are the processors that the process
/// may use; empty: all that are listed. What is missing is left as told to be unknown.
Host read_host(const std::string& root, const std::vector<int>& allowed);

/// Of this process, by `sched_getaffinity`; empty when the system does not tell.
std::vector<int> allowed_cpus();

int core_count(const Host& host);    ///< SMT siblings once, at most the quota
int thread_count(const Host& host);  ///< logical processors, at most the quota
/// Of all caches of the highest level together; 0: not told.
double last_level_bytes(const Host& host);
/// Of the largest single data cache of that level; 0: not told.
double cache_bytes(const Host& host, int level);

/// Without the pool, which needs options.
CpuMachine machine_of(const Host& host);
/// With the pool that its memory allows.
CpuMachine machine_with_pool(const Host& host, const CpuProbeOptions& options);

}  // namespace foretoken::probe
