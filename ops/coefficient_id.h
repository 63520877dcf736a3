#pragma once

/// Names of the laws' coefficients: one of a few slots for each operator family, five for the whole
/// step, and those of the energy law. "gemm.dram", "attention.launch", "step.host", "energy.byte".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/quantity.h"
#include "ops/op.h"

namespace foretoken::ops {

enum class Slot : std::uint8_t {
  Launch,  ///< seconds a launch
  Ramp,    ///< seconds to fill and drain the memory pipe
  Dram,    ///< share of peak bandwidth
  Llc,     ///< last-level cache bandwidth over peak bandwidth
  Core,    ///< bytes a clock and core
  Serial,  ///< clocks a serial step
  Flop,    ///< share of peak arithmetic
  Link,    ///< share of link bandwidth
};
inline constexpr int kSlots = 8;

/// An index into the table of all coefficients.
enum class CoefficientId : std::uint16_t {};

constexpr CoefficientId coefficient(Family family, Slot slot) {
  return static_cast<CoefficientId>(static_cast<int>(family) * kSlots + static_cast<int>(slot));
}
/// Seconds a step spends outside operators: host, sampling, graph submission.
inline constexpr CoefficientId kStepHost = static_cast<CoefficientId>(kFamilies * kSlots);
/// Exponent p of the smooth maximum.
inline constexpr CoefficientId kStepSharpness = static_cast<CoefficientId>(kFamilies * kSlots + 1);
/// Seconds the host takes to issue one launch. The device works off a queue, so this is a roof over
/// all launches of the step, not a price of each.
inline constexpr CoefficientId kStepIssue = static_cast<CoefficientId>(kFamilies * kSlots + 2);
/// Seconds a step spends on the host for each sequence: scheduling, sampling, detokenizing.
inline constexpr CoefficientId kStepSequence = static_cast<CoefficientId>(kFamilies * kSlots + 3);
/// Multiplies the whole step: what a machine, a model or a source differs by from what its
/// operators say.
inline constexpr CoefficientId kStepScale = static_cast<CoefficientId>(kFamilies * kSlots + 4);
inline constexpr int kTimeCoefficients = kFamilies * kSlots + 5;

/// What a step's energy is a price of; see `ops/energy.h`.
enum class EnergyTerm : std::uint8_t {
  Static,      ///< share of the device's rated power that it takes with a context open, at no work
  Waiting,     ///< the same, more, of each device of a group that waits for the others
  Byte,        ///< of weights and KV cache, in joules of the memory device alone
  State,       ///< of recurrent state, likewise
  Unpacking,   ///< of a quantized weight made a number, in operations of a lane at rated power
  Flop,        ///< of an operation, in what one takes at peak and rated power
  ExpertFlop,  ///< the same in routed experts, whose tiles few tokens fill
  Host,        ///< watts of the machine around the device, where the meter sees them
};
inline constexpr int kEnergyTerms = 8;
constexpr CoefficientId coefficient(EnergyTerm term) {
  return static_cast<CoefficientId>(kTimeCoefficients + static_cast<int>(term));
}
/// Multiplies the whole: what stands between the chip and where power was read.
inline constexpr CoefficientId kEnergyScope =
    static_cast<CoefficientId>(kTimeCoefficients + kEnergyTerms);
/// Share of rated power that the device is held to.
inline constexpr CoefficientId kEnergyCap =
    static_cast<CoefficientId>(kTimeCoefficients + kEnergyTerms + 1);
inline constexpr int kCoefficients = kTimeCoefficients + kEnergyTerms + 2;
std::string_view text_of(EnergyTerm term);

std::string text_of(CoefficientId id);
std::optional<CoefficientId> coefficient_of(std::string_view text);
std::vector<std::string> coefficient_names();
/// Dimension of the coefficient's value: seconds for launch, ramp and host; bytes for core; joules
/// for what energy is spent on, a plain number for shares.
Dim dimension_of(CoefficientId id);

}  // namespace foretoken::ops
