#include "app/request_axes.h"

#include <string>

namespace foretoken::app {
namespace {

/// Every request that one axis turns each of `requests` into.
template <typename Value, typename Set>
std::vector<sim::Request> spread(const std::vector<sim::Request>& requests,
                                 const std::vector<Value>& values, Set set) {
  std::vector<sim::Request> more;
  more.reserve(requests.size() * values.size());
  for (const sim::Request& request : requests) {
    for (const Value& value : values) {
      more.push_back(request);
      set(more.back(), value);
    }
  }
  return more;
}

/// The one empty name that stands for the runtime's default.
std::vector<std::string> or_default(std::vector<std::string> names) {
  if (names.empty()) names.emplace_back();
  return names;
}

}  // namespace

std::vector<sim::Request> along_axes(const sim::Request& base, const PredictOptions& options) {
  using sim::Request;
  using Text = std::string;
  std::vector<Request> all{base};
  all = spread(all, or_default(options.kv_keys), [](Request& r, const Text& f) { r.kv_keys = f; });
  all = spread(all, or_default(options.kv_values),
               [](Request& r, const Text& f) { r.kv_values = f; });
  all = spread(all, options.batches, [](Request& r, double n) { r.batch = n; });
  all = spread(all, options.contexts, [](Request& r, double n) { r.context_start = n; });
  all = spread(all, options.gen_tokens, [](Request& r, double n) { r.gen_tokens = n; });
  all = spread(all, options.threads,
               [](Request& r, double n) { r.facts.threads = static_cast<int>(n); });
  return spread(all, options.ranks, [](Request& r, double n) { r.ranks = static_cast<int>(n); });
}

}  // namespace foretoken::app
