#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/h5_calls.h"
#include "base/h5_file.h"
#include "base/suggest.h"
#include "base/text_file.h"

namespace foretoken {
namespace {

using h5::checked;
using h5::Id;

// A damaged file may claim any size.
constexpr hsize_t kMostValues = hsize_t{1} << 28U;
constexpr std::size_t kWidestText = 1U << 20U;
constexpr std::size_t kMostTextBytes = std::size_t{1} << 30U;

extern "C" herr_t collect_name(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

hsize_t count_of(const std::vector<hsize_t>& extent) {
  hsize_t count = 1;
  for (const hsize_t length : extent) {
    if (length != 0 && count > kMostValues / length) return kMostValues + 1;
    count *= length;
  }
  return count;
}

/// One text of a zero-padded or zero-ended cell.
std::string cell_text(std::string_view cell) {
  return std::string(cell.substr(0, cell.find('\0')));
}

std::string read_text_attribute(hid_t object, const std::string& name, const std::string& file,
                                const std::string& doing) {
  const Id attribute(checked(H5Aopen(object, name.c_str(), H5P_DEFAULT), file, doing));
  const Id type(checked(H5Aget_type(attribute), file, doing));
  const Id space(checked(H5Aget_space(attribute), file, doing));
  const bool one = checked(H5Sget_simple_extent_npoints(space), file, doing) == 1;
  const bool fixed =
      H5Tget_class(type) == H5T_STRING && checked(H5Tis_variable_str(type), file, doing) == 0;
  const std::size_t width = H5Tget_size(type);
  if (!one || !fixed || width == 0 || width > kWidestText) {
    throw Error(fmt::format("{}: {}: attribute '{}' is not one text", file, doing, name));
  }
  std::string cell(width, '\0');
  checked(H5Aread(attribute, type, cell.data()), file, doing);
  return cell_text(cell);
}

}  // namespace

struct H5Reader::Impl {
  std::string name;
  hid_t file = -1;

  bool has(const std::string& path) const {
    // Each step must be asked for alone: HDF5 fails on "a/b" when "a" is not there.
    for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
      const std::string part = path.substr(0, end);
      if (!part.empty() && H5Lexists(file, part.c_str(), H5P_DEFAULT) <= 0) return false;
      if (end == std::string::npos) break;
    }
    return !path.empty() && H5Oexists_by_name(file, path.c_str(), H5P_DEFAULT) > 0;
  }

  std::vector<std::string> names(const std::string& group) const {
    const std::string doing = fmt::format("listing '{}'", group);
    const bool is_top = group.empty() || group == "/";
    if (!is_top && !has(group)) throw Error(fmt::format("{}: no group '{}'", name, group));
    const Id id(checked(H5Gopen2(file, is_top ? "/" : group.c_str(), H5P_DEFAULT), name, doing));
    std::vector<std::string> found;
    checked(H5Literate(id, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_name, &found), name, doing);
    std::sort(found.begin(), found.end());
    return found;
  }

  [[noreturn]] void no_dataset(const std::string& path) const {
    const std::size_t slash = path.rfind('/');
    const std::string group = slash == std::string::npos ? "" : path.substr(0, slash);
    const std::string leaf = slash == std::string::npos ? path : path.substr(slash + 1);
    std::string hint;
    if (group.empty() || has(group)) hint = did_you_mean(leaf, names(group));
    throw Error(fmt::format("{}: no dataset '{}'{}", name, path, hint));
  }

  hid_t open_dataset(const std::string& path, const std::string& doing) const {
    if (!has(path)) no_dataset(path);
    return checked(H5Dopen2(file, path.c_str(), H5P_DEFAULT), name, doing);
  }

  std::vector<hsize_t> extent_of(hid_t dataset, std::size_t rank, const std::string& doing) const {
    const Id space(checked(H5Dget_space(dataset), name, doing));
    const int found = checked(H5Sget_simple_extent_ndims(space), name, doing);
    if (static_cast<std::size_t>(found) != rank) {
      throw Error(
          fmt::format("{}: {}: it has {} dimensions; expected {}", name, doing, found, rank));
    }
    std::vector<hsize_t> extent(rank);
    checked(H5Sget_simple_extent_dims(space, extent.data(), nullptr), name, doing);
    if (count_of(extent) > kMostValues) {
      throw Error(fmt::format("{}: {}: more than {} values", name, doing, kMostValues));
    }
    return extent;
  }

