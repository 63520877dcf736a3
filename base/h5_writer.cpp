#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/h5_calls.h"
#include "base/h5_file.h"
#include "base/text_file.h"

namespace foretoken {
namespace {

using h5::checked;
using h5::Id;

constexpr std::size_t kImageStep = 1U << 20U;

struct Column {
  std::vector<double> numbers;
  std::vector<std::string> texts;
  std::vector<hsize_t> extent;
  std::string unit;
  bool is_text = false;
  Precision precision = Precision::Double;
};

/// Zero-padded texts cannot hold a zero byte.
void refuse_zero_byte(std::string_view text, std::string_view where) {
  if (text.find('\0') != std::string_view::npos) {
    throw Error(fmt::format("'{}': a text with a zero byte cannot be written", where));
  }
}

void refuse_bad_path(std::string_view path) {
  const bool bad = path.empty() || path.front() == '/' || path.back() == '/' ||
                   path.find("//") != std::string_view::npos ||
                   path.find('\0') != std::string_view::npos;
  if (bad) throw Error(fmt::format("'{}' is no path for a dataset; expected 'group/name'", path));
}

/// All texts side by side in cells of `width` bytes.
std::string packed(const std::vector<std::string>& texts, std::size_t width) {
  std::string cells(texts.size() * width, '\0');
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::copy(texts[i].begin(), texts[i].end(),
              cells.begin() + static_cast<std::ptrdiff_t>(i * width));
  }
  return cells;
}

std::size_t widest(const std::vector<std::string>& texts) {
  std::size_t width = 1;  // HDF5 has no texts of no bytes
  for (const std::string& text : texts) width = std::max(width, text.size());
  return width;
}

void write_attribute(hid_t object, const std::string& name, const std::string& text,
                     const std::string& file) {
  const std::string doing = fmt::format("writing attribute '{}'", name);
  const std::vector<std::string> texts{text};
  const std::size_t width = widest(texts);
  const Id type(h5::text_type(width, file));
  const Id space(checked(H5Screate(H5S_SCALAR), file, doing));
  const Id attribute(checked(
      H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), file, doing));
  checked(H5Awrite(attribute, type, packed(texts, width).data()), file, doing);
}

void write_column(hid_t root, const std::string& path, const Column& column, hid_t link_plist,
                  const std::string& file) {
  const std::string doing = fmt::format("writing '{}'", path);
  const Id space(checked(
      H5Screate_simple(static_cast<int>(column.extent.size()), column.extent.data(), nullptr), file,
      doing));
  const Id plist(checked(H5Pcreate(H5P_DATASET_CREATE), file, doing));
  checked(H5Pset_obj_track_times(plist, false), file, doing);
  const std::size_t width = widest(column.texts);
  const hid_t number = column.precision == Precision::Single ? H5T_IEEE_F32LE : H5T_IEEE_F64LE;
  const Id type(column.is_text ? h5::text_type(width, file)
                               : checked(H5Tcopy(number), file, doing));
  const Id dataset(checked(
      H5Dcreate2(root, path.c_str(), type, space, link_plist, plist, H5P_DEFAULT), file, doing));
  if (column.is_text) {
    const std::string cells = packed(column.texts, width);
    checked(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, cells.data()), file, doing);
    return;
  }
  checked(
      H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, column.numbers.data()),
      file, doing);
  write_attribute(dataset, "unit", column.unit, file);
}

/// The bytes the file would have, from HDF5's own flushed image of it.
std::string image_of(hid_t file_id, const std::string& file) {
  constexpr std::string_view kDoing = "collecting the file";
  checked(H5Fflush(file_id, H5F_SCOPE_GLOBAL), file, kDoing);
  const auto size = checked(H5Fget_file_image(file_id, nullptr, 0), file, kDoing);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  checked(H5Fget_file_image(file_id, bytes.data(), bytes.size()), file, kDoing);
  return bytes;
}

}  // namespace

struct H5Writer::Impl {
  std::map<std::string, std::string> attributes;
  std::map<std::string, Column> columns;

  void add(std::string_view path, Column column) {
    refuse_bad_path(path);
    refuse_zero_byte(column.unit, path);
    for (const std::string& text : column.texts) refuse_zero_byte(text, path);
    if (!columns.emplace(path, std::move(column)).second) {
      throw Error(fmt::format("dataset '{}' is written twice", path));
    }
  }
};

H5Writer::H5Writer() : impl_(std::make_unique<Impl>()) {}
H5Writer::~H5Writer() = default;

void H5Writer::attribute(std::string_view name, std::string_view text) {
  refuse_zero_byte(text, name);
  impl_->attributes[std::string(name)] = std::string(text);
}

void H5Writer::numbers(std::string_view path, const std::vector<double>& values,
                       std::string_view unit) {
  impl_->add(
      path, {.numbers = values, .texts = {}, .extent = {values.size()}, .unit = std::string(unit)});
}

void H5Writer::texts(std::string_view path, const std::vector<std::string>& values) {
  impl_->add(
      path,
      {.numbers = {}, .texts = values, .extent = {values.size()}, .unit = "", .is_text = true});
}

void H5Writer::matrix(std::string_view path, const std::vector<double>& row_major, std::size_t rows,
                      std::size_t columns, std::string_view unit, Precision precision) {
  if (row_major.size() != rows * columns) {
    throw Error(
        fmt::format("'{}': {} values do not fill {} x {}", path, row_major.size(), rows, columns));
  }
  impl_->add(path, {row_major, {}, {rows, columns}, std::string(unit), false, precision});
}

void H5Writer::write(const std::string& path) const {
  h5::be_quiet();
  constexpr std::string_view kDoing = "preparing the file";
  const Id access(checked(H5Pcreate(H5P_FILE_ACCESS), path, kDoing));
  // In memory: nothing but whole content reaches the disk, and only text_file writes there.
  checked(H5Pset_fapl_core(access, kImageStep, false), path, kDoing);
  const Id creation(checked(H5Pcreate(H5P_FILE_CREATE), path, kDoing));
  checked(H5Pset_obj_track_times(creation, false), path, kDoing);
  const Id links(checked(H5Pcreate(H5P_LINK_CREATE), path, kDoing));
  checked(H5Pset_create_intermediate_group(links, 1), path, kDoing);
  const Id file(checked(H5Fcreate(h5::memory_name(this).c_str(), H5F_ACC_TRUNC, creation, access),
                        path, kDoing));
  for (const auto& [name, text] : impl_->attributes) write_attribute(file, name, text, path);
  for (const auto& [name, column] : impl_->columns) {
    write_column(file, name, column, links, path);
  }
  write_text_file(path, image_of(file, path));
}

}  // namespace foretoken
