#include "probe/cpu_kernel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <ctime>
#include <numeric>
#include <vector>

#include "probe/attention.h"
#include "probe/cpu_plan.h"
#include "probe/gemv.h"
#include "probe/number_bits.h"
#include "probe/streams.h"
#include "probe/weight_data.h"

namespace foretoken::probe {
namespace {

constexpr std::uint64_t kSeed = 20;

/// Each thread goes over its own share again and again; nobody waits for another.
class StreamKernel : public CpuKernel {
 public:
  StreamKernel(const Sample& sample, MemoryPool& pool, ThreadTeam& team)
      : CpuKernel(team, false),
        pool_(pool),
        copies_(sample.kernel == Kernel::Copy),
        steps_(static_cast<std::size_t>(sample.bytes) / kStreamStep / (copies_ ? 2 : 1)),
        sums_(static_cast<std::size_t>(team.size())) {}

  double error() const override {
    const std::size_t bytes = steps_ * kStreamStep;
    if (copies_) return std::memcmp(pool_.data(), pool_.data() + bytes, bytes) == 0 ? 0.0 : 1.0;
    std::uint64_t expected = 0;
    for (std::size_t i = 0; i < bytes; i += sizeof expected) {
      std::uint64_t word = 0;
      std::memcpy(&word, pool_.data() + i, sizeof word);
      expected += word;
    }
    std::uint64_t sum = 0;
    for (const Sum& part : sums_) sum += part.value;
    return sum == expected ? 0.0 : 1.0;
  }

 private:
  struct alignas(64) Sum {
    std::uint64_t value = 0;
  };

  void call(int rank, std::size_t /*index*/) override {
    const Share share = share_of(steps_, rank);
    const std::size_t begin = share.begin * kStreamStep;
    const std::size_t bytes = (share.end - share.begin) * kStreamStep;
    if (copies_) {
      stream_copy(pool_.data() + begin, pool_.data() + steps_ * kStreamStep + begin, bytes);
    } else {
      sums_[static_cast<std::size_t>(rank)].value = stream_read(pool_.data() + begin, bytes);
    }
  }

  MemoryPool& pool_;
  bool copies_;
  std::size_t steps_;
  std::vector<Sum> sums_;
};

class BarrierKernel : public CpuKernel {
 public:
  explicit BarrierKernel(ThreadTeam& team) : CpuKernel(team, true) {}
  double error() const override { return 0.0; }

 private:
  void call(int /*rank*/, std::size_t /*index*/) override {}
};

/// As engines do it: activations are brought into the form that the weights want, all wait, rows
/// are shared out, all wait.
class GemvTask : public CpuKernel {
 public:
  GemvTask(const Sample& sample, const MemoryPool& pool, ThreadTeam& team)
      : CpuKernel(team, true),
        pool_(pool),
        format_(data_format(sample)),
        prefetched_(sample.prefetched),
        n_(static_cast<std::size_t>(sample.n)),
        k_(static_cast<std::size_t>(sample.k)),
        matrix_bytes_(operand_bytes(sample)),
        matrices_(pool.size() / matrix_bytes_),
        x_(random_activations(k_, kSeed)),
        activations_(activation_bytes(facts_of(format_).activations, k_)),
        y_(n_) {}

  double error() const override {
    // Rows from all over the last matrix, so that every thread's part is seen.
    constexpr std::size_t kRows = 16;
    double worst = 0.0;
    for (std::size_t i = 0; i < kRows; ++i) {
      const std::size_t row = i * (n_ - 1) / (kRows - 1);
      const std::byte* const weights = matrix(next_ - 1);
      worst = std::max(worst, gemv_error(format_, weights, k_, activations(), {&y_[row], 1}, row));
    }
    return worst;
  }

 private:
  const std::byte* matrix(std::size_t index) const {
    return pool_.data() + index % matrices_ * matrix_bytes_;
  }
  const std::byte* activations() const {
    return format_ == WeightFormat::F32 ? reinterpret_cast<const std::byte*>(x_.data())
                                        : activations_.data();
  }

  void call(int rank, std::size_t index) override {
    if (format_ != WeightFormat::F32) {
      quantize_activations(facts_of(format_).activations, x_.data(), k_,
                           static_cast<std::size_t>(rank), static_cast<std::size_t>(team_.size()),
                           activations_.data());
      team_.barrier();
    }
    const std::size_t together = facts_of(format_).rows;
    const Share groups = share_of(n_ / together, rank);
    const std::size_t begin = groups.begin * together;
    const std::byte* const weights = matrix(index) + begin * row_bytes(format_, k_);
    const std::size_t rows = groups.end * together - begin;
    if (prefetched_) {
      gemv_prefetching(weights, rows, k_, activations(), y_.data() + begin);
    } else {
      gemv(format_, weights, rows, k_, activations(), y_.data() + begin);
    }
  }

