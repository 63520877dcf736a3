#include "model/gguf_tensor_info.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/utf8.h"

namespace foretoken::model {
namespace {

constexpr std::uint64_t kLongestName = 64;
constexpr std::uint64_t kMostValues = std::uint64_t{1} << 48U;

/// Numbers that ggml gave out and took back.
bool was_removed(std::uint32_t type) {
  return (type >= 31 && type <= 33) || (type >= 36 && type <= 38) || type == 4 || type == 5;
}

}  // namespace

double GgufTensor::values() const {
  double product = 1.0;
  for (const std::int64_t dim : dims) product *= static_cast<double>(dim);
  return product;
}

std::string GgufTensor::shape() const {
  std::string text = fmt::format("{}", dims[0]);
  std::size_t last = dims.size();
  while (last > 1 && dims[last - 1] == 1) --last;
  for (std::size_t i = 1; i < last; ++i) text += fmt::format(" x {}", dims[i]);
  return text;
}

std::vector<GgufTensor> TensorInfos::read(std::uint64_t count) {
  constexpr std::uint64_t kSmallestInfo = 8 + 1 + 4 + 8 + 4 + 8;
  if (count > kMostGgufTensors || count > bytes_.remaining() / kSmallestInfo) {
    bytes_.fail(8, fmt::format("{} tensors cannot be: at most {} are read, and {} bytes are left",
                               count, kMostGgufTensors, bytes_.remaining()));
  }
  std::vector<GgufTensor> tensors;
  tensors.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) tensors.push_back(read_one());
  std::map<std::string_view, std::uint64_t> names;
  for (const GgufTensor& tensor : tensors) {
    const auto [before, is_new] = names.emplace(tensor.name, tensor.at);
    if (is_new) continue;
    bytes_.fail(tensor.at, fmt::format("tensor '{}' appears twice, first at byte {}", tensor.name,
                                       before->second));
  }
  return tensors;
}

GgufTensor TensorInfos::read_one() {
  GgufTensor tensor;
  tensor.at = bytes_.position();
  tensor.file = bytes_.file();
  const std::uint64_t length = bytes_.u64("the length of a tensor's name");
  if (length == 0 || length > kLongestName) {
    bytes_.fail(tensor.at,
                fmt::format("a tensor name of {} bytes; expected 1 to {}", length, kLongestName));
  }
  tensor.name = bytes_.text(length, "a tensor's name");
  if (!is_printable_utf8(tensor.name)) {
    bytes_.fail(tensor.at,
                fmt::format("tensor name '{}' is not printable UTF-8", printable(tensor.name)));
  }
  read_dims(tensor);
  read_type(tensor);
  tensor.offset = bytes_.u64("a tensor's offset");
  return tensor;
}

void TensorInfos::read_dims(GgufTensor& tensor) {
  const std::uint64_t at = bytes_.position();
  const std::uint32_t count = bytes_.u32("a count of dimensions");
  if (count == 0 || count > tensor.dims.size()) {
    bytes_.fail(at, fmt::format("tensor '{}' has {} dimensions; expected 1 to {}", tensor.name,
                                count, tensor.dims.size()));
  }
  std::uint64_t product = 1;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t dim = bytes_.u64("a dimension");
    if (dim == 0 || dim > kMostValues / product) {
      bytes_.fail(at, fmt::format("dimension {} of tensor '{}' is {}; expected at least 1 and at "
                                  "most 2^48 values in all",
                                  i, tensor.name, dim));
    }
    product *= dim;
    tensor.dims[i] = static_cast<std::int64_t>(dim);
  }
}

void TensorInfos::read_type(GgufTensor& tensor) {
  const std::uint64_t at = bytes_.position();
  const std::uint32_t type = bytes_.u32("a tensor's type");
  const auto format = formats_.find_ggml(type);
  if (!format) {
    bytes_.fail(at, fmt::format("type {} of tensor '{}' is not known{}", type, tensor.name,
                                was_removed(type) ? "; ggml no longer has it" : ""));
  }
  const NumberFormat& known = formats_[*format];
  if (tensor.dims[0] % known.values_per_block != 0) {
    bytes_.fail(at, fmt::format("tensor '{}' has rows of {} values, no multiple of the {} in a "
                                "block of {}",
                                tensor.name, tensor.dims[0], known.values_per_block, known.id));
  }
  tensor.format = *format;
  const double rows = tensor.values() / static_cast<double>(tensor.dims[0]);
  // Exact: at most 2^48 values of at most a few bytes.
  tensor.bytes = static_cast<std::uint64_t>(
      std::llround(known.bytes_of(rows, static_cast<double>(tensor.dims[0])).base()));
}

void TensorInfos::check_places(const std::vector<GgufTensor>& tensors,
                               std::uint64_t alignment) const {
  if (tensors.empty()) return;
  const std::uint64_t begin = (bytes_.position() + alignment - 1) / alignment * alignment;
  const std::uint64_t room = bytes_.size() > begin ? bytes_.size() - begin : 0;
  std::vector<const GgufTensor*> in_order;
  in_order.reserve(tensors.size());
  for (const GgufTensor& tensor : tensors) {
    if (tensor.offset % alignment != 0) {
      bytes_.fail(tensor.at, fmt::format("tensor '{}' stands at offset {}, no multiple of the "
                                         "alignment {}",
                                         tensor.name, tensor.offset, alignment));
    }
    if (tensor.offset > room || tensor.bytes > room - tensor.offset) {
      bytes_.fail(
          tensor.at,
          fmt::format("tensor '{}' of {} bytes at offset {} ends outside of the file of {} "
                      "bytes, whose data part begins at byte {}; the file is cut or damaged",
                      tensor.name, tensor.bytes, tensor.offset, bytes_.size(), begin));
    }
    in_order.push_back(&tensor);
  }
  std::stable_sort(in_order.begin(), in_order.end(),
                   [](const GgufTensor* a, const GgufTensor* b) { return a->offset < b->offset; });
  for (std::size_t i = 1; i < in_order.size(); ++i) {
    const GgufTensor& before = *in_order[i - 1];
    if (before.offset + before.bytes <= in_order[i]->offset) continue;
    bytes_.fail(in_order[i]->at, fmt::format("tensor '{}' at offset {} overlaps '{}', which ends "
                                             "at offset {}",
                                             in_order[i]->name, in_order[i]->offset, before.name,
                                             before.offset + before.bytes));
  }
}

}  // namespace foretoken::model
