#pragma once

/// Invented machines with round numbers, so that expected times are arithmetic a reader can do:
/// 1 TB/s, 100 TFLOP/s in FP16 and 200 in INT8, 100 cores at 1 GHz, links of 10 and 100 GB/s.

#include <string>

#include <fmt/format.h>

#include "hwdb/device.h"
#include "hwdb/device_yaml.h"

namespace foretoken::test {

/// What the tests vary of an invented machine.
struct DeviceSketch {
  std::string id = "anvil";
  std::string architecture = "Iron-I1";
  std::string device_class = "gpu";
  double gigabytes_per_second = 1000;
  int cores = 100;
};

inline std::string device_text(const DeviceSketch& d = {}) {
  return fmt::format(R"(schema: 1
id: {}
name: "The {}"
class: {}
vendor: Forge
architecture: "{}"
isa: "i1"
year: 2024
confidence: datasheet
source: invented for tests
memory:
  type: "HBM3"
  bandwidth: "{} GB/s"
  capacity: "24 GB"
last_level_cache: "64 MB"
cores: {}
clock: "1 GHz"
peak:
  fp16: "100 TFLOP/s"
  int8: "200 TOPS"
links:
  pcie: "10 GB/s"
  nvlink: "100 GB/s"
)",
                     d.id, d.id, d.device_class, d.architecture, d.gigabytes_per_second, d.cores);
}

inline hwdb::Device invented_device(const DeviceSketch& sketch = {}) {
  return hwdb::parse_device(device_text(sketch), sketch.id + ".yaml");
}

}  // namespace foretoken::test
