#pragma once

/// The HDF5 door, the only one; no `hid_t` leaves it. Datasets are columns of doubles or texts with
/// a `unit` attribute; files carry text attributes. A mismatch of unit or a missing dataset is an
/// Error that names the file and the path in it. Bytes written depend on the content alone (no time
/// stamps), so equal content is an equal file.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace foretoken {

/// Of numbers on disk; in memory they are doubles.
enum class Precision : std::uint8_t { Double, Single };

/// Collects a file's content and writes it in one go: to a temporary file in the same folder, then
/// renamed over `path`.
class H5Writer {
 public:
  H5Writer();
  ~H5Writer();
  H5Writer(const H5Writer&) = delete;
  H5Writer& operator=(const H5Writer&) = delete;

  void attribute(std::string_view name, std::string_view text);
  /// `path` like "pools/cuda/values"; groups are made as needed.
  void numbers(std::string_view path, const std::vector<double>& values, std::string_view unit);
  void texts(std::string_view path, const std::vector<std::string>& values);
  void matrix(std::string_view path, const std::vector<double>& row_major, std::size_t rows,
              std::size_t columns, std::string_view unit, Precision precision = Precision::Double);

  void write(const std::string& path) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class H5Reader {
 public:
  explicit H5Reader(const std::string& path);
  ~H5Reader();
  H5Reader(const H5Reader&) = delete;
  H5Reader& operator=(const H5Reader&) = delete;

  const std::string& path() const;
  std::string attribute(std::string_view name) const;
  bool has(std::string_view path) const;
  /// Names inside a group, sorted.
  std::vector<std::string> names(std::string_view group) const;
  std::vector<double> numbers(std::string_view path, std::string_view unit) const;
  std::vector<std::string> texts(std::string_view path) const;
  std::vector<double> matrix(std::string_view path, std::size_t& rows, std::size_t& columns,
                             std::string_view unit) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace foretoken
