#pragma once

/// What /proc/cpuinfo says, of x86 and of Arm.

#include <string>
#include <string_view>
#include <vector>

namespace foretoken::probe {

/// One logical processor. Arm: implementer and part; x86: family and model stand in `CpuInfo`.
struct ArmCore {
  unsigned implementer = 0;  ///< 0x41: Arm
  unsigned part = 0;         ///< 0xd0b: Cortex-A76
};

struct CpuInfo {
  std::string vendor_id;   ///< "GenuineIntel", "AuthenticAMD"; empty on Arm
  std::string model_name;  ///< of the first processor
  std::string hardware;    ///< board or chip, as Arm kernels name it ("Hardware", "Model")
  std::string isa;         ///< of RISC-V: "rv64imafdcv_zicbom"
  int family = 0;
  int model = 0;
  int stepping = 0;
  std::vector<std::string> flags;  ///< "flags" or "Features" of the first processor
  int processors = 0;              ///< logical ones listed
  std::vector<ArmCore> arm_cores;  ///< by processor; empty on x86
  bool has_flag(std::string_view flag) const;
};

CpuInfo parse_cpuinfo(std::string_view text);

}  // namespace foretoken::probe
