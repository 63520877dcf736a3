#include "ops/coefficient_id.h"

#include <array>

namespace foretoken::ops {
namespace {

constexpr std::array<std::string_view, kSlots> kSlotNames{"launch", "ramp",   "dram", "llc",
                                                          "core",   "serial", "flop", "link"};

}  // namespace

std::string text_of(CoefficientId id) {
  if (id == kStepHost) return "step.host";
  if (id == kStepSharpness) return "step.sharpness";
  if (id == kStepSequence) return "step.sequence";
  if (id == kStepIssue) return "step.issue";
  if (id == kStepScale) return "step.scale";
  const int index = static_cast<int>(id);
  return std::string(text_of(static_cast<Family>(index / kSlots))) + "." +
         std::string(kSlotNames[static_cast<std::size_t>(index % kSlots)]);
}

std::optional<CoefficientId> coefficient_of(std::string_view text) {
  for (int i = 0; i < kCoefficients; ++i) {
    const auto id = static_cast<CoefficientId>(i);
    if (text_of(id) == text) return id;
  }
  return std::nullopt;
}

std::vector<std::string> coefficient_names() {
  std::vector<std::string> names;
  names.reserve(kCoefficients);
  for (int i = 0; i < kCoefficients; ++i) names.push_back(text_of(static_cast<CoefficientId>(i)));
  return names;
}

Dim dimension_of(CoefficientId id) {
  if (id == kStepHost || id == kStepIssue || id == kStepSequence) return kSecondDim;
  if (id == kStepSharpness || id == kStepScale) return Dim{};
  const auto slot = static_cast<Slot>(static_cast<int>(id) % kSlots);
  if (slot == Slot::Launch || slot == Slot::Ramp) return kSecondDim;
  if (slot == Slot::Core) return kByteDim;
  return Dim{};
}

}  // namespace foretoken::ops
