#include "probe/thread_team.h"

#include <system_error>

#include <fmt/format.h>

#include "base/error.h"

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace foretoken::probe {
namespace {

// Tens of microseconds: longer than an operator's threads differ on a quiet machine.
constexpr int kSpins = 4096;

void relax() {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#elif defined(__aarch64__) || defined(__arm__)
  asm volatile("yield" ::: "memory");
#endif
}

/// Spins, then gives the core to whoever waits for it, until `done`.
template <typename Done>
void wait_for(int spins, Done&& done) {
  for (int i = 0; i < spins; ++i) {
    if (done()) return;
    relax();
  }
  while (!done()) std::this_thread::yield();
}

}  // namespace

ThreadTeam::ThreadTeam(int threads, int cores)
    : size_(threads), spins_(threads <= cores ? kSpins : 0) {
  try {
    for (int rank = 1; rank < size_; ++rank) threads_.emplace_back([this, rank] { serve(rank); });
  } catch (const std::system_error& error) {
    stop();
    throw Error(fmt::format("cannot start {} threads: {}", threads, error.what()));
  }
}

ThreadTeam::~ThreadTeam() { stop(); }

void ThreadTeam::stop() {
  stopping_.store(true);
  job_.fetch_add(1);
  job_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void ThreadTeam::serve(int rank) {
  std::uint32_t seen = 0;
  while (true) {
    job_.wait(seen);
    seen = job_.load();
    if (stopping_.load()) return;
    (*work_)(rank);
    barrier();
  }
}

void ThreadTeam::run(const std::function<void(int)>& work) {
  work_ = &work;
  job_.fetch_add(1);
  job_.notify_all();
  work(0);
  barrier();
}

void ThreadTeam::barrier() {
  if (size_ == 1) return;
  const std::uint32_t phase = phase_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == size_) {
    arrived_.store(0, std::memory_order_relaxed);
    phase_.store(phase + 1, std::memory_order_release);
    return;
  }
  wait_for(spins_, [&] { return phase_.load(std::memory_order_acquire) != phase; });
}

}  // namespace foretoken::probe
