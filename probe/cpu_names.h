#pragma once

/// Names of processors and their cores as the device files write them, from the numbers that a
/// processor has for itself.

#include <string>

#include "probe/cpuinfo.h"

namespace foretoken::probe {

/// "AMD EPYC 9374F"; the chip or board where the processor has no name; "processor" without both.
std::string device_name(const CpuInfo& cpu);

/// "AMD", "Intel", "Arm", "Apple", ...; "unknown" for numbers not in the table.
std::string vendor_name(const CpuInfo& cpu);

/// "Zen3", "Cascade-Lake"; empty for numbers not in the table, and on Arm.
std::string x86_architecture(const CpuInfo& cpu);

/// "Cortex-A76", "Neoverse-N1"; empty for numbers not in the table.
std::string arm_core_name(const ArmCore& core);

/// The best instruction set for integer products: "avx512-vnni", "avx2", "armv8.2-dotprod".
std::string isa_name(const CpuInfo& cpu);

/// int8 products a clock of a core (hwdb/device.h): by its name, else what cores with that
/// instruction set usually do. `efficient` is the smaller kind of Intel's two.
double int8_macs(const std::string& core_name, const std::string& isa, bool efficient);

}  // namespace foretoken::probe
