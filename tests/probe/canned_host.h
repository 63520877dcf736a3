#pragma once

/// Files of /proc and /sys as some machines have them.

#include <string>

#include <fmt/format.h>

#include "tests/probe/canned_cpuinfo.h"
#include "tests/probe/canned_module.h"
#include "tests/support/temp_folder.h"

namespace foretoken::probe::canned {

struct Cpu {
  int number;
  int core;
  int kilohertz;  ///< 0: no frequency driver
};

inline void write_cpu(const test::TempFolder& root, const Cpu& cpu) {
  const std::string folder = fmt::format("sys/devices/system/cpu/cpu{}/", cpu.number);
  root.write(folder + "topology/physical_package_id", "0\n");
  root.write(folder + "topology/core_id", fmt::format("{}\n", cpu.core));
  if (cpu.kilohertz > 0) {
    root.write(folder + "cpufreq/cpuinfo_max_freq", fmt::format("{}\n", cpu.kilohertz));
  }
}

inline void write_cache(const test::TempFolder& root, int cpu, int index, int level,
                        const std::string& size, const std::string& shared,
                        const std::string& type = "Data") {
  const std::string folder = fmt::format("sys/devices/system/cpu/cpu{}/cache/index{}/", cpu, index);
  root.write(folder + "level", fmt::format("{}\n", level));
  root.write(folder + "type", type + "\n");
  root.write(folder + "size", size + "\n");
  root.write(folder + "shared_cpu_list", shared + "\n");
}

/// One big core with two threads, two small ones; two modules of DDR5-5600.
inline void write_hybrid(const test::TempFolder& root) {
  root.write("proc/cpuinfo", kIntelHybrid);
  root.write("proc/meminfo", "MemTotal: 1000000 kB\nMemAvailable: 900000 kB\n");
  root.write("sys/devices/system/cpu/online", "0-3\n");
  root.write("sys/devices/cpu_atom/cpus", "2-3\n");
  for (const Cpu& cpu :
       {Cpu{0, 0, 5800000}, Cpu{1, 0, 5800000}, Cpu{2, 4, 4300000}, Cpu{3, 5, 4300000}}) {
    write_cpu(root, cpu);
    const bool big = cpu.number < 2;
    write_cache(root, cpu.number, 0, 1, big ? "48K" : "32K",
                big ? "0-1" : fmt::format("{}", cpu.number));
    write_cache(root, cpu.number, 1, 1, "64K", "0-3", "Instruction");
    write_cache(root, cpu.number, 3, 3, "36864K", "0-3", "Unified");
  }
  for (const int slot : {0, 1}) {
    root.write(fmt::format("sys/firmware/dmi/entries/17-{}/raw", slot),
               memory_module(0x22, 64, 5600, 5600));
  }
}

/// Two Cortex-A55 and two Cortex-A76, without caches or firmware tables.
inline void write_big_little(const test::TempFolder& root) {
  root.write("proc/cpuinfo", kArmBigLittle);
  root.write("proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable: 7000000 kB\n");
  root.write("sys/devices/system/cpu/online", "0-3\n");
  for (const Cpu& cpu :
       {Cpu{0, 0, 1800000}, Cpu{1, 1, 1800000}, Cpu{2, 2, 2350000}, Cpu{3, 3, 2350000}}) {
    write_cpu(root, cpu);
  }
}

/// A virtual machine of two cores that tells little.
inline void write_virtual(const test::TempFolder& root) {
  root.write("proc/cpuinfo", kAmdVirtual);
  root.write("proc/meminfo", "MemTotal: 24684536 kB\nMemAvailable: 20000000 kB\n");
  root.write("sys/devices/system/cpu/online", "0-1\n");
  for (const Cpu& cpu : {Cpu{0, 0, 0}, Cpu{1, 1, 0}}) {
    write_cpu(root, cpu);
    write_cache(root, cpu.number, 3, 3, "32768K", "0-1", "Unified");
  }
}

}  // namespace foretoken::probe::canned
