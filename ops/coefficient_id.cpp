#include "ops/coefficient_id.h"

#include <array>

namespace foretoken::ops {
namespace {

constexpr std::array<std::string_view, kSlots> kSlotNames{"launch", "ramp",   "dram", "llc",
                                                          "core",   "serial", "flop", "link"};
constexpr std::array<std::string_view, kEnergyTerms> kEnergyNames{
    "static", "waiting", "byte", "state", "unpacking", "flop", "expert_flop", "host"};

}  // namespace

std::string_view text_of(EnergyTerm term) { return kEnergyNames[static_cast<std::size_t>(term)]; }

std::string text_of(CoefficientId id) {
  if (id == kStepHost) return "step.host";
  if (id == kStepSharpness) return "step.sharpness";
  if (id == kStepSequence) return "step.sequence";
  if (id == kStepIssue) return "step.issue";
  if (id == kStepScale) return "step.scale";
  if (id == kEnergyScope) return "energy.scope";
  if (id == kEnergyCap) return "energy.cap";
  const int index = static_cast<int>(id);
  if (index >= kTimeCoefficients) {
    return "energy." + std::string(text_of(static_cast<EnergyTerm>(index - kTimeCoefficients)));
  }
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
  if (id == coefficient(EnergyTerm::Host)) return kWattDim;
  if (static_cast<int>(id) >= kTimeCoefficients) return Dim{};
  const auto slot = static_cast<Slot>(static_cast<int>(id) % kSlots);
  if (slot == Slot::Launch || slot == Slot::Ramp) return kSecondDim;
  if (slot == Slot::Core) return kByteDim;
  return Dim{};
}

}  // namespace foretoken::ops
