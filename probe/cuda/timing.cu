#include <algorithm>
#include <chrono>

#include "probe/cuda/timing.cuh"

namespace foretoken::probe::cuda {
namespace {

constexpr double kReplaySeconds = 1.5e-3;  // long against the launch of a graph
constexpr int kMostCalls = 1024;
using gpu::kQuietSpread;
using gpu::summarized;

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

class Graph {
 public:
  Graph(const Call& call, int calls, cudaStream_t stream) : calls_(calls) {
    cudaGraph_t graph = nullptr;
    check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "capturing a graph");
    try {
      for (int i = 0; i < calls; ++i) call(i, stream);
    } catch (...) {
      if (cudaStreamEndCapture(stream, &graph) == cudaSuccess) cudaGraphDestroy(graph);
      throw;
    }
    check(cudaStreamEndCapture(stream, &graph), "capturing a graph");
    const cudaError_t made = cudaGraphInstantiateWithFlags(&executable_, graph, 0);
    cudaGraphDestroy(graph);
    check(made, "making a graph");
  }
  ~Graph() { cudaGraphExecDestroy(executable_); }
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  int calls() const { return calls_; }
  void replay(cudaStream_t stream) const {
    check(cudaGraphLaunch(executable_, stream), "replaying a graph");
  }

 private:
  cudaGraphExec_t executable_ = nullptr;
  int calls_ = 0;
};

double estimated_seconds(const Call& call, const Stream& stream) {
  constexpr int kCalls = 3;
  call(0, stream.get());  // loads the kernel's code
  stream.wait();
  Stopwatch watch;
  watch.start(stream.get());
  for (int i = 0; i < kCalls; ++i) call(i, stream.get());
  watch.stop(stream.get());
  return std::max(watch.seconds() / kCalls, 1e-7);
}

std::vector<double> replay_times(const Graph& graph, int least, double seconds,
                                 const Stream& stream, const NvmlReader& nvml, Timing& clocks) {
  constexpr int kMostRepeats = 200;
  std::vector<double> times;
  Stopwatch watch;
  const double deadline = now_seconds() + seconds;
  while (static_cast<int>(times.size()) < least ||
         (now_seconds() < deadline && static_cast<int>(times.size()) < kMostRepeats)) {
    watch.start(stream.get());
    graph.replay(stream.get());
    watch.stop(stream.get());
    if (static_cast<int>(times.size()) == least / 2) {  // while it runs
      clocks.clock_hertz = nvml.sm_hertz();
      clocks.memory_clock_hertz = nvml.memory_hertz();
    }
    times.push_back(watch.seconds() / graph.calls());
  }
  return times;
}

/// Replays without a pause and takes power from the counted energy, or as the mean of readings.
void sustain(const Graph& graph, double replay_seconds, double seconds, const Stream& stream,
             const NvmlReader& nvml, Timing& timing) {
  if (!nvml.works() || seconds <= 0) return;
  const int burst = std::max(1, static_cast<int>(0.02 / std::max(replay_seconds, 1e-6)));
  const auto run_for = [&](double span, double& sum, int& readings) {
    const double end = now_seconds() + span;
    while (now_seconds() < end) {
      for (int i = 0; i < burst; ++i) graph.replay(stream.get());
      sum += nvml.watts();
      ++readings;
      timing.clock_hertz = nvml.sm_hertz();
      timing.memory_clock_hertz = nvml.memory_hertz();
      stream.wait();
    }
  };
  double sum = 0;
  int readings = 0;
  run_for(seconds * 0.4, sum, readings);  // until readings no longer hold what went before
  sum = 0;
  readings = 0;
  const double joules = nvml.joules();
  const double begin = now_seconds();
  run_for(seconds * 0.6, sum, readings);
  const double counted = nvml.joules() - joules;
  if (joules > 0 && counted > 0) {
    timing.watts = counted / (now_seconds() - begin);
  } else if (readings > 0) {
    timing.watts = sum / readings;
  }
}

}  // namespace

Timing time_in_graph(const Call& call, const TimingLimits& limits, const Stream& stream,
                     const NvmlReader& nvml) {
  constexpr int kLeastRepeats = 11;
  const double estimate = estimated_seconds(call, stream);
  const int wanted =
      std::max({1, limits.least_calls, static_cast<int>(std::min(kReplaySeconds / estimate, 1e6))});
  const Graph graph(call, std::min(wanted, kMostCalls), stream.get());
  for (int i = 0; i < 2; ++i) graph.replay(stream.get());
  stream.wait();
  Timing clocks;
  Timing timing =
      summarized(replay_times(graph, kLeastRepeats, limits.seconds, stream, nvml, clocks));
  if (timing.spread > kQuietSpread) {
    timing = summarized(
        replay_times(graph, 3 * kLeastRepeats, 3 * limits.seconds, stream, nvml, clocks));
    timing.noisy = timing.spread > kQuietSpread;
  }
  timing.clock_hertz = clocks.clock_hertz;
  timing.memory_clock_hertz = clocks.memory_clock_hertz;
  sustain(graph, timing.seconds * graph.calls(), limits.sustain_seconds, stream, nvml, timing);
  return timing;
}

Timing time_in_stream(const Call& call, int calls, const Stream& stream, const NvmlReader& nvml) {
  constexpr int kRepeats = 31;
  for (int i = 0; i < calls; ++i) call(i, stream.get());
  stream.wait();
  std::vector<double> times;
  Stopwatch watch;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    watch.start(stream.get());
    for (int i = 0; i < calls; ++i) call(i, stream.get());
    watch.stop(stream.get());
    times.push_back(watch.seconds() / calls);
  }
  Timing timing = summarized(std::move(times));
  timing.noisy = timing.spread > kQuietSpread;
  timing.clock_hertz = nvml.sm_hertz();
  timing.memory_clock_hertz = nvml.memory_hertz();
  return timing;
}

Timing time_with_wait(const Call& call, const Stream& stream, const NvmlReader& nvml) {
  constexpr int kRepeats = 501;
  std::vector<double> times;
  for (int repeat = 0; repeat < kRepeats + 20; ++repeat) {
    const double begin = now_seconds();
    call(repeat, stream.get());
    stream.wait();
    if (repeat >= 20) times.push_back(now_seconds() - begin);
  }
  Timing timing = summarized(std::move(times));
  timing.noisy = timing.spread > kQuietSpread;
  timing.clock_hertz = nvml.sm_hertz();
  timing.memory_clock_hertz = nvml.memory_hertz();
  return timing;
}

}  // namespace foretoken::probe::cuda
