#include "model/tensor_use.h"

namespace foretoken::model {

TensorUse use_of(TensorRole role) {
  using enum TensorRole;
  switch (role) {
    case TokenEmbedding:
    case PositionEmbedding:
    case PerLayerTable:
      return TensorUse::Table;
    case Output:
      return TensorUse::Head;
    case Norm:
    case Bias:
    case SmallVector:
    case SsmConv:
    case SsmSmall:
    case DeltaConv:
    case ShortConvKernel:
    case NextN:
      return TensorUse::Rider;
    case AttnQ:
    case AttnK:
    case AttnV:
    case AttnGate:
    case MlaQDown:
    case MlaKvDown:
    case MlaCompressor:
    case SsmIn:
    case DeltaIn:
    case DeltaGate:
    case DeltaBetaAlpha:
    case RwkvReceptance:
    case RwkvKey:
    case RwkvValue:
    case RwkvLora:
    case ShortConvIn:
    case AltUp:
    case Laurel:
      return TensorUse::InputProjection;
    case MlaQUp:
    case MlaKUp:
    case MlaVUp:
    case MlaIndexer:
      return TensorUse::LatentProjection;
    case AttnOutput:
    case MlaOutputDown:
    case SsmOut:
    case DeltaOut:
    case RwkvOutput:
    case ShortConvOut:
      return TensorUse::OutputProjection;
    case FfnGate:
    case FfnUp:
    case Router:
    case SharedGate:
    case SharedUp:
    case SharedExpertGate:
    case LatentDown:
    case RwkvFfnReceptance:
    case PerLayerGate:
      return TensorUse::FfnInput;
    case FfnDown:
    case SharedDown:
    case LatentUp:
    case PerLayerProjection:
      return TensorUse::FfnOutput;
    case ExpertGate:
    case ExpertUp:
      return TensorUse::ExpertInput;
    case ExpertDown:
      return TensorUse::ExpertOutput;
    case PerLayerModelProjection:
      return TensorUse::StepProjection;
  }
  return TensorUse::Rider;
}

int fusion_group(TensorRole role) {
  using enum TensorRole;
  switch (role) {
    case AttnQ:
    case AttnK:
    case AttnV:
      return 1;
    case FfnGate:
    case FfnUp:
      return 2;
    case SharedGate:
    case SharedUp:
      return 3;
    case ExpertGate:
    case ExpertUp:
      return 4;
    default:
      return 0;
  }
}

bool splits_outputs(TensorUse use) {
  switch (use) {
    case TensorUse::OutputProjection:
    case TensorUse::FfnOutput:
    case TensorUse::ExpertOutput:
      return false;
    default:
      return true;
  }
}

}  // namespace foretoken::model
