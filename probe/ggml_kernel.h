#pragma once

/// One case of the plan as operators of ggml, one for each copy of its operands.

#include <cstddef>
#include <memory>
#include <vector>

#include "probe/ggml_memory.h"
#include "probe/ggml_processor.h"
#include "probe/sample.h"
#include "probe/timing.h"

namespace foretoken::probe {

class GgmlKernel {
 public:
  virtual ~GgmlKernel() = default;
  GgmlKernel(const GgmlKernel&) = delete;
  GgmlKernel& operator=(const GgmlKernel&) = delete;

  /// Runs so many calls as one graph, on as many threads as the processor uses; each takes the next
  /// copy of the operands. The graph is made before and not timed. Throws Error when ggml fails.
  Timed timed_calls(std::size_t calls);
  /// Runs one more call; the largest relative deviation of its result from the reference.
  double error();

 protected:
  /// With room for so many tensors.
  GgmlKernel(GgmlProcessor& processor, std::size_t tensors);

  /// Largest deviation of `result`, that of the operator at `copy`.
  virtual double error_of(const std::vector<float>& result, std::size_t copy) const = 0;
  /// Calls write over each other's results.
  void add(ggml_tensor* op);

  GgmlProcessor& processor_;
  GgmlContext tensors_;
  std::unique_ptr<GgmlMemory> small_;  ///< what all calls share

 private:
  std::vector<ggml_tensor*> ops_;
  std::size_t next_ = 0;
};

/// A case, whatever its threads, over copies of its operands of `sample.footprint` bytes at most.
/// They are laid into `memory`, which is of the kind that `memory_of` says and emptied first.
/// Throws Error when they do not fit.
std::unique_ptr<GgmlKernel> make_ggml_kernel(const Sample& sample, GgmlProcessor& processor,
                                             GgmlMemory& memory);

/// Where the streamed operands of a case belong; nullptr: ggml does not support it.
ggml_backend_buffer_type_t memory_of(const Sample& sample, const GgmlProcessor& processor);

}  // namespace foretoken::probe
