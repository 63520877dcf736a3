#pragma once

/// The list under construction: what the tensor builders of mixers and FFNs append to. Private to
/// `tensors*.cpp`.

#include <cstdint>
#include <vector>

#include "model/llm.h"
#include "model/tensors.h"

namespace foretoken::model {

class TensorList {
 public:
  explicit TensorList(const Llm& llm) : hidden_(llm.hidden), norm_width_(llm.norm_width) {}

  /// Tensors appended from now on belong to `layer` and are read by this share a token.
  void enter_layer(int layer, double read_share) {
    layer_ = layer;
    read_share_ = read_share;
  }
  /// A quantizable matrix of `rows` outputs and `row_length` inputs.
  void matrix(TensorRole role, std::int64_t rows, std::int64_t row_length) {
    append({.role = role, .rows = rows, .row_length = row_length}, 1.0);
  }
  /// A matrix of which only `share` is read beyond the layer's own share.
  void shared_matrix(TensorRole role, std::int64_t rows, std::int64_t row_length, double share) {
    append({.role = role, .rows = rows, .row_length = row_length}, share);
  }
  void experts(TensorRole role, std::int64_t rows, std::int64_t row_length, std::int64_t copies,
               double share) {
    append({.role = role, .rows = rows, .row_length = row_length, .copies = copies}, share);
  }
  /// A tensor that no preset quantizes.
  void plain(TensorRole role, std::int64_t rows, std::int64_t row_length, std::int64_t copies = 1,
             double share = 1.0) {
    append({.role = role,
            .rows = rows,
            .row_length = row_length,
            .copies = copies,
            .quantizable = false},
           share);
  }
  /// `count` norms over the hidden state.
  void hidden_norms(std::int64_t count) {
    if (count > 0) plain(TensorRole::Norm, count, hidden_ * norm_width_);
  }

  std::int64_t hidden() const { return hidden_; }
  std::vector<Tensor> take() { return std::move(tensors_); }

 private:
  void append(Tensor tensor, double share) {
    tensor.layer = layer_;
    tensor.read_share = read_share_ * share;
    tensors_.push_back(tensor);
  }

  std::int64_t hidden_;
  std::int64_t norm_width_;
  int layer_ = -1;
  double read_share_ = 1.0;
  std::vector<Tensor> tensors_;
};

/// Attention, MLA, recurrent and convolution mixers of `layer` (tensors_mixers.cpp).
void append_mixers(TensorList& list, const Layer& layer);
/// Dense and mixture-of-experts FFNs of `layer` (tensors_ffn.cpp).
void append_ffns(TensorList& list, const Layer& layer);

}  // namespace foretoken::model
