#pragma once

/// One case of the plan made ready to run on a team of threads, over operands in a pool.

#include <cstddef>
#include <cstdint>
#include <memory>

#include "probe/memory_pool.h"
#include "probe/sample.h"
#include "probe/thread_team.h"
#include "probe/timing.h"

namespace foretoken::probe {

class CpuKernel {
 public:
  virtual ~CpuKernel() = default;
  CpuKernel(const CpuKernel&) = delete;
  CpuKernel& operator=(const CpuKernel&) = delete;

  /// Runs so many calls on all threads; each takes the next operands of the pool. One thread is
  /// timed by its own time on a processor, which others cannot lengthen.
  Timed timed_calls(std::size_t calls);
  /// Largest relative deviation of the last call from its reference.
  virtual double error() const = 0;

 protected:
  CpuKernel(ThreadTeam& team, bool ends_in_barrier)
      : team_(team), ends_in_barrier_(ends_in_barrier) {}
  /// What thread `rank` does in call `index`.
  virtual void call(int rank, std::size_t index) = 0;
  /// Begin and end of the share of `count` that belongs to `rank`.
  struct Share {
    std::size_t begin;
    std::size_t end;
  };
  Share share_of(std::size_t count, int rank) const;

  ThreadTeam& team_;
  std::size_t next_ = 0;

 private:
  bool ends_in_barrier_;
};

/// `pool` holds data of `data_format(sample)` in blocks from its start.
std::unique_ptr<CpuKernel> make_cpu_kernel(const Sample& sample, MemoryPool& pool,
                                           ThreadTeam& team);

}  // namespace foretoken::probe
