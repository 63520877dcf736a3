#pragma once

/// Threads that stay and meet at barriers, as those of an engine on a processor do after every
/// operator.

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace foretoken::probe {

class ThreadTeam {
 public:
  /// `cores` is how many of the threads can run at once: with fewer than `threads`, waiting gives
  /// the core away at once. Throws Error when the threads cannot be had.
  ThreadTeam(int threads, int cores);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int size() const { return size_; }
  /// Runs `work(rank)` for every rank; rank 0 is the caller. Returns when all are done. `work`
  /// must not throw.
  void run(const std::function<void(int)>& work);
  /// Within `run`: returns when all ranks have come here.
  void barrier();

 private:
  void serve(int rank);
  void stop();

  const int size_;
  const int spins_;
  std::vector<std::thread> threads_;
  const std::function<void(int)>* work_ = nullptr;
  // Each on a cache line of its own: one is written by all, one read by all while they wait.
  alignas(64) std::atomic<int> arrived_{0};
  alignas(64) std::atomic<std::uint32_t> phase_{0};
  alignas(64) std::atomic<std::uint32_t> job_{0};
  std::atomic<bool> stopping_{false};
};

}  // namespace foretoken::probe
