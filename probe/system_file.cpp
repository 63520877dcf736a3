#include "probe/system_file.h"

#include <fstream>

namespace foretoken::probe {

std::string system_file(const std::string& path) {
  constexpr std::size_t kMost = std::size_t{4} << 20U;
  // Files of /proc state no size: read to the end.
  std::ifstream file(path, std::ios::binary);
  std::string text;
  char c = 0;
  while (text.size() < kMost && file.get(c)) text += c;
  return text;
}

std::string system_line(const std::string& path) {
  const std::string text = system_file(path);
  constexpr const char* kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

}  // namespace foretoken::probe
