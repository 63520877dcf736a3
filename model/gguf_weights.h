#pragma once

/// The tensors of a GGUF file as the tensors of a model: what a step multiplies has the shapes of
/// `tensors_of(llm)`, each with the number format that the file gives it; norms, biases and other
/// small tensors are the file's own. Their bytes sum up to the bytes of the file's tensors.

#include "base/number_format.h"
#include "model/gguf_keys.h"
#include "model/gguf_tensors.h"
#include "model/weight_scheme.h"

namespace foretoken::model {

/// Shapes that contradict the keys, matrices that are missing and such that have no place become
/// faults of `keys`.
WeightAssignment gguf_weights(const Llm& llm, const GgufTensors& tensors,
                              const FormatTable& formats, GgufKeys& keys);

}  // namespace foretoken::model
