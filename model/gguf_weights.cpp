#include "model/gguf_weights.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "model/gguf_roles.h"
#include "model/tensor_use.h"

namespace foretoken::model {
namespace {

/// A matrix without a place is a fault when it is more than this share of the file.
constexpr double kSmallShare = 1e-3;

using Place = std::pair<int, TensorRole>;

class WeightReader {
 public:
  WeightReader(const Llm& llm, const GgufTensors& tensors, const FormatTable& formats,
               GgufKeys& keys)
      : llm_(llm), tensors_(tensors), formats_(formats), keys_(keys) {}

  WeightAssignment read() {
    sort_tensors();
    fill_shapes();
    for (const auto& [place, pieces] : pieces_) {
      for (const GgufPiece& piece : pieces) fault_no_place(*piece.tensor);
    }
    for (const auto& [tensor, layer] : riders_) append_rider(*tensor, layer);
    return std::move(weights_);
  }

 private:
  /// Layers of the model, then what belongs to none, as the order of the shapes does not matter.
  void sort_tensors() {
    const int layers = tensors_.layers();
    for (int layer = kNoLayer; layer < layers; ++layer) {
      for (const auto& [name, tensor] : tensors_.in_layer(layer)) {
        file_bytes_ += static_cast<double>(tensor->bytes);
        std::vector<GgufPiece> pieces = gguf_pieces(*tensor, name, layer, llm_);
        if (pieces.empty()) riders_.emplace_back(tensor, layer);
        for (GgufPiece& piece : pieces) pieces_[{layer, piece.role}].push_back(piece);
      }
    }
  }

  /// Every matrix of the shapes, role by role: all of one role in a layer must be there.
  void fill_shapes() {
    std::map<Place, std::vector<Tensor>> wanted;
    std::vector<Place> order;
    for (const Tensor& tensor : tensors_of(llm_)) {
      if (use_of(tensor.role) == TensorUse::Rider) continue;
      const Place place{tensor.layer, tensor.role};
      std::vector<Tensor>& group = wanted[place];
      if (group.empty()) order.push_back(place);
      group.push_back(tensor);
    }
    for (const Place& place : order) fill(place, wanted[place]);
  }

  void fill(const Place& place, const std::vector<Tensor>& shapes) {
    const auto found = pieces_.find(place);
    if (found == pieces_.end()) return fault_missing(place, shapes.front());
    std::vector<GgufPiece> pieces = std::move(found->second);
    pieces_.erase(found);
    put_in_order(shapes, pieces);
    if (all_equal(shapes, pieces)) {
      for (std::size_t i = 0; i < shapes.size(); ++i) append(shapes[i], pieces[i].tensor->format);
    } else if (is_cut_otherwise(shapes, pieces)) {
      append_merged(shapes, pieces);
    } else {
      fault_shape(shapes, pieces);
    }
  }

  static bool equal(const Tensor& shape, const GgufPiece& piece) {
    return shape.rows == piece.rows && shape.row_length == piece.row_length &&
           shape.copies == piece.copies;
  }

  /// Moves the piece that has a shape to the place of that shape; names are not sorted like shapes.
  static void put_in_order(const std::vector<Tensor>& shapes, std::vector<GgufPiece>& pieces) {
    for (std::size_t i = 0; i < std::min(shapes.size(), pieces.size()); ++i) {
      const auto begin = pieces.begin() + static_cast<std::ptrdiff_t>(i);
      const auto found = std::find_if(
          begin, pieces.end(), [&](const GgufPiece& piece) { return equal(shapes[i], piece); });
      if (found != pieces.end()) std::iter_swap(begin, found);
    }
  }

  static bool all_equal(const std::vector<Tensor>& shapes, const std::vector<GgufPiece>& pieces) {
    return std::equal(shapes.begin(), shapes.end(), pieces.begin(), pieces.end(), equal);
  }

  /// The same number of values in other tensors: k's up-projection not yet turned, beta and alpha
  /// apart, projections into and out of streams.
  static bool is_cut_otherwise(const std::vector<Tensor>& shapes,
                               const std::vector<GgufPiece>& pieces) {
    const TensorRole role = shapes.front().role;
    if (role != TensorRole::MlaKUp && role != TensorRole::MlaVUp &&
        role != TensorRole::DeltaBetaAlpha && role != TensorRole::AltUp) {
      return false;
    }
    double wanted = 0.0;
    double there = 0.0;
    for (const Tensor& shape : shapes) wanted += shape.params();
    for (const GgufPiece& piece : pieces) there += piece.values();
    return wanted == there;
  }

