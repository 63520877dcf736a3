#pragma once

/// The answer to a request as plain values with units; `app/` renders it.

#include <optional>
#include <string>
#include <vector>

#include "base/estimate.h"
#include "base/quantity.h"
#include "sim/charge.h"
#include "sim/energy.h"
#include "sim/memory_fit.h"
#include "sim/step_cost.h"

namespace foretoken::sim {

struct OpReport {
  std::string name;
  std::string family;
  double repeat = 1;
  Seconds time{};  ///< all repeats in one step
  Seconds launch{};
  Bytes bytes{};  ///< all repeats in one step
  Flops flops{};
  std::string bound;
  std::string basis;  ///< "this device", "sibling", "class", "datasheet"
  double rows = 0;    ///< measured rows behind it
};

/// One line of where numbers come from.
struct BasisReport {
  std::string what;   ///< operator family or "host"
  std::string level;  ///< "this device", ...
  double rows = 0;
  double share = 0;  ///< of the step's time
};

/// Time of a step by cause; the parts sum to the step.
struct CauseSplit {
  Seconds weights{};  ///< GEMMs of the layers beyond their launches
  Seconds head{};
  Seconds attention{};  ///< KV cache and recurrent state
  Seconds launches{};   ///< launches and small operators
  Seconds links{};
  Seconds host{};
};

struct Report {
  std::string model;
  std::string device;
  std::string runtime;
  std::string format;
  std::string weight_file;  ///< that states each tensor's format; "": the format's scheme does
  std::string pool;
  double batch = 1;
  double context_start = 0;
  double gen_tokens = 0;
  int ranks = 1;
  int threads = 0;

  Estimate<TokensPerSecond> rate;  ///< all sequences together
  Estimate<Seconds> step;          ///< seconds a token of each sequence
  /// Time of the prompt of `context_start` tokens before, from uncalibrated arithmetic roofs: no
  /// prefill row takes part in any fit. Zero without a prompt.
  Seconds prefill{};
  Bytes weights_read{};  ///< a token (of each sequence)
  Bytes kv_read{};
  Bytes activations{};
  BytesPerSecond bandwidth{};  ///< peak of the engine
  double share_of_peak = 0;    ///< bytes a step over time, over peak
  MemoryFit memory;
  std::optional<EnergyReport> energy;        ///< nothing where the data folders hold no energy law
  std::optional<SustainedReport> sustained;  ///< where the device states what it sustains
  std::optional<ChargeReport> charge;        ///< where a battery is known
  std::string bound;
  CauseSplit causes;
  std::vector<OpReport> ops;
  std::vector<BasisReport> basis;
  bool known_device = false;  ///< rows of this very device took part in the fit
  double device_rows = 0;     ///< of them, measured steps
  bool format_approximate = false;
  std::string check_command;
};

}  // namespace foretoken::sim
