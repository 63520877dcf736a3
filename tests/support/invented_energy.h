#pragma once

/// An invented energy law of round prices: half of rated power idle, a tenth more of each device of
/// a group, 100 pJ a byte, 200 of state, 10 a weight unpacked, 1 an operation, 2 in experts, a wall
/// socket that gives 1.25 of what the chip takes, no device above its rating.

namespace foretoken::test {

inline constexpr const char* kEnergyLawText = R"(schema: 1
pool: energy
source: invented for tests
loss_scale: 0.1
coefficients:
  energy.static: {prior: 0.5, levels: {pool: 0.5, device: 0.1}}
  energy.waiting: {prior: 0.1, levels: {pool: 0.5}}
  energy.byte: {prior: 100 pJ, levels: {pool: 0.5, device: 0.1}}
  energy.state: {of: energy.byte, factor: 2, levels: {pool: 0.5}}
  energy.unpacking: {prior: 10 pJ, levels: {pool: 0.5}}
  energy.flop: {prior: 1 pJ, levels: {pool: 0.5, format_kind: 0.3}}
  energy.expert_flop: {of: energy.flop, factor: 2, levels: {pool: 0.5}}
  energy.cap: {prior: 1, levels: {pool: 0.1}}
  energy.scope: {prior: 1, levels: {scope: 0.3}}
)";

}  // namespace foretoken::test
