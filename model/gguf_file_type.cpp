#include "model/gguf_file_type.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace foretoken::model {
namespace {

constexpr std::int64_t kGuessed = 1024;  // added where the type was worked out, not stated

constexpr std::array<std::pair<int, std::string_view>, 35> kNames{{
    {0, "F32"},      {1, "F16"},      {2, "Q4_0"},       {3, "Q4_1"},    {7, "Q8_0"},
    {8, "Q5_0"},     {9, "Q5_1"},     {10, "Q2_K"},      {11, "Q3_K_S"}, {12, "Q3_K_M"},
    {13, "Q3_K_L"},  {14, "Q4_K_S"},  {15, "Q4_K_M"},    {16, "Q5_K_S"}, {17, "Q5_K_M"},
    {18, "Q6_K"},    {19, "IQ2_XXS"}, {20, "IQ2_XS"},    {21, "Q2_K_S"}, {22, "IQ3_XS"},
    {23, "IQ3_XXS"}, {24, "IQ1_S"},   {25, "IQ4_NL"},    {26, "IQ3_S"},  {27, "IQ3_M"},
    {28, "IQ2_S"},   {29, "IQ2_M"},   {30, "IQ4_XS"},    {31, "IQ1_M"},  {32, "BF16"},
    {36, "TQ1_0"},   {37, "TQ2_0"},   {38, "MXFP4_MOE"}, {39, "NVFP4"},  {40, "Q1_0"},
}};

/// The format that most bytes are in.
std::string largest_format(const GgufHeader& header, const FormatTable& formats) {
  std::map<FormatId, double> bytes;
  for (const GgufTensor& tensor : header.tensors) {
    bytes[tensor.format] += static_cast<double>(tensor.bytes);
  }
  if (bytes.empty()) return "no tensors";
  const auto most = std::max_element(
      bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return "mostly " + formats[most->first].id;
}

}  // namespace

std::string gguf_file_type(const GgufHeader& header, const FormatTable& formats) {
  std::int64_t number = -1;
  if (header.find_number("general.file_type", number) && number >= kGuessed) number -= kGuessed;
  for (const auto& [known, name] : kNames) {
    if (known == number) return std::string(name);
  }
  return largest_format(header, formats);
}

}  // namespace foretoken::model
