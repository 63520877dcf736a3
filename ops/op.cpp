#include "ops/op.h"

#include <array>

namespace foretoken::ops {

std::string_view text_of(Family family) {
  constexpr std::array<std::string_view, kFamilies> kNames{
      "gemm", "expert", "attention", "latent", "recurrence", "small", "gather", "allreduce"};
  return kNames[static_cast<std::size_t>(family)];
}

}  // namespace foretoken::ops
