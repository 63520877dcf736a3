#include "probe/cpu_names.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace foretoken::probe {
namespace {

/// Models `first` to `last` of a family.
struct Named {
  int family;
  int first;
  int last;
  std::string_view name;
};

// Families and models as CPUID tells them (Intel SDM volume 4, AMD revision guides), as recalled.
constexpr std::array kIntel{
    Named{6, 0x17, 0x17, "Core-Penryn"},    Named{6, 0x1a, 0x1a, "Nehalem"},
    Named{6, 0x1e, 0x1f, "Nehalem"},        Named{6, 0x2e, 0x2e, "Nehalem"},
    Named{6, 0x25, 0x25, "Westmere"},       Named{6, 0x2c, 0x2c, "Westmere"},
    Named{6, 0x2a, 0x2a, "Sandy-Bridge"},   Named{6, 0x2d, 0x2d, "Sandy-Bridge"},
    Named{6, 0x3a, 0x3a, "Ivy-Bridge"},     Named{6, 0x3e, 0x3e, "Ivy-Bridge"},
    Named{6, 0x3c, 0x3c, "Haswell"},        Named{6, 0x3f, 0x3f, "Haswell"},
    Named{6, 0x45, 0x46, "Haswell"},        Named{6, 0x3d, 0x3d, "Broadwell"},
    Named{6, 0x47, 0x47, "Broadwell"},      Named{6, 0x4f, 0x4f, "Broadwell"},
    Named{6, 0x56, 0x56, "Broadwell"},      Named{6, 0x4e, 0x4e, "Skylake"},
    Named{6, 0x5e, 0x5e, "Skylake"},        Named{6, 0x8e, 0x8e, "Kaby-Lake"},
    Named{6, 0x9e, 0x9e, "Kaby-Lake"},      Named{6, 0xa5, 0xa6, "Comet-Lake"},
    Named{6, 0x7d, 0x7e, "Ice-Lake"},       Named{6, 0x6a, 0x6a, "Ice-Lake-SP"},
    Named{6, 0x6c, 0x6c, "Ice-Lake-SP"},    Named{6, 0x8c, 0x8d, "Tiger-Lake"},
    Named{6, 0xa7, 0xa7, "Rocket-Lake"},    Named{6, 0x97, 0x97, "Alder-Lake"},
    Named{6, 0x9a, 0x9a, "Alder-Lake"},     Named{6, 0xbe, 0xbe, "Alder-Lake-N (Gracemont)"},
    Named{6, 0xb7, 0xb7, "Raptor-Lake"},    Named{6, 0xba, 0xba, "Raptor-Lake"},
    Named{6, 0xbf, 0xbf, "Raptor-Lake"},    Named{6, 0xaa, 0xaa, "Meteor-Lake"},
    Named{6, 0xac, 0xac, "Meteor-Lake"},    Named{6, 0xbd, 0xbd, "Lunar-Lake"},
    Named{6, 0xc5, 0xc6, "Arrow-Lake"},     Named{6, 0x8f, 0x8f, "Sapphire-Rapids"},
    Named{6, 0xcf, 0xcf, "Emerald-Rapids"}, Named{6, 0xad, 0xae, "Granite-Rapids"},
    Named{6, 0xaf, 0xaf, "Sierra-Forest"},  Named{6, 0x5c, 0x5c, "Goldmont"},
    Named{6, 0x5f, 0x5f, "Goldmont"},       Named{6, 0x7a, 0x7a, "Goldmont-Plus"},
    Named{6, 0x96, 0x96, "Tremont"},        Named{6, 0x9c, 0x9c, "Tremont"},
};

constexpr std::array kAmd{
    Named{0x15, 0x00, 0x7f, "Bulldozer"},   Named{0x17, 0x01, 0x01, "Zen"},
    Named{0x17, 0x08, 0x08, "Zen+"},        Named{0x17, 0x11, 0x11, "Zen"},
    Named{0x17, 0x18, 0x18, "Zen+"},        Named{0x17, 0x20, 0x20, "Zen"},
    Named{0x17, 0x30, 0xaf, "Zen2"},        Named{0x19, 0x00, 0x0f, "Zen3"},
    Named{0x19, 0x10, 0x1f, "Zen4"},        Named{0x19, 0x20, 0x5f, "Zen3"},
    Named{0x19, 0x60, 0xaf, "Zen4"},        Named{0x1a, 0x00, 0x1f, "Zen5"},
    Named{0x1a, 0x20, 0x3f, "Zen5-mobile"}, Named{0x1a, 0x40, 0x4f, "Zen5"},
    Named{0x1a, 0x60, 0x6f, "Zen5-mobile"}, Named{0x1a, 0x70, 0x7f, "Zen5"},
};

struct ArmName {
  unsigned implementer;
  unsigned part;
  std::string_view name;
  double macs;
};

// Main ID registers (Arm's technical reference manuals and kernel headers, as recalled). Cores
// without a dot product instruction do few products a clock.
constexpr std::array kArm{
    ArmName{0x41, 0xd03, "Cortex-A53", 3},    ArmName{0x41, 0xd04, "Cortex-A35", 3},
    ArmName{0x41, 0xd05, "Cortex-A55", 16},   ArmName{0x41, 0xd07, "Cortex-A57", 5},
    ArmName{0x41, 0xd08, "Cortex-A72", 5},    ArmName{0x41, 0xd09, "Cortex-A73", 5},
    ArmName{0x41, 0xd0a, "Cortex-A75", 32},   ArmName{0x41, 0xd0b, "Cortex-A76", 32},
    ArmName{0x41, 0xd0c, "Neoverse-N1", 32},  ArmName{0x41, 0xd0d, "Cortex-A77", 32},
    ArmName{0x41, 0xd0e, "Cortex-A76AE", 32}, ArmName{0x41, 0xd40, "Neoverse-V1", 64},
    ArmName{0x41, 0xd41, "Cortex-A78", 32},   ArmName{0x41, 0xd42, "Cortex-A78AE", 32},
    ArmName{0x41, 0xd44, "Cortex-X1", 64},    ArmName{0x41, 0xd46, "Cortex-A510", 16},
    ArmName{0x41, 0xd47, "Cortex-A710", 32},  ArmName{0x41, 0xd48, "Cortex-X2", 64},
    ArmName{0x41, 0xd49, "Neoverse-N2", 32},  ArmName{0x41, 0xd4b, "Cortex-A78C", 32},
    ArmName{0x41, 0xd4c, "Cortex-X1C", 64},   ArmName{0x41, 0xd4d, "Cortex-A715", 32},
    ArmName{0x41, 0xd4e, "Cortex-X3", 64},    ArmName{0x41, 0xd4f, "Neoverse-V2", 64},
    ArmName{0x41, 0xd80, "Cortex-A520", 16},  ArmName{0x41, 0xd81, "Cortex-A720", 32},
    ArmName{0x41, 0xd82, "Cortex-X4", 64},    ArmName{0x41, 0xd84, "Neoverse-V3", 64},
    ArmName{0x41, 0xd85, "Cortex-X925", 96},  ArmName{0x41, 0xd87, "Cortex-A725", 32},
    ArmName{0x41, 0xd8e, "Neoverse-N3", 32},  ArmName{0x51, 0x001, "Oryon", 64},
    ArmName{0x61, 0x022, "Apple-M1-E", 32},   ArmName{0x61, 0x023, "Apple-M1", 64},
    ArmName{0x61, 0x032, "Apple-M2-E", 32},   ArmName{0x61, 0x033, "Apple-M2", 64},
    ArmName{0xc0, 0xac3, "AmpereOne", 32},
};

const ArmName* find_arm(const ArmCore& core) {
  const auto* const found = std::find_if(kArm.begin(), kArm.end(), [&](const ArmName& name) {
    return name.implementer == core.implementer && name.part == core.part;
  });
  return found == kArm.end() ? nullptr : found;
}

template <std::size_t N>
std::string find_named(const std::array<Named, N>& table, const CpuInfo& cpu) {
  for (const Named& named : table) {
    if (named.family == cpu.family && named.first <= cpu.model && cpu.model <= named.last) {
      return std::string(named.name);
    }
  }
  return {};
}

std::string arm_isa(const CpuInfo& cpu) {
  if (cpu.has_flag("sme")) return "armv9-sme";
  if (cpu.has_flag("i8mm")) return cpu.has_flag("sve2") ? "armv9-i8mm" : "armv8.6-i8mm";
  if (cpu.has_flag("asimddp")) return "armv8.2-dotprod";
  if (cpu.has_flag("asimd")) return "armv8.0";
  return "armv7";
}

std::string riscv_isa(const std::string& isa) {
  // Single letters stand before the first underscore, behind "rv64".
  constexpr std::size_t kWidth = 4;
  const std::string letters = isa.substr(0, isa.find('_'));
  return letters.find('v', kWidth) == std::string::npos ? "rv64gc" : "rvv1.0";
}

}  // namespace

