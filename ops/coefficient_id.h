#pragma once

/// Names of the law's coefficients: one of a few slots for each operator family, and five for
/// the whole step. "gemm.dram", "attention.launch", "step.host".

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
inline constexpr int kCoefficients = kFamilies * kSlots + 5;

std::string text_of(CoefficientId id);
std::optional<CoefficientId> coefficient_of(std::string_view text);
std::vector<std::string> coefficient_names();
/// Dimension of the coefficient's value: seconds for launch, ramp and host; bytes for core.
Dim dimension_of(CoefficientId id);

}  // namespace foretoken::ops