  Bytes bytes_of(const Tensor& t, FormatId format) const {
    return formats_[format].bytes_of(static_cast<double>(t.rows) * static_cast<double>(t.copies),
                                     static_cast<double>(t.row_length));
  }

  /// In the product's shapes where that comes to the same bytes, else in the file's own.
  void append_merged(const std::vector<Tensor>& shapes, const std::vector<GgufPiece>& pieces) {
    const FormatId format = pieces.front().tensor->format;
    std::vector<Tensor> own;
    Bytes wanted{};
    Bytes there{};
    bool same_format = true;
    for (const Tensor& shape : shapes) wanted += bytes_of(shape, format);
    for (const GgufPiece& piece : pieces) {
      Tensor tensor = shapes.front();
      tensor.rows = piece.rows;
      tensor.row_length = piece.row_length;
      tensor.copies = piece.copies;
      same_format = same_format && piece.tensor->format == format;
      there += bytes_of(tensor, piece.tensor->format);
      own.push_back(tensor);
    }
    if (same_format && wanted == there) {
      for (const Tensor& shape : shapes) append(shape, format);
      return;
    }
    for (std::size_t i = 0; i < own.size(); ++i) append(own[i], pieces[i].tensor->format);
  }

  void append(const Tensor& tensor, FormatId format) {
    weights_.tensors.push_back(tensor);
    weights_.formats.push_back(format);
  }

  void append_rider(const GgufTensor& tensor, int layer) {
    const bool is_prediction = layer >= static_cast<int>(llm_.layers.size());
    const std::string_view name =
        std::string_view(tensor.name).substr(tensor.name.rfind("blk.", 0) == 0 ? 4 : 0);
    const bool is_matrix = tensor.dims[0] > 1 && tensor.dims[1] > 1 && !is_gguf_rider(name);
    if (is_matrix && !is_prediction &&
        static_cast<double>(tensor.bytes) > kSmallShare * file_bytes_) {
      return fault_no_place(tensor);
    }
    weights_.holds_mtp = weights_.holds_mtp || is_prediction;
    append({.role = is_prediction ? TensorRole::NextN : gguf_rider_role(tensor.name),
            .layer = is_prediction ? kNoLayer : layer,
            .rows = tensor.dims[1],
            .row_length = tensor.dims[0],
            .copies = tensor.dims[2] * tensor.dims[3],
            .quantizable = false,
            .read_share = is_prediction ? 0.0 : 1.0},
           tensor.format);
  }

  void fault_missing(const Place& place, const Tensor& shape) {
    const std::string where =
        place.first == kNoLayer ? "" : fmt::format(" in layer {}", place.first);
    keys_.fault({}, fmt::format("no tensor for '{}'{}, expected one of {} x {} values",
                                text_of(place.second), where, shape.row_length, shape.rows));
  }

  void fault_shape(const std::vector<Tensor>& shapes, const std::vector<GgufPiece>& pieces) {
    const GgufTensor& tensor = *pieces.front().tensor;
    const Tensor& shape = shapes.front();
    std::string wanted = fmt::format("{} x {}", shape.row_length, shape.rows);
    if (shape.copies > 1) wanted += fmt::format(" x {}", shape.copies);
    keys_.fault_at(tensor, fmt::format("tensor '{}' is {}; by the keys its '{}' is {}", tensor.name,
                                       tensor.shape(), text_of(shape.role), wanted));
  }

  void fault_no_place(const GgufTensor& tensor) {
    keys_.fault_at(tensor, fmt::format("tensor '{}' of {} has no place in architecture '{}' as "
                                       "its keys describe it",
                                       tensor.name, tensor.shape(), keys_.architecture()));
  }

  const Llm& llm_;
  const GgufTensors& tensors_;
  const FormatTable& formats_;
  GgufKeys& keys_;
  double file_bytes_ = 0.0;
  std::map<Place, std::vector<GgufPiece>> pieces_;
  std::vector<std::pair<const GgufTensor*, int>> riders_;
  WeightAssignment weights_;
};

}  // namespace

WeightAssignment gguf_weights(const Llm& llm, const GgufTensors& tensors,
                              const FormatTable& formats, GgufKeys& keys) {
  return WeightReader(llm, tensors, formats, keys).read();
}

}  // namespace foretoken::model