std::string device_name(const CpuInfo& cpu) {
  std::string name = cpu.model_name.empty() ? cpu.hardware : cpu.model_name;
  if (name.empty() && !cpu.arm_cores.empty()) name = arm_core_name(cpu.arm_cores.back());
  for (const std::string_view mark : {"(R)", "(TM)", "(r)", "(tm)"}) {
    for (std::size_t at = name.find(mark); at != std::string::npos; at = name.find(mark)) {
      name.erase(at, mark.size());
    }
  }
  name = name.substr(0, name.find(" @ "));
  if (const std::size_t cores = name.find("-Core Processor"); cores != std::string::npos) {
    name = name.substr(0, name.find_last_of(' ', cores));
  }
  for (const std::string_view end : {" Processor", " CPU"}) {
    if (name.ends_with(end)) name.erase(name.size() - end.size());
  }
  if (const std::size_t cpu_word = name.find(" CPU "); cpu_word != std::string::npos) {
    name.erase(cpu_word, 4);
  }
  return name.empty() ? "processor" : name;
}

std::string vendor_name(const CpuInfo& cpu) {
  if (cpu.vendor_id == "GenuineIntel") return "Intel";
  if (cpu.vendor_id == "AuthenticAMD") return "AMD";
  if (!cpu.vendor_id.empty()) return cpu.vendor_id;
  if (cpu.arm_cores.empty()) return "unknown";
  switch (cpu.arm_cores.front().implementer) {
    case 0x41:
      return "Arm";
    case 0x48:
      return "HiSilicon";
    case 0x4e:
      return "NVIDIA";
    case 0x51:
      return "Qualcomm";
    case 0x61:
      return "Apple";
    case 0xc0:
      return "Ampere";
    default:
      return "unknown";
  }
}

