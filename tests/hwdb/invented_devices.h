#pragma once

/// An invented accelerator with round numbers and the text of its file.

#include <string>

#include "hwdb/device.h"
#include "hwdb/device_yaml.h"

namespace foretoken::hwdb {

inline const std::string kInventedText = R"(schema: 1
id: acme-one
name: "Acme One"
aliases: ["One", "acme 1"]
class: gpu
vendor: Acme
architecture: "A1"
isa: "a1"
year: 2030
confidence: datasheet
source: invented
memory:
  type: "GDDR9"
  bus_bits: 512
  rate: "16000 MT/s"
  bandwidth: "1024 GB/s"
  capacity: "24 GiB"
last_level_cache: "64 MiB"
cores: 100
clock: "2 GHz"
peak:
  fp16: "204.8 TFLOP/s"
  int8: "409.6 TOPS"
links:
  pcie: "31.5 GB/s"
power:
  tdp: "300 W"
  idle: "20 W"
launch_price_usd: 999
)";

inline Device invented_device() { return parse_device(kInventedText, "acme-one.yaml"); }

/// The invented text with its first `from` replaced by `to`; the same when `from` is not there.
inline std::string changed(const std::string& from, const std::string& to,
                           std::string text = kInventedText) {
  const auto place = text.find(from);
  if (place != std::string::npos) text.replace(place, from.size(), to);
  return text;
}

}  // namespace foretoken::hwdb
