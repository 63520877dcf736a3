#include "calibrate/side_by_side.h"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

namespace foretoken::calibrate {

void side_by_side(std::size_t count, int threads, const std::function<void(std::size_t)>& work) {
  constexpr auto kLimit = tbb::global_control::max_allowed_parallelism;
  const tbb::global_control limit(kLimit, threads > 0 ? static_cast<std::size_t>(threads)
                                                      : tbb::global_control::active_value(kLimit));
  tbb::parallel_for(std::size_t{0}, count, work);
}

}  // namespace foretoken::calibrate
