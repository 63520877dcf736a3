#pragma once

/// How a step uses a tensor: as a GEMM before or after the mixer, as a table it looks rows up in,
/// or as a small vector that rides along with another operator.

#include "model/tensors.h"

namespace foretoken::model {

enum class TensorUse : std::uint8_t {
  InputProjection,   ///< reads the normed hidden state: q, k, v, SSM in, ...
  LatentProjection,  ///< reads a low-rank intermediate: MLA up projections, indexer
  OutputProjection,  ///< from the mixer back to the hidden size
  FfnInput,          ///< gate, up, router
  FfnOutput,         ///< down
  ExpertInput,
  ExpertOutput,
  Head,
  StepProjection,  ///< once a step, before the layers
  Table,           ///< rows are looked up
  Rider,           ///< norms, biases, convolutions: no operator of its own
};

TensorUse use_of(TensorRole role);

/// Roles that a fusing runtime multiplies as one GEMM when their formats agree: q, k and v; gate
/// and up. 0: none.
int fusion_group(TensorRole role);

/// Whether tensor parallelism splits the tensor's outputs (true) or its inputs (false).
bool splits_outputs(TensorUse use);

}  // namespace foretoken::model
