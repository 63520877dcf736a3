#pragma once

/// What a datasheet says of a device: facts only, nothing measured or fitted. A value that the
/// sources do not state is absent, never zero. Read from `data/devices/<id>.yaml`.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/number_format.h"
#include "base/quantity.h"

namespace foretoken::hwdb {

enum class DeviceClass : std::uint8_t { Gpu, IntegratedGpu, Cpu, Npu };
inline constexpr int kDeviceClasses = 4;
inline constexpr int kArithmeticClasses = 7;

/// "gpu", "igpu", "cpu", "npu".
std::string_view text_of(DeviceClass device_class);
std::optional<DeviceClass> device_class_of(std::string_view text);

/// How far a file's facts can be trusted.
enum class Confidence : std::uint8_t { Datasheet, Recalled, Uncertain };

/// "datasheet", "recalled", "uncertain".
std::string_view text_of(Confidence confidence);
std::optional<Confidence> confidence_of(std::string_view text);

/// Key of a peak rate in device files: "fp32", "fp16", "bf16", "fp8", "int8", "int4", "fp4".
std::string_view text_of(ArithmeticClass arithmetic);

struct MemoryFacts {
  std::string type;  ///< "GDDR6X", "HBM3e", "LPDDR5"
  std::optional<int> bus_bits;
  std::optional<double> transfers_per_second;  ///< per pin
  BytesPerSecond bandwidth{};                  ///< peak, decimal
  std::optional<Bytes> capacity;
  bool ecc_costs_bandwidth = false;    ///< inline ECC on DRAM without own ECC bits
  std::optional<BytesPerSecond> port;  ///< what the engine's own port lets through (NPUs)
};

struct Link {
  std::string kind;            ///< "pcie", "nvlink"
  BytesPerSecond bandwidth{};  ///< one direction
};

/// Cores of one type of a processor.
struct CoreType {
  int count = 0;
  Hertz clock{};      ///< boost
  double macs = 0.0;  ///< int8 products a core multiplies and adds a clock, by the best instruction
                      ///< it has: pipes times register bytes over instructions a product takes
};

/// A documented state below (or at) the board's own, chosen by its owner.
struct PowerMode {
  std::string name;                  ///< "15W"
  std::vector<std::string> changes;  ///< of parameters, as `apply_parameter` takes them
};

/// What cores spend at a clock below the sheet's, as measured.
struct ClockPoint {
  Hertz clock{};
  double energy = 0;  ///< joules of an operation and of idling, over those at the sheet's clock
  std::string source;
};

/// The battery of the machine that the device is usually in.
struct Battery {
  Joules energy{};  ///< when new and full
  Confidence confidence = Confidence::Uncertain;
  std::string source;  ///< which machine, and who says so
};

/// What a machine without (or with a small) fan lets through for minutes, once it is warm: its
/// governor lowers clocks until the machine takes no more.
struct SustainedPower {
  Watts budget{};
  Watts low{}, high{};  ///< nine in ten runs settle within
  std::string scope;    ///< where it is read, as an energy scope: "board" for a whole phone
  Seconds delay{};      ///< of full speed before the drop
  Seconds delay_low{}, delay_high{};
  std::string source;
};

/// What follows from a device's technology where its sheet does not say: of
/// `constants/energy.yaml`, see hwdb/energy_constants.h. Zero until a catalog has set it.
struct TechnologyEnergy {
  Joules byte{};              ///< of the memory device alone
  Joules operation{};         ///< of matrix units whose rate is not stated
  Joules lane_operation{};    ///< of vector lanes whose rate is not stated
  double watts_per_rate = 0;  ///< W for each byte a second, where no power is stated
};

struct Device {
  std::string id;
  std::string name;
  std::vector<std::string> aliases;
  DeviceClass device_class = DeviceClass::Gpu;
  std::string vendor;
  std::string architecture;  ///< "Ada-AD102", "Zen4", "RKNPU2"
  std::string isa;           ///< compute capability or instruction set: "sm_89", "avx2"
  std::optional<int> year;
  Confidence confidence = Confidence::Uncertain;
  std::string source;
  std::string notes;
  std::vector<std::string>
      unusual;       ///< facts that break a sanity rule and are right; notes say why
  std::string file;  ///< where it was read from; empty when made in memory

  MemoryFacts memory;
  std::optional<Bytes> last_level_cache;
  std::optional<int> cores;          ///< SMs, CUs, GPU cores, CPU cores, NPU cores
  std::optional<int> fast_cores;     ///< of `cores`, those of the fastest type
  std::optional<Hertz> clock;        ///< boost
  std::vector<CoreType> core_types;  ///< of a CPU, fastest first; empty: not stated
  std::array<std::optional<FlopsPerSecond>, kArithmeticClasses> peak;  ///< by ArithmeticClass
  std::vector<Link> links;
  std::vector<PowerMode> power_modes;    ///< empty: none documented
  std::vector<ClockPoint> clock_points;  ///< ascending; empty: none measured
  std::optional<Watts> tdp;
  std::optional<Watts> idle;
  std::optional<Battery> battery;
  std::optional<SustainedPower> sustained;
  std::optional<double> launch_price_usd;
  TechnologyEnergy energy;

  const std::optional<FlopsPerSecond>& peak_of(ArithmeticClass c) const {
    return peak[static_cast<std::size_t>(c)];
  }
};

}  // namespace foretoken::hwdb