std::string x86_architecture(const CpuInfo& cpu) {
  if (cpu.vendor_id == "AuthenticAMD") return find_named(kAmd, cpu);
  if (cpu.vendor_id != "GenuineIntel") return {};
  // One model number, told apart by steppings.
  if (cpu.family == 6 && cpu.model == 0x55) {
    if (cpu.stepping < 5) return "Skylake-SP";
    return cpu.stepping < 10 ? "Cascade-Lake" : "Cooper-Lake";
  }
  return find_named(kIntel, cpu);
}

std::string arm_core_name(const ArmCore& core) {
  const ArmName* const found = find_arm(core);
  return found == nullptr ? std::string() : std::string(found->name);
}

std::string isa_name(const CpuInfo& cpu) {
  if (!cpu.arm_cores.empty()) return arm_isa(cpu);
  if (cpu.isa.starts_with("rv")) return riscv_isa(cpu.isa);
  struct Level {
    std::string_view flag;
    std::string_view name;
  };
  constexpr std::array kLevels{Level{"avx512_vnni", "avx512-vnni"},
                               Level{"avx512f", "avx512f"},
                               Level{"avx_vnni", "avx-vnni"},
                               Level{"avx2", "avx2"},
                               Level{"avx", "avx"},
                               Level{"sse4_1", "sse4.1"},
                               Level{"ssse3", "ssse3"},
                               Level{"sse2", "sse2"}};
  for (const Level& level : kLevels) {
    if (cpu.has_flag(level.flag)) return std::string(level.name);
  }
  return {};
}

double int8_macs(const std::string& core_name, const std::string& isa, bool efficient) {
  for (const ArmName& arm : kArm) {
    if (arm.name == core_name) return arm.macs;
  }
  struct Rate {
    std::string_view start;
    double macs;
  };
  // Pipes that multiply times bytes of a register, over the instructions that a product takes.
  constexpr std::array kRates{
      Rate{"Zen5-mobile", 64}, Rate{"Zen5", 128},    Rate{"Zen4", 64},     Rate{"Zen3", 32},
      Rate{"Zen2", 32},        Rate{"Zen", 16},      Rate{"Haswell", 16},  Rate{"Broadwell", 16},
      Rate{"Skylake-SP", 64},  Rate{"Cascade", 128}, Rate{"Cooper", 128},  Rate{"Ice-Lake-SP", 128},
      Rate{"Sapphire", 128},   Rate{"Emerald", 128}, Rate{"Granite", 128}, Rate{"Alder-Lake-N", 32},
      Rate{"Sierra", 32},
  };
  if (efficient) return 32;
  for (const Rate& rate : kRates) {
    if (core_name.starts_with(rate.start)) return rate.macs;
  }
  const std::array kByIsa{Rate{"avx512", 64}, Rate{"avx-vnni", 64}, Rate{"avx2", 32},
                          Rate{"armv9", 32},  Rate{"armv8.6", 32},  Rate{"armv8.2", 32},
                          Rate{"armv8.0", 5}, Rate{"rvv", 10},      Rate{"rv", 1}};
  for (const Rate& rate : kByIsa) {
    if (isa.starts_with(rate.start)) return rate.macs;
  }
  return 8;
}

}  // namespace foretoken::probe
