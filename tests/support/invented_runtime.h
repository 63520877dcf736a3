#pragma once

/// An invented runtime that fuses nothing and captures nothing; its GPUs form the pool "forge",
/// its CPUs the pool "bellows".

#include "hwdb/runtime.h"
#include "hwdb/runtime_yaml.h"

namespace foretoken::test {

inline constexpr const char* kRuntimeText = R"(schema: 1
id: plain
name: "Plain runtime"
aliases: ["plain-rt"]
family: plain
pools:
  - {class: gpu, pool: forge}
  - {class: cpu, pool: bellows}
fuses: [norm_scale, glu]
graph_capture: false
default_format: half
kv_format: F16
memory_overhead:
  fixed: "1 GB"
  bytes_per_hidden: 1000
check_command: "plain-bench {model} {name} {format} -t {threads} -c {context} -n {gen} -b {batch} -tp {tp}"
source: invented for tests
)";

inline hwdb::Runtime invented_runtime() { return hwdb::parse_runtime(kRuntimeText, "plain.yaml"); }

}  // namespace foretoken::test
