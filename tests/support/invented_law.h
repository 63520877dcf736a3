#pragma once

/// Invented laws. With a sharpness of 1000 the smooth maximum is the maximum, so that times can be
/// added up by hand: a GEMM runs at half of peak bandwidth and costs 10 us a launch, attention at a
/// quarter, a small operator 2 us, and a step 1 ms besides.

namespace foretoken::test {

inline constexpr const char* kLawText = R"(schema: 1
pool: forge
source: invented for tests
loss_scale: 0.1
coefficients:
  gemm.dram: {prior: 0.5, levels: {pool: 0.1, architecture: 0.1, device: 0.2}}
  gemm.launch: {prior: 10 us, levels: {pool: 0.5, "*build_year": 0.2}}
  attention.dram: {prior: 0.25, levels: {pool: 0.5}}
  attention.launch: {of: gemm.launch, levels: {pool: 0.3}}
  expert.dram: {of: gemm.dram, factor: 0.8, levels: {pool: 0.1}}
  expert.launch: {prior: 20 us, levels: {pool: 0.5}}
  small.launch: {prior: 2 us, levels: {pool: 0.5}}
  step.host: {prior: 1 ms, levels: {pool: 0.5}}
  step.sharpness: {prior: 1000, levels: {pool: 0.01}}
)";

inline constexpr const char* kCpuLawText = R"(schema: 1
pool: bellows
source: invented for tests
loss_scale: 0.1
coefficients:
  gemm.dram: {prior: 0.5, levels: {pool: 0.1}}
  gemm.core: {prior: 4 B, levels: {pool: 0.5, format: 0.3}}
  step.sharpness: {prior: 1000, levels: {pool: 0.01}}
)";

}  // namespace foretoken::test
