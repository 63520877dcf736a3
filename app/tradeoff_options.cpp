#include <algorithm>

#include <fmt/format.h>

#include "app/data_folders.h"
#include "app/outcome.h"
#include "app/tradeoff.h"
#include "app/values.h"
#include "base/error.h"
#include "base/unit_text.h"

namespace foretoken::app {
namespace {

constexpr NumberRange kRateRange{0, 1e12};
constexpr NumberRange kEnergyRange{0, 1e9};
constexpr NumberRange kPercentRange{0, 1e6};

std::vector<Objective> objectives_of(const Flags& flags) {
  const auto text = flags.find("objectives");
  if (!text) return {Objective::Rate, Objective::Bytes, Objective::Loss};
  std::vector<Objective> objectives;
  for (const std::string& word : list_items(flags.written("objectives"), *text)) {
    if (word == "rate") {
      objectives.push_back(Objective::Rate);
    } else if (word == "energy") {
      objectives.push_back(Objective::Energy);
    } else if (word == "bytes") {
      objectives.push_back(Objective::Bytes);
    } else if (word == "loss") {
      objectives.push_back(Objective::Loss);
    } else {
      throw UsageError(
          fmt::format("--objectives: unknown '{}'; expected rate, energy, bytes, loss", word));
    }
  }
  return objectives;
}

/// "1%" or "1 %" as a share.
double percent_of(const std::string& flag, std::string text) {
  if (text.empty() || text.back() != '%') {
    throw Error(fmt::format("{} must be a percentage, like 1%; found '{}'", flag, text));
  }
  text.pop_back();
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return plain_number(flag, text, kPercentRange) / 100.0;
}

Bytes bytes_of(const std::string& flag, const std::string& text) {
  if (const auto bytes = parse_quantity<Bytes>(text)) return *bytes;
  throw Error(
      fmt::format("{} must be a size with its unit, like 8GB or 8GiB; found '{}'", flag, text));
}

Best best_word(const std::string& word) {
  if (word == "smallest") return Best::Smallest;
  if (word == "fastest") return Best::Fastest;
  if (word == "most-frugal") return Best::MostFrugal;
  return word == "most-accurate" ? Best::MostAccurate : Best::None;
}

/// One device, one batch, ...: choices are compared with each other, not over questions.
void require_single(const Flags& flags, const char* name, std::size_t count) {
  if (count <= 1) return;
  throw UsageError(fmt::format("{} takes one value here, not a list", flags.written(name)));
}

}  // namespace

void add_tradeoff_flags(Flags& flags) {
  add_question_flags(flags);
  flags.add_value("objectives", "LIST",
                  "what the marked choices are unbeaten in: rate, energy, bytes, loss (default "
                  "rate,bytes,loss)");
  flags.add_value("max-loss", "P%", "most perplexity over the unquantized model's, like 1%");
  flags.add_value("max-memory", "SIZE", "most memory, like 8GB (default: the device's)");
  flags.add_value("min-rate", "X", "least tokens/s");
  flags.add_value("max-energy", "J", "most joules a token");
  flags.add_switch("sure", "keep these bounds at the unfavourable end of each interval");
  flags.add_value("best", "WHICH",
                  "one line: smallest, fastest, most-frugal or most-accurate; exit code 1 when "
                  "nothing keeps the bounds");
  flags.add_value("output,o", "FORMAT", "text (default), md, csv, json or jsonl");
  add_data_flag(flags);
}

TradeoffOptions tradeoff_options(const Flags& flags) {
  TradeoffOptions options;
  options.question = predict_options(flags);
  const PredictOptions& asked = options.question;
  require_single(flags, "model", asked.models.size());
  require_single(flags, "runtime", asked.runtimes.size());
  require_single(flags, "batch", asked.batches.size());
  require_single(flags, "context", asked.contexts.size());
  require_single(flags, "gen", asked.gen_tokens.size());
  require_single(flags, "threads", asked.threads.size());
  require_single(flags, "tp", asked.ranks.size());
  require_single(flags, "clock", asked.clocks.size());
  options.objectives = objectives_of(flags);
  Constraints& c = options.constraints;
  if (const auto text = flags.find("max-loss")) {
    c.max_loss = percent_of(flags.written("max-loss"), *text);
  }
  if (const auto text = flags.find("max-memory")) {
    c.max_memory = bytes_of(flags.written("max-memory"), *text);
  }
  if (const auto text = flags.find("min-rate")) {
    c.min_rate = plain_number(flags.written("min-rate"), *text, kRateRange);
  }
  if (const auto text = flags.find("max-energy")) {
    c.max_energy = plain_number(flags.written("max-energy"), *text, kEnergyRange);
  }
  c.sure = flags.given("sure");
  options.best = best_word(
      flags.choice("best", {"", "smallest", "fastest", "most-frugal", "most-accurate"}, ""));
  return options;
}

}  // namespace foretoken::app
