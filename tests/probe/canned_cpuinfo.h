#pragma once

/// What /proc/cpuinfo says on a few machines, cut to the lines that count.

#include <string>

namespace foretoken::probe::canned {

inline const std::string kIntelHybrid = R"(processor	: 0
vendor_id	: GenuineIntel
cpu family	: 6
model		: 183
model name	: 13th Gen Intel(R) Core(TM) i9-13900K
stepping	: 1
cpu MHz		: 3000.000
cache size	: 36864 KB
physical id	: 0
siblings	: 4
core id		: 0
cpu cores	: 3
flags		: fpu sse2 ssse3 sse4_1 sse4_2 avx f16c avx2 fma avx_vnni
bogomips	: 5990.40

processor	: 1
vendor_id	: GenuineIntel
cpu family	: 6
model		: 183
model name	: 13th Gen Intel(R) Core(TM) i9-13900K
flags		: fpu sse2

processor	: 2
vendor_id	: GenuineIntel

processor	: 3
vendor_id	: GenuineIntel
)";

inline const std::string kIntelXeon = R"(processor	: 0
vendor_id	: GenuineIntel
cpu family	: 6
model		: 85
model name	: Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz
stepping	: 7
flags		: fpu sse2 ssse3 sse4_1 avx avx2 avx512f avx512bw avx512_vnni
)";

inline const std::string kAmd = R"(processor	: 0
vendor_id	: AuthenticAMD
cpu family	: 25
model		: 97
model name	: AMD Ryzen 9 7950X 16-Core Processor
stepping	: 2
flags		: fpu sse2 avx2 avx512f avx512_vnni
processor	: 1
vendor_id	: AuthenticAMD
)";

inline const std::string kAmdVirtual = R"(processor	: 0
vendor_id	: AuthenticAMD
cpu family	: 25
model		: 1
model name	: AMD EPYC
flags		: fpu sse2 avx2 hypervisor

processor	: 1
vendor_id	: AuthenticAMD
)";

inline const std::string kArmBigLittle = R"(processor	: 0
BogoMIPS	: 48.00
Features	: fp asimd evtstrm aes crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp
CPU implementer	: 0x41
CPU architecture: 8
CPU variant	: 0x2
CPU part	: 0xd05
CPU revision	: 0

processor	: 1
Features	: fp asimd asimddp
CPU implementer	: 0x41
CPU part	: 0xd05

processor	: 2
CPU implementer	: 0x41
CPU part	: 0xd0b

processor	: 3
CPU implementer	: 0x41
CPU part	: 0xd0b

Hardware	: Rockchip RK3588
Serial		: 0000
)";

inline const std::string kRiscV = R"(processor	: 0
hart		: 0
isa		: rv64imafdcv_sscofpmf_sstc_svpbmt_zicbom
mmu		: sv39
model name	: Spacemit(R) X60
uarch		: spacemit,x60
)";

}  // namespace foretoken::probe::canned
