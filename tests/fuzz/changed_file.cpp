#include "tests/fuzz/changed_file.h"

#include <algorithm>
#include <cstddef>

namespace foretoken::test {

std::string changed(std::string file, std::span<const std::string> files,
                    std::span<const std::string> pieces, std::mt19937& random) {
  const auto below = [&](std::size_t most) { return random() % std::max<std::size_t>(most, 1); };
  constexpr std::size_t kLongest = 64;
  const std::size_t changes = 1 + below(4);
  for (std::size_t i = 0; i < changes && !file.empty(); ++i) {
    const std::size_t at = below(file.size());
    const std::size_t length = below(std::min(file.size() - at, kLongest));
    switch (below(6)) {
      case 0:
        file[at] = static_cast<char>(random());
        break;
      case 1:
        file[at] = static_cast<char>(file[at] ^ (1 << below(8)));
        break;
      case 2: {
        const std::string& piece = pieces[below(pieces.size())];
        file.replace(at, std::min(piece.size(), file.size() - at), piece);
        break;
      }
      case 3:
        file.erase(at, length);
        break;
      case 4:
        file.insert(at, file.substr(at, length));
        break;
      default: {
        const std::string& other = files[below(files.size())];
        const std::size_t from = below(other.size());
        file.replace(at, length, other.substr(from, below(kLongest)));
        break;
      }
    }
  }
  return file;
}

}  // namespace foretoken::test
