#pragma once

/// The tensor infos of a GGUF head. Private to `gguf_header.cpp`.

#include <cstdint>
#include <vector>

#include "model/gguf_header.h"

namespace foretoken::model {

class TensorInfos {
 public:
  TensorInfos(GgufBytes& bytes, const FormatTable& formats) : bytes_(bytes), formats_(formats) {}

  /// The next `count` infos.
  std::vector<GgufTensor> read(std::uint64_t count);
  /// Fails unless every tensor stands at a multiple of `alignment`, inside of the file and apart
  /// from all others. The data part begins at the position, rounded up.
  void check_places(const std::vector<GgufTensor>& tensors, std::uint64_t alignment) const;

 private:
  GgufTensor read_one();
  void read_dims(GgufTensor& tensor);
  void read_type(GgufTensor& tensor);

  GgufBytes& bytes_;
  const FormatTable& formats_;
};

}  // namespace foretoken::model
