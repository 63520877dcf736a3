#include "probe/cpuinfo.h"

#include <algorithm>
#include <charconv>

namespace foretoken::probe {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

/// Decimal, or hexadecimal with "0x"; 0 for anything else.
unsigned number_of(std::string_view text) {
  constexpr int kHexadecimal = 16;
  constexpr int kDecimal = 10;
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  unsigned value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value,
                  hexadecimal ? kHexadecimal : kDecimal);
  return value;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!(text = trimmed(text)).empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

void keep_first(std::string& kept, std::string_view value) {
  if (kept.empty()) kept = value;
}

void keep_first(int& kept, std::string_view value) {
  if (kept == 0) kept = static_cast<int>(number_of(value));
}

void read_line(std::string_view key, std::string_view value, CpuInfo& info) {
  if (key == "processor") ++info.processors;
  if (key == "vendor_id") keep_first(info.vendor_id, value);
  if (key == "model name") keep_first(info.model_name, value);
  if (key == "Hardware" || key == "Model") keep_first(info.hardware, value);
  if (key == "isa") keep_first(info.isa, value);
  if (key == "cpu family") keep_first(info.family, value);
  if (key == "model") keep_first(info.model, value);
  if (key == "stepping") keep_first(info.stepping, value);
  if ((key == "flags" || key == "Features") && info.flags.empty()) info.flags = words_of(value);
  // Every processor of Arm has both lines, in this order.
  if (key == "CPU implementer") info.arm_cores.push_back({.implementer = number_of(value)});
  if (key == "CPU part" && !info.arm_cores.empty()) info.arm_cores.back().part = number_of(value);
}

}  // namespace

bool CpuInfo::has_flag(std::string_view flag) const {
  return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

CpuInfo parse_cpuinfo(std::string_view text) {
  CpuInfo info;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    read_line(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)), info);
  }
  return info;
}

}  // namespace foretoken::probe
