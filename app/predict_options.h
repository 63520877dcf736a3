#pragma once

/// What `foretoken predict` was asked, read from its flags but not yet looked up.

#include <optional>
#include <string>
#include <vector>

#include "app/flags.h"

namespace foretoken::app {

enum class Format { Text, Markdown, Csv, Json, JsonLines };
enum class SortBy { Rate, Latency, Memory };

/// Lists are cross products; an empty one means that the flag was not given.
struct PredictOptions {
  std::vector<std::string> models;
  std::string devices;  ///< as `hwdb::Catalog::select` reads it
  std::vector<std::string> formats;
  std::vector<std::string> runtimes;
  std::vector<double> batches{1};
  std::vector<double> contexts{0};
  std::vector<double> gen_tokens{128};
  std::vector<std::string> kv_keys;
  std::vector<std::string> kv_values;
  std::vector<double> threads{0};  ///< 0: not said
  std::vector<double> ranks{1};
  std::optional<bool> flash_attention;
  std::string power_scope;            ///< "": as usual for the device
  std::optional<double> power_limit;  ///< watts of each device
  std::vector<double> clocks;         ///< Hz of the cores; empty: the sheet's
  std::optional<double> battery;      ///< watt-hours
  std::vector<std::string> changes;   ///< "memory.bandwidth*=1.25"
  bool ops = false;
  SortBy sort = SortBy::Rate;
  std::optional<double> min_rate;  ///< tokens/s
  Format format = Format::Text;
};

/// Flags of what is asked about: model, device, formats, batch, contexts, what-ifs.
void add_question_flags(Flags& flags);
/// The same, with those of how `predict` answers.
void add_predict_flags(Flags& flags);
/// Throws UsageError for a missing flag or an unknown word, Error for a value that cannot be.
PredictOptions predict_options(const Flags& flags);

}  // namespace foretoken::app
