#pragma once

/// A matrix of many rows made of a few random ones, laid one behind the other again and again: made
/// in no time, yet no two rows that are near each other are the same.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "probe/weight_format.h"

namespace foretoken::probe {

class RowPattern {
 public:
  /// For matrices of `rows` rows of `k` values, whole blocks of a format without bytes a row.
  RowPattern(WeightFormat format, std::size_t rows, std::size_t k, std::uint64_t seed);

  /// The matrix number `shift`: its first row is the second one of the matrix before it.
  const std::byte* matrix(std::size_t shift) const;
  std::size_t matrix_bytes() const { return rows_ * row_bytes_; }
  /// Exact values of a row of that matrix.
  std::vector<double> values(std::size_t shift, std::size_t row) const;

 private:
  WeightFormat format_;
  std::size_t rows_;
  std::size_t k_;
  std::size_t row_bytes_;
  std::size_t different_;  ///< rows
  std::vector<std::byte> laid_;
};

}  // namespace foretoken::probe
