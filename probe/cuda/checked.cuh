#pragma once

/// CUDA's C interface with every answer checked: errors become exceptions, handles free themselves.

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <cuda_runtime.h>

namespace foretoken::probe::cuda {

inline void check(cudaError_t code, const char* what) {
  if (code == cudaSuccess) return;
  throw std::runtime_error(std::string(what) + ": " + cudaGetErrorName(code) + ", " +
                           cudaGetErrorString(code));
}

template <typename... Parameters, typename... Arguments>
void launch(void (*kernel)(Parameters...), dim3 grid, dim3 block, cudaStream_t stream,
            Arguments... arguments) {
  kernel<<<grid, block, 0, stream>>>(static_cast<Parameters>(arguments)...);
  check(cudaGetLastError(), "launching a kernel");
}

/// Device memory of `count` values.
template <typename Value>
class Buffer {
 public:
  explicit Buffer(std::size_t count) : count_(count) {
    void* memory = nullptr;
    check(cudaMalloc(&memory, (count > 0 ? count : 1) * sizeof(Value)), "taking device memory");
    data_ = static_cast<Value*>(memory);
  }
  explicit Buffer(const std::vector<Value>& values) : Buffer(values.size()) {
    check(cudaMemcpy(data_, values.data(), bytes(), cudaMemcpyHostToDevice), "copying to device");
    check(cudaDeviceSynchronize(), "copying to device");  // small copies return before their end
  }
  ~Buffer() { cudaFree(data_); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  Value* data() const { return data_; }
  std::size_t bytes() const { return count_ * sizeof(Value); }
  /// Every byte 0xff, which is NaN to floats: what a kernel leaves unwritten shows.
  void poison() {
    check(cudaMemset(data_, 0xff, bytes()), "filling device memory");
    check(cudaDeviceSynchronize(), "filling device memory");
  }
  std::vector<Value> values() const {
    std::vector<Value> result(count_);
    check(cudaMemcpy(result.data(), data_, bytes(), cudaMemcpyDeviceToHost), "copying to host");
    return result;
  }

 private:
  Value* data_ = nullptr;
  std::size_t count_ = 0;
};

class Stream {
 public:
  /// Keeps its order with the default stream, where copies and fills run.
  Stream() { check(cudaStreamCreate(&stream_), "making a stream"); }
  ~Stream() { cudaStreamDestroy(stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  cudaStream_t get() const { return stream_; }
  void wait() const { check(cudaStreamSynchronize(stream_), "running a kernel"); }

 private:
  cudaStream_t stream_ = nullptr;
};

/// Seconds of device time between two moments of a stream.
class Stopwatch {
 public:
  Stopwatch() {
    check(cudaEventCreate(&begin_), "making an event");
    const cudaError_t code = cudaEventCreate(&end_);
    if (code != cudaSuccess) cudaEventDestroy(begin_);
    check(code, "making an event");
  }
  ~Stopwatch() {
    cudaEventDestroy(begin_);
    cudaEventDestroy(end_);
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

  void start(cudaStream_t stream) { check(cudaEventRecord(begin_, stream), "recording an event"); }
  void stop(cudaStream_t stream) { check(cudaEventRecord(end_, stream), "recording an event"); }
  /// Waits for the end.
  double seconds() const {
    check(cudaEventSynchronize(end_), "running a kernel");
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, begin_, end_), "reading an event");
    return static_cast<double>(milliseconds) * 1e-3;
  }

 private:
  cudaEvent_t begin_ = nullptr;
  cudaEvent_t end_ = nullptr;
};

}  // namespace foretoken::probe::cuda
