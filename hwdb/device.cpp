#include "hwdb/device.h"

#include <algorithm>
#include <cstddef>

namespace foretoken::hwdb {
namespace {

constexpr std::array<std::string_view, kDeviceClasses> kClassTexts{"gpu", "igpu", "cpu", "npu"};
constexpr std::array<std::string_view, 3> kConfidenceTexts{"datasheet", "recalled", "uncertain"};
constexpr std::array<std::string_view, kArithmeticClasses> kArithmeticTexts{
    "fp32", "fp16", "bf16", "fp8", "int8", "int4", "fp4"};
static_assert(kArithmeticTexts[static_cast<std::size_t>(ArithmeticClass::Fp4)] == "fp4");
static_assert(kArithmeticTexts[static_cast<std::size_t>(ArithmeticClass::Int8)] == "int8");

template <typename Enum, std::size_t N>
std::optional<Enum> enum_of(const std::array<std::string_view, N>& texts, std::string_view text) {
  const auto* const found = std::find(texts.begin(), texts.end(), text);
  if (found == texts.end()) return std::nullopt;
  return static_cast<Enum>(found - texts.begin());
}

}  // namespace

std::string_view text_of(DeviceClass device_class) {
  return kClassTexts[static_cast<std::size_t>(device_class)];
}

std::optional<DeviceClass> device_class_of(std::string_view text) {
  return enum_of<DeviceClass>(kClassTexts, text);
}

std::string_view text_of(Confidence confidence) {
  return kConfidenceTexts[static_cast<std::size_t>(confidence)];
}

std::optional<Confidence> confidence_of(std::string_view text) {
  return enum_of<Confidence>(kConfidenceTexts, text);
}

std::string_view text_of(ArithmeticClass arithmetic) {
  return kArithmeticTexts[static_cast<std::size_t>(arithmetic)];
}

}  // namespace foretoken::hwdb