  std::vector<double> numbers(const std::string& path, std::string_view unit,
                              std::vector<hsize_t>& extent) const {
    h5::be_quiet();
    const std::string doing = fmt::format("reading '{}'", path);
    const Id dataset(open_dataset(path, doing));
    const Id type(checked(H5Dget_type(dataset), name, doing));
    const H5T_class_t kind = H5Tget_class(type);
    if (kind != H5T_FLOAT && kind != H5T_INTEGER) {
      throw Error(fmt::format("{}: {}: it does not hold numbers", name, doing));
    }
    const std::string found = read_text_attribute(dataset, "unit", name, doing);
    if (found != unit) {
      throw Error(fmt::format("{}: {}: its unit is '{}'; expected '{}'", name, doing, found, unit));
    }
    extent = extent_of(dataset, extent.size(), doing);
    std::vector<double> values(static_cast<std::size_t>(count_of(extent)));
    checked(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), name,
            doing);
    return values;
  }
};

H5Reader::H5Reader(const std::string& path) : impl_(std::make_unique<Impl>()) {
  h5::be_quiet();
  impl_->name = path;
  // Read whole first: what is missing or a folder is told in the words of every other reader.
  const std::string bytes = read_text_file(path, std::size_t{1} << 30U);
  constexpr std::string_view kDoing = "opening the file";
  if (bytes.empty()) throw Error(fmt::format("{}: {}: it is empty", path, kDoing));
  const Id access(checked(H5Pcreate(H5P_FILE_ACCESS), path, kDoing));
  checked(H5Pset_fapl_core(access, std::size_t{1} << 16U, false), path, kDoing);
  // HDF5 copies the image and does not change it.
  checked(H5Pset_file_image(access, const_cast<char*>(bytes.data()), bytes.size()), path, kDoing);
  impl_->file =
      checked(H5Fopen(h5::memory_name(impl_.get()).c_str(), H5F_ACC_RDONLY, access), path, kDoing);
}

H5Reader::~H5Reader() {
  if (impl_->file >= 0) H5Fclose(impl_->file);
}

const std::string& H5Reader::path() const { return impl_->name; }

std::string H5Reader::attribute(std::string_view name) const {
  h5::be_quiet();
  const std::string wanted(name);
  const std::string doing = fmt::format("reading attribute '{}'", name);
  if (checked(H5Aexists(impl_->file, wanted.c_str()), impl_->name, doing) == 0) {
    throw Error(fmt::format("{}: no attribute '{}'", impl_->name, name));
  }
  return read_text_attribute(impl_->file, wanted, impl_->name, doing);
}

bool H5Reader::has(std::string_view path) const {
  h5::be_quiet();
  return impl_->has(std::string(path));
}

std::vector<std::string> H5Reader::names(std::string_view group) const {
  h5::be_quiet();
  return impl_->names(std::string(group));
}

std::vector<double> H5Reader::numbers(std::string_view path, std::string_view unit) const {
  std::vector<hsize_t> extent(1);
  return impl_->numbers(std::string(path), unit, extent);
}

std::vector<double> H5Reader::matrix(std::string_view path, std::size_t& rows, std::size_t& columns,
                                     std::string_view unit) const {
  std::vector<hsize_t> extent(2);
  std::vector<double> values = impl_->numbers(std::string(path), unit, extent);
  rows = static_cast<std::size_t>(extent[0]);
  columns = static_cast<std::size_t>(extent[1]);
  return values;
}

std::vector<std::string> H5Reader::texts(std::string_view path) const {
  h5::be_quiet();
  const std::string wanted(path);
  const std::string doing = fmt::format("reading '{}'", path);
  const Id dataset(impl_->open_dataset(wanted, doing));
  const Id type(checked(H5Dget_type(dataset), impl_->name, doing));
  const bool fixed = H5Tget_class(type) == H5T_STRING &&
                     checked(H5Tis_variable_str(type), impl_->name, doing) == 0;
  const std::size_t width = H5Tget_size(type);
  if (!fixed || width == 0 || width > kWidestText) {
    throw Error(fmt::format("{}: {}: it does not hold texts of one width", impl_->name, doing));
  }
  const auto count = static_cast<std::size_t>(impl_->extent_of(dataset, 1, doing)[0]);
  if (count > kMostTextBytes / width) {
    throw Error(fmt::format("{}: {}: more than {} bytes", impl_->name, doing, kMostTextBytes));
  }
  std::string cells(count * width, '\0');
  checked(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, cells.data()), impl_->name, doing);
  std::vector<std::string> texts;
  texts.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    texts.push_back(cell_text(std::string_view(cells).substr(i * width, width)));
  }
  return texts;
}

}  // namespace foretoken
