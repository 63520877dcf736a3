#pragma once

/// What one layer keeps of past tokens: KV cache entries and recurrent state. Elements, not bytes;
/// formats come in at `kv_cache_bytes`.

#include <cstdint>
#include <vector>

#include "base/number_format.h"
#include "base/quantity.h"
#include "model/llm.h"

namespace foretoken::model {

struct KvDemand {
  double k_elements = 0.0;  ///< stored a token, of k (of MLA's latent and rope part)
  double v_elements = 0.0;  ///< stored a token, of v; 0 where v is read from k's entry
  std::int64_t window = 0;  ///< tokens kept at most; 0: all of them
  bool chunked = false;     ///< the window is a chunk that starts over
  /// A token, of a second, compressed cache that keeps every token (DeepSeek V4), the compressed
  /// keys of its indexer included; may be a fraction.
  double compressed_elements = 0.0;
  double index_elements = 0.0;  ///< a token, of an indexer whose keys are not compressed
  bool stored = false;          ///< false: this layer stores nothing of its own
  bool reuses = false;          ///< reads an earlier layer's cache
  double state_elements = 0.0;  ///< recurrent and convolution state, a sequence

  /// Elements a token in the cache that keeps `window` tokens (or all).
  double elements_per_token() const { return k_elements + v_elements; }
  /// Elements stored for a sequence of `tokens` tokens, state left out.
  double elements_at(double tokens) const;
};

KvDemand kv_demand(const Llm& llm, const Layer& layer);
/// One entry a layer; encoder layers store nothing.
std::vector<KvDemand> kv_demands(const Llm& llm);

/// Recurrent state of all layers, elements a sequence.
double state_elements(const Llm& llm);

/// How a runtime lays a cache out.
struct CacheLayout {
  double window_extra = 0;    ///< tokens that a windowed layer keeps beyond its window
  double cells = 1;           ///< lengths are rounded up to a multiple of this
  bool keeps_windows = true;  ///< false: a window masks a cache that holds everything
  bool expands_mla = false;   ///< keys and values of every head in place of the latent
};

/// KV cache of `batch` sequences of `tokens` tokens each, recurrent state left out. Windows are
/// held to their size, as a cache that drops old tokens does.
Bytes kv_cache_bytes(const Llm& llm, double tokens, double batch, FormatId k, FormatId v,
                     const FormatTable& table, const CacheLayout& layout = {});

}  // namespace foretoken::model
