#pragma once

/// An invented energy law of round prices: half of rated power idle, a tenth more of each device of
/// a group, a byte four times what the memory device takes, of state eight times, a weight unpacked
/// two operations of a lane, an operation one at peak and rated power, two in experts, a machine of
/// 50 W around it, no device above its rating.

namespace foretoken::test {

inline constexpr const char* kEnergyLawText = R"(schema: 1
pool: energy
source: invented for tests
loss_scale: 0.1
coefficients:
  energy.static: {prior: 0.5, levels: {pool: 0.5, device: 0.1}}
  energy.waiting: {prior: 0.1, levels: {pool: 0.5}}
  energy.byte: {prior: 4, levels: {pool: 0.5, device: 0.1}}
  energy.state: {of: energy.byte, factor: 2, levels: {pool: 0.5}}
  energy.unpacking: {prior: 2, levels: {pool: 0.5}}
  energy.flop: {prior: 1, levels: {pool: 0.5, format_kind: 0.3}}
  energy.expert_flop: {of: energy.flop, factor: 2, levels: {pool: 0.5}}
  energy.host: {prior: 50 W, levels: {pool: 0.5}}
  energy.cap: {prior: 1, levels: {pool: 0.1}}
  energy.scope: {prior: 1, levels: {scope: 0.3}}
)";

}  // namespace foretoken::test