  const MemoryPool& pool_;
  WeightFormat format_;
  bool prefetched_;
  std::size_t n_;
  std::size_t k_;
  std::size_t matrix_bytes_;
  std::size_t matrices_;
  std::vector<float> x_;
  std::vector<std::byte> activations_;
  std::vector<float> y_;
};

/// Query heads are shared out, as llama.cpp does for one token.
class AttentionTask : public CpuKernel {
 public:
  AttentionTask(const Sample& sample, const MemoryPool& pool, ThreadTeam& team)
      : CpuKernel(team, true),
        pool_(pool),
        heads_q_(static_cast<std::size_t>(sample.heads_q)),
        heads_kv_(static_cast<std::size_t>(sample.heads_kv)),
        head_dim_(static_cast<std::size_t>(sample.head_dim)),
        kv_len_(static_cast<std::size_t>(sample.kv_len)),
        bytes_(operand_bytes(sample)),
        caches_(pool.size() / bytes_),
        out_(heads_q_ * head_dim_) {
    for (const float x : random_activations(out_.size(), kSeed)) query_.push_back(half_bits(x));
  }

  double error() const override {
    // The first and the last head: of the first and the last thread.
    double worst = 0.0;
    for (const std::size_t head : {std::size_t{0}, heads_q_ - 1}) {
      const std::vector<double> expected =
          attended(cache(next_ - 1), head_kv(head), query_.data() + head * head_dim_);
      double size = 0.0;
      double off = 0.0;
      for (std::size_t i = 0; i < head_dim_; ++i) {
        size = std::max(size, std::abs(expected[i]));
        const double difference = static_cast<double>(out_[head * head_dim_ + i]) - expected[i];
        off = std::isnan(difference) ? 1.0 : std::max(off, std::abs(difference));
      }
      worst = std::max(worst, off / std::max(size, 1e-30));
    }
    return worst;
  }

 private:
  std::size_t head_kv(std::size_t head) const { return head * heads_kv_ / heads_q_; }
  KvCache cache(std::size_t index) const {
    const auto* const keys =
        reinterpret_cast<const std::uint16_t*>(pool_.data() + index % caches_ * bytes_);
    return {.keys = keys,
            .values = keys + kv_len_ * heads_kv_ * head_dim_,
            .heads_kv = heads_kv_,
            .head_dim = head_dim_,
            .kv_len = kv_len_};
  }

  void call(int rank, std::size_t index) override {
    const KvCache of_call = cache(index);
    const Share heads = share_of(heads_q_, rank);
    for (std::size_t head = heads.begin; head < heads.end; ++head) {
      attend(of_call, head_kv(head), query_.data() + head * head_dim_,
             out_.data() + head * head_dim_);
    }
  }

  const MemoryPool& pool_;
  std::size_t heads_q_;
  std::size_t heads_kv_;
  std::size_t head_dim_;
  std::size_t kv_len_;
  std::size_t bytes_;
  std::size_t caches_;
  std::vector<std::uint16_t> query_;
  std::vector<float> out_;
};

/// Time that the calling thread had a processor.
double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  constexpr double kNano = 1e-9;
  return static_cast<double>(time.tv_sec) + kNano * static_cast<double>(time.tv_nsec);
}

}  // namespace

Timed CpuKernel::timed_calls(std::size_t calls) {
  using Clock = std::chrono::steady_clock;
  std::atomic<double> attended{1.0};
  double seconds = 0.0;
  double own_seconds = 0.0;
  team_.run([&](int rank) {
    team_.barrier();
    const double own_start = thread_seconds();
    const Clock::time_point start = Clock::now();
    for (std::size_t i = 0; i < calls; ++i) {
      call(rank, next_ + i);
      if (ends_in_barrier_) team_.barrier();
    }
    if (!ends_in_barrier_) team_.barrier();
    const double wall = std::chrono::duration<double>(Clock::now() - start).count();
    const double own = thread_seconds() - own_start;
    const double share = wall > 0.0 ? own / wall : 1.0;
    for (double least = attended; share < least && !attended.compare_exchange_weak(least, share);) {
    }
    if (rank == 0) {
      seconds = wall;
      own_seconds = own;
    }
  });
  next_ += calls;
  if (team_.size() > 1 || own_seconds <= 0.0) return {seconds, attended};
  return {std::min(seconds, own_seconds), 1.0};
}

CpuKernel::Share CpuKernel::share_of(std::size_t count, int rank) const {
  const auto part = static_cast<std::size_t>(rank);
  const auto parts = static_cast<std::size_t>(team_.size());
  return {.begin = count * part / parts, .end = count * (part + 1) / parts};
}

std::unique_ptr<CpuKernel> make_cpu_kernel(const Sample& sample, MemoryPool& pool,
                                           ThreadTeam& team) {
  switch (sample.kernel) {
    case Kernel::Read:
    case Kernel::Copy:
      return std::make_unique<StreamKernel>(sample, pool, team);
    case Kernel::Launch:
      return std::make_unique<BarrierKernel>(team);
    case Kernel::Gemv:
      return std::make_unique<GemvTask>(sample, pool, team);
    case Kernel::Attention:
      return std::make_unique<AttentionTask>(sample, pool, team);
  }
  return nullptr;
}

}  // namespace foretoken::probe
