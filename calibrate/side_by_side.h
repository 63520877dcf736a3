#pragma once

/// Independent pieces of work on all cores.

#include <cstddef>
#include <functional>

namespace foretoken::calibrate {

/// Runs `work(0)` to `work(count - 1)`, each on one thread; `threads` 0: all cores.
void side_by_side(std::size_t count, int threads, const std::function<void(std::size_t)>& work);

}  // namespace foretoken::calibrate
