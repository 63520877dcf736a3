#include "probe/host.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <sched.h>

#include "probe/gemv.h"
#include "probe/interleaved.h"
#include "probe/memory_pool.h"
#include "probe/system_file.h"
#include "probe/system_text.h"

namespace foretoken::probe {
namespace {

constexpr double kKilo = 1e3;

std::vector<LogicalCpu> read_cpus(const std::string& root, const std::vector<int>& allowed,
                                  int listed) {
  std::vector<int> numbers = parse_cpu_list(system_file(root + "/sys/devices/system/cpu/online"));
  if (numbers.empty()) {
    for (int i = 0; i < std::max(listed, 1); ++i) numbers.push_back(i);
  }
  const std::vector<int> efficient =
      parse_cpu_list(system_file(root + "/sys/devices/cpu_atom/cpus"));
  std::vector<LogicalCpu> cpus;
  for (const int number : numbers) {
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), number) == allowed.end()) {
      continue;
    }
    const std::string folder = fmt::format("{}/sys/devices/system/cpu/cpu{}", root, number);
    const auto whole = [&](const char* file, double otherwise) {
      const auto value = parse_whole(system_file(folder + file));
      return value ? static_cast<double>(*value) : otherwise;
    };
    cpus.push_back(
        {.number = number,
         .package = static_cast<int>(whole("/topology/physical_package_id", 0)),
         .core = static_cast<int>(whole("/topology/core_id", number)),
         .most_hertz = kKilo * whole("/cpufreq/cpuinfo_max_freq", 0),
         .efficient = std::find(efficient.begin(), efficient.end(), number) != efficient.end()});
  }
  return cpus;
}

std::vector<Cache> read_caches(const std::string& root, const std::vector<LogicalCpu>& cpus) {
  constexpr int kMostIndex = 8;
  std::vector<Cache> caches;
  std::set<std::pair<int, std::vector<int>>> seen;
  for (const LogicalCpu& cpu : cpus) {
    for (int index = 0; index < kMostIndex; ++index) {
      const std::string folder =
          fmt::format("{}/sys/devices/system/cpu/cpu{}/cache/index{}", root, cpu.number, index);
      const auto level = parse_whole(system_file(folder + "/level"));
      const auto bytes = parse_cache_size(system_line(folder + "/size"));
      if (!level || !bytes || system_line(folder + "/type") == "Instruction") continue;
      Cache cache{.level = static_cast<int>(*level),
                  .bytes = *bytes,
                  .cpus = parse_cpu_list(system_file(folder + "/shared_cpu_list"))};
      if (seen.insert({cache.level, cache.cpus}).second) caches.push_back(std::move(cache));
    }
  }
  return caches;
}

std::vector<MemoryModule> read_modules(const std::string& root) {
  constexpr int kMostSlots = 256;
  std::vector<MemoryModule> modules;
  for (int slot = 0; slot < kMostSlots; ++slot) {
    const std::string structure =
        system_file(fmt::format("{}/sys/firmware/dmi/entries/17-{}/raw", root, slot));
    if (structure.empty()) break;
    if (const auto module = parse_memory_module(structure)) modules.push_back(*module);
  }
  return modules;
}

/// The smaller of what is there and what a container may have.
double limited(double bytes, const std::string& limit_file) {
  const auto limit = parse_whole(system_file(limit_file));
  if (!limit || *limit == 0) return bytes;
  const auto most = static_cast<double>(*limit);
  return bytes > 0.0 ? std::min(bytes, most) : most;
}

void read_memory(const std::string& root, Host& host) {
  const std::string meminfo = system_file(root + "/proc/meminfo");
  const std::string group = root + "/sys/fs/cgroup/";
  host.memory_bytes =
      limited(parse_meminfo(meminfo, "MemTotal").value_or(0.0), group + "memory.max");
  host.available_bytes =
      std::min(parse_meminfo(meminfo, "MemAvailable").value_or(0.0), host.memory_bytes);
}

std::optional<double> read_quota(const std::string& root) {
  const std::string group = root + "/sys/fs/cgroup/";
  if (const auto quota = parse_cpu_max(system_file(group + "cpu.max"))) return quota;
  // Version 1 has two files, with -1 for no limit.
  return parse_cpu_max(system_line(group + "cpu/cpu.cfs_quota_us") + " " +
                       system_line(group + "cpu/cpu.cfs_period_us"));
}

int within_quota(const Host& host, std::size_t count) {
  const auto whole = static_cast<double>(std::max<std::size_t>(count, 1));
  return static_cast<int>(std::max(1.0, std::min(whole, std::ceil(host.quota.value_or(whole)))));
}

}  // namespace

std::vector<int> allowed_cpus() {
  // As many as the largest systems have: the kernel refuses a mask shorter than its own.
  constexpr int kMost = 1 << 14;
  cpu_set_t* const set = CPU_ALLOC(kMost);
  const std::size_t bytes = CPU_ALLOC_SIZE(kMost);
  std::vector<int> cpus;
  if (set != nullptr && sched_getaffinity(0, bytes, set) == 0) {
    for (int cpu = 0; cpu < kMost; ++cpu) {
      if (CPU_ISSET_S(static_cast<std::size_t>(cpu), bytes, set)) cpus.push_back(cpu);
    }
  }
  CPU_FREE(set);
  return cpus;
}

Host read_host(const std::string& root, const std::vector<int>& allowed) {
  Host host;
  host.cpu = parse_cpuinfo(system_file(root + "/proc/cpuinfo"));
  host.cpus = read_cpus(root, allowed, host.cpu.processors);
  host.caches = read_caches(root, host.cpus);
  host.modules = read_modules(root);
  read_memory(root, host);
  host.quota = read_quota(root);
  host.virtual_machine = host.cpu.has_flag("hypervisor");
  host.processors_of_system = host.cpu.processors;
  return host;
}

int core_count(const Host& host) {
  std::set<std::pair<int, int>> cores;
  for (const LogicalCpu& cpu : host.cpus) cores.insert({cpu.package, cpu.core});
  return within_quota(host, cores.size());
}

int thread_count(const Host& host) { return within_quota(host, host.cpus.size()); }

double last_level_bytes(const Host& host) {
  int level = 0;
  for (const Cache& cache : host.caches) level = std::max(level, cache.level);
  double bytes = 0.0;
  for (const Cache& cache : host.caches) bytes += cache.level == level ? cache.bytes : 0.0;
  return bytes;
}

double cache_bytes(const Host& host, int level) {
  double bytes = 0.0;
  for (const Cache& cache : host.caches) {
    if (cache.level == level) bytes = std::max(bytes, cache.bytes);
  }
  return bytes;
}

CpuMachine machine_of(const Host& host) {
  return {.cores = core_count(host),
          .threads = thread_count(host),
          .l1_bytes = cache_bytes(host, 1),
          .l2_bytes = cache_bytes(host, 2),
          .last_level_bytes = last_level_bytes(host),
          .pool_bytes = 0,
          .instruction_set = instruction_set(),
          .interleaves_rows = interleaves_rows()};
}

CpuMachine machine_with_pool(const Host& host, const CpuProbeOptions& options) {
  CpuMachine machine = machine_of(host);
  machine.pool_bytes =
      static_cast<double>(pool_bytes(wanted_pool(machine, options), host.available_bytes));
  return machine;
}

}  // namespace foretoken::probe
