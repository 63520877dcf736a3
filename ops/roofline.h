#pragma once

/// The time law, the one place where it stands. For one operator on one engine:
///
///   t = launches * launch + ramp * x/(1+x)
///       + || memory/dram + cache/llc, core/unpack, serial * clocks, flop/math, link/share ||_p
///
/// with x = (memory + cache) / 10 us: filling and draining the memory pipe costs a fixed time once
/// a transfer is long enough to fill it at all
///
/// where every load is the time the datasheet alone allows (bytes over peak bandwidth, weight bytes
/// over cores and clock at one byte a clock, operations over peak rate) and every coefficient says
/// how far the machine falls short of it. The p-norm is a smooth maximum: for p about 4 a roof at
/// half of the highest adds 1.5 %. A roof whose load is zero does not take part, so an operator
/// without flops or without bytes needs no special case.
///
/// The template runs on `double` to predict and on `ceres::Jet` to calibrate and to differentiate.

#include <cmath>
#include <cstddef>

#include "base/quantity.h"

namespace foretoken::ops {

/// The times that the datasheet alone allows for one operator, all its launches together.
struct Load {
  Seconds memory{};  ///< DRAM bytes / peak bandwidth
  Seconds cache{};   ///< bytes served by the last-level cache / peak DRAM bandwidth
  Seconds core{};    ///< intake bytes / (cores * clock), at one byte a clock and core
  Seconds flop{};    ///< operations / peak rate of their number format
  Seconds serial{};  ///< steps walked one after another / clock
  Seconds link{};    ///< message bytes / link bandwidth
  double launches = 1;
};

/// How far one machine with one runtime falls short of its datasheet.
template <typename T>
struct LawCoefficients {
  T launch{};   ///< seconds a launch
  T ramp{};     ///< seconds to fill and drain the memory pipe
  T dram{1.0};  ///< share of peak bandwidth reached
  T llc{1.0};   ///< last-level cache bandwidth over peak DRAM bandwidth
  T core{};     ///< bytes unpacked a clock and core; no such roof when `has_core` is false
  T serial{};   ///< clocks a serial step
  T flop{1.0};  ///< share of peak arithmetic reached
  T link{1.0};  ///< share of link bandwidth reached
  T sharpness{4.0};
  bool has_ramp = false;
  bool has_core = false;
  bool has_serial = false;
};

/// Exponent of the maximum of device and host over a step.
inline constexpr double kQueueSharpness = 4.0;

namespace law_detail {

/// || a ||_p of up to five non-negative terms, scaled by the largest so that nothing overflows.
template <typename T, std::size_t N>
T smooth_maximum(const T (&terms)[N], int count, const T& sharpness) {
  using std::exp;
  using std::log;
  if (count == 0) return T(0.0);
  int largest = 0;
  for (int i = 1; i < count; ++i) {
    if (terms[largest] < terms[i]) largest = i;
  }
  if (count == 1) return terms[0];
  T sum(1.0);
  for (int i = 0; i < count; ++i) {
    if (i == largest) continue;
    sum += exp(sharpness * log(terms[i] / terms[largest]));
  }
  return terms[largest] * exp(log(sum) / sharpness);
}

}  // namespace law_detail

/// The share of the ramp that an operator pays: x/(1+x) of its transfer time over 10 us.
inline double ramp_share(const Load& load) {
  constexpr double kFullTransfer = 10e-6;
  const double x = (load.memory + load.cache).base() / kFullTransfer;
  return x / (1.0 + x);
}

/// The roofs' part of the law, in seconds: everything but launch and ramp.
template <typename T>
T roof_time(const Load& load, const LawCoefficients<T>& c) {
  T terms[5];
  int count = 0;
  const bool memory = load.memory.base() > 0.0;
  const bool cache = load.cache.base() > 0.0;
  if (memory && cache) {
    terms[count++] = load.memory.base() / c.dram + load.cache.base() / c.llc;
  } else if (memory) {
    terms[count++] = load.memory.base() / c.dram;
  } else if (cache) {
    terms[count++] = load.cache.base() / c.llc;
  }
  if (c.has_core && load.core.base() > 0.0) terms[count++] = load.core.base() / c.core;
  if (c.has_serial && load.serial.base() > 0.0) terms[count++] = load.serial.base() * c.serial;
  if (load.flop.base() > 0.0) terms[count++] = load.flop.base() / c.flop;
  if (load.link.base() > 0.0) terms[count++] = load.link.base() / c.link;
  return law_detail::smooth_maximum(terms, count, c.sharpness);
}

/// A step whose launches the host issues one by one while the device works off the queue: the
/// longer of the two, smoothly.
inline double queued_time(double device_seconds, double issue_seconds) {
  if (!(issue_seconds > 0.0)) return device_seconds;
  const double terms[2] = {device_seconds, issue_seconds};
  return law_detail::smooth_maximum(terms, 2, kQueueSharpness);
}

/// The time of one operator.
template <typename T>
Quantity<kSecondDim, T> op_time(const Load& load, const LawCoefficients<T>& c) {
  T time = load.launches * c.launch + roof_time(load, c);
  if (c.has_ramp) time += ramp_share(load) * c.ramp;
  return Quantity<kSecondDim, T>::of(time);
}

}  // namespace foretoken::ops
