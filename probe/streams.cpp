#include "probe/streams.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "probe/streams.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace foretoken::probe::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Words = hn::CappedTag<std::uint64_t, 8>;
constexpr std::size_t kStepWords = kStreamStep / sizeof(std::uint64_t);

/// Four sums, so that an addition does not wait for the one before it.
std::uint64_t read_words(const std::byte* from, std::size_t bytes) {
  const Words d;
  const std::size_t lanes = hn::Lanes(d);
  const auto* const words = reinterpret_cast<const std::uint64_t*>(from);
  const std::size_t count = bytes / sizeof(std::uint64_t);
  auto a = hn::Zero(d);
  auto b = a;
  auto c = a;
  auto e = a;
  for (std::size_t i = 0; i < count; i += kStepWords) {
    for (std::size_t j = i; j < i + kStepWords; j += 4 * lanes) {
      a = hn::Add(a, hn::Load(d, words + j));
      b = hn::Add(b, hn::Load(d, words + j + lanes));
      c = hn::Add(c, hn::Load(d, words + j + 2 * lanes));
      e = hn::Add(e, hn::Load(d, words + j + 3 * lanes));
    }
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(a, b), hn::Add(c, e))));
}

void copy_words(const std::byte* from, std::byte* to, std::size_t bytes) {
  const Words d;
  const std::size_t lanes = hn::Lanes(d);
  const auto* const source = reinterpret_cast<const std::uint64_t*>(from);
  auto* const target = reinterpret_cast<std::uint64_t*>(to);
  const std::size_t count = bytes / sizeof(std::uint64_t);
  for (std::size_t i = 0; i < count; i += kStepWords) {
    for (std::size_t j = i; j < i + kStepWords; j += lanes) {
      hn::Store(hn::Load(d, source + j), d, target + j);
    }
  }
}

}  // namespace foretoken::probe::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace foretoken::probe {

HWY_EXPORT(read_words);
HWY_EXPORT(copy_words);

std::uint64_t stream_read(const std::byte* from, std::size_t bytes) {
  return HWY_DYNAMIC_DISPATCH(read_words)(from, bytes);
}

void stream_copy(const std::byte* from, std::byte* to, std::size_t bytes) {
  HWY_DYNAMIC_DISPATCH(copy_words)(from, to, bytes);
}

}  // namespace foretoken::probe
#endif
