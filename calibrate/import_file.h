#pragma once

/// What a reader makes of one file of another tool: measurements with names as written, and a
/// reason for every row that is none. Readers take text and know nothing of devices or models.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calibrate/measurement.h"
#include "calibrate/row_store.h"

namespace foretoken::calibrate {

/// Why a row of a file did not become a measurement.
enum class Unused : std::uint8_t {
  Duplicate,    ///< the store or an earlier row has it
  Conflict,     ///< its row_id stands for another row
  NotDecode,    ///< prompt processing, or more tokens at once than decoding has
  Combined,     ///< prefill and decode in one figure
  NoFigure,     ///< no rate or time
  UnknownName,  ///< device, model, runtime or format cannot be told
  NotModelled,  ///< an operator or setting that the program has no law for
  OutOfRange,   ///< a figure or text beyond what a row may hold
};

/// "duplicate", "not a decode row", ...
std::string_view text_of(Unused why);

struct UnusedRow {
  int line = 0;
  Unused why = Unused::NoFigure;
  std::string reason;
};

/// A decode row whose names are still to be found; where its file offers several names, the best
/// comes first.
struct ForeignDecode {
  DecodeRow row;
  std::vector<std::string> devices;
  std::vector<std::string> models;
  std::vector<std::string> formats;
  std::optional<double> params;      ///< count of weights
  double params_slack = 2e-3;        ///< relative, from rounding
  double layers_on_device = -1;      ///< -1: all
  bool published_precision = false;  ///< without a format's name the model's own one was run
  bool own = false;                  ///< of the product's own schema: names stay as written
  Provenance from;                   ///< what the file says of it; own files: all
};

struct ForeignKernel {
  KernelRow row;
  std::vector<std::string> devices;
  Provenance from;
};

struct ForeignFile {
  std::string tool;    ///< "llama-bench"
  std::string format;  ///< "json"
  std::vector<ForeignDecode> decode;
  std::vector<ForeignKernel> kernels;
  std::vector<UnusedRow> unused;
  std::vector<std::string> passed_over;  ///< columns of the product's own files that are not kept
};

/// Finds out which tool wrote `text` and reads it; `name` stands for the file in messages. Throws
/// ConfigError with file, line and what was expected when no reader knows it or it is damaged.
ForeignFile read_foreign_text(std::string_view text, const std::string& name);

}  // namespace foretoken::calibrate
