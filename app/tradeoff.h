#pragma once

/// What formats of weights and KV cache cost and gain on one device: rate, energy, memory, loss.

#include <optional>
#include <string>
#include <vector>

#include "app/combinations.h"
#include "sim/quality.h"
#include "sim/report.h"

namespace foretoken::app {

enum class Objective { Rate, Energy, Bytes, Loss };
enum class Best { None, Smallest, Fastest, MostFrugal, MostAccurate };

/// What a choice must keep; absent: anything goes.
struct Constraints {
  std::optional<double> max_loss;    ///< share: 0.01 for 1 % more perplexity
  std::optional<Bytes> max_memory;   ///< in place of the device's
  std::optional<double> min_rate;    ///< tokens/s
  std::optional<double> max_energy;  ///< J/token
  bool sure = false;                 ///< at the unfavourable end of every interval
};

struct TradeoffOptions {
  PredictOptions question;
  std::vector<Objective> objectives{Objective::Rate, Objective::Bytes, Objective::Loss};
  Constraints constraints;
  Best best = Best::None;
};

struct Choice {
  const Combination* asked = nullptr;
  sim::Report report;
  sim::QualityAnswer quality;
  double bits = 0;      ///< of all weights, a parameter
  std::string kv;       ///< formats of keys and values
  bool keeps = false;   ///< fits, and keeps every constraint
  bool pareto = false;  ///< no other that keeps them beats it
  std::string broken;   ///< the first constraint that it breaks
};

void add_tradeoff_flags(Flags& flags);
/// Throws UsageError or Error; lists are for -q and the cache formats alone.
TradeoffOptions tradeoff_options(const Flags& flags);

/// Weight formats that `-q all` stands for: those whose layout the runtime reads, no likenesses of
/// recipes that only their files tell and no recipes of one publisher (names with a blank), nothing
/// that the device has no arithmetic for.
/// Throws Error for a runtime that does not state its weight layout.
std::vector<std::string> formats_for(const hwdb::Runtime& runtime, const hwdb::Device& device,
                                     const model::Llm& llm, const sim::Library& library);

/// Priced, with their loss, constraints and Pareto's set; those that keep the constraints first,
/// fast ones before slow ones.
std::vector<Choice> choices_of(const Question& question, const TradeoffOptions& options,
                               const sim::Library& library, const sim::QualityLibrary& quality,
                               std::vector<std::string>& refused);

/// The best of those that keep the constraints, of known losses where there are any; nullptr when
/// none does.
const Choice* best_of(const std::vector<Choice>& choices, Best best);

/// "Q4_K_M with cache Q8_0": how an answer names a choice.
std::string name_of(const Choice& choice);

}  // namespace foretoken::app
