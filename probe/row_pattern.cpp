#include "probe/row_pattern.h"

#include <algorithm>
#include <cstring>

#include "probe/weight_data.h"

namespace foretoken::probe {
namespace {

constexpr std::size_t kPatternBytes = std::size_t{1} << 20U;

std::size_t rows_for(std::size_t bytes_of_row) {
  return std::max<std::size_t>(1, kPatternBytes / bytes_of_row);
}

}  // namespace

RowPattern::RowPattern(WeightFormat format, std::size_t rows, std::size_t k, std::uint64_t seed)
    : format_(format),
      rows_(rows),
      k_(k),
      row_bytes_(row_bytes(format, k)),
      // Whole blocks of any format, whatever the rows' length.
      different_((rows_for(row_bytes_) + kRowStep - 1) / kRowStep * kRowStep),
      laid_((rows + different_) * row_bytes_) {
  const std::vector<std::byte> pattern = random_weights(format, 1, different_ * k, seed);
  for (std::size_t at = 0; at < laid_.size(); at += pattern.size()) {
    std::memcpy(laid_.data() + at, pattern.data(), std::min(pattern.size(), laid_.size() - at));
  }
}

const std::byte* RowPattern::matrix(std::size_t shift) const {
  return laid_.data() + shift % different_ * row_bytes_;
}

std::vector<double> RowPattern::values(std::size_t shift, std::size_t row) const {
  return weight_values(format_, matrix(shift) + row * row_bytes_, k_);
}

}  // namespace foretoken::probe
