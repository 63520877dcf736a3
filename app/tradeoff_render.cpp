#include "app/tradeoff_render.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/answer.h"
#include "app/digits.h"
#include "app/json_text.h"
#include "app/table.h"
#include "sim/predict.h"

namespace foretoken::app {
namespace {

using enum Table::Align;

std::string full(double value) { return fmt::format("{}", value); }

std::string fits_word(const Choice& choice, const char* unknown) {
  const auto fits = choice.report.memory.fits();
  if (!fits) return unknown;
  return *fits ? "yes" : "no";
}

/// A loss as percent: "1.8", "-0.02", "0.0".
std::string loss_text(double share) {
  const double percent_value = share * 100.0;
  if (std::abs(percent_value) < 0.005) return "0.0";
  if (std::abs(percent_value) < 1.0) return fmt::format("{:.2f}", percent_value);
  return std::abs(percent_value) < 100.0 ? fmt::format("{:.1f}", percent_value)
                                         : fmt::format("{:.0f}", percent_value);
}

std::string loss_interval_text(const sim::QualityAnswer& quality) {
  if (!quality.loss) return "-";
  if (quality.loss->lo == quality.loss->hi) return "-";
  return fmt::format("{}..{}", loss_text(quality.loss->lo), loss_text(quality.loss->hi));
}

std::string basis_of(const sim::QualityAnswer& quality) {
  std::string text(text_of(quality.basis));
  if (!quality.note.empty()) text += " (" + quality.note + ")";
  return text;
}

Table people_table(const std::vector<Choice>& choices) {
  Table table({{""},
               {"format"},
               {"kv"},
               {"bits", Right},
               {"weights GiB", Right},
               {"memory GiB", Right},
               {"fits"},
               {"t/s", Right},
               {"90 % interval", Right},
               {"J/token", Right},
               {"90 % interval", Right},
               {"loss %", Right},
               {"90 % interval", Right},
               {"KL", Right},
               {"top-1 %", Right},
               {"loss is"}});
  for (const Choice& choice : choices) {
    const sim::Report& r = choice.report;
    const auto& q = choice.quality;
    const double rate = r.rate.point.base();
    const int decimals = decimals_for(rate, r.rate.lo.base(), r.rate.hi.base());
    const auto joules = [&](Joules Estimate<Joules>::*value) {
      return significant((r.energy->per_token.*value).base(), 2);
    };
    table.add(
        {choice.pareto ? "*" : (choice.keeps ? "" : "x"), format_label(r), choice.kv,
         fmt::format("{:.2f}", choice.bits), significant(r.memory.weights.base() / 1073741824.0, 3),
         significant(r.memory.total().base() / 1073741824.0, 3), fits_word(choice, "?"),
         rounded(rate, decimals),
         fmt::format("{}..{}", rounded(r.rate.lo.base(), decimals),
                     rounded(r.rate.hi.base(), decimals)),
         r.energy ? significant(r.energy->per_token.point.base(), 3) : "-",
         r.energy ? joules(&Estimate<Joules>::lo) + ".." + joules(&Estimate<Joules>::hi) : "-",
         q.loss ? loss_text(q.loss->point) : "?", loss_interval_text(q),
         q.kl ? fmt::format("{:.2g}", q.kl->point) : "-",
         q.top1 ? fmt::format("{:.1f}", q.top1->point * 100.0) : "-", basis_of(q)});
  }
  return table;
}

std::string constraint_words(const Constraints& c) {
  std::vector<std::string> words;
  if (c.max_loss) words.push_back(fmt::format("loss at most {:.3g} %", *c.max_loss * 100.0));
  if (c.max_memory) words.push_back("memory at most " + memory_text(c.max_memory->base()));
  if (c.min_rate) words.push_back(fmt::format("at least {:.4g} t/s", *c.min_rate));
  if (c.max_energy) words.push_back(fmt::format("at most {:.3g} J/token", *c.max_energy));
  if (c.sure && !words.empty()) words.emplace_back("at the unfavourable end of each interval");
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string legend(const std::vector<Choice>& choices, const TradeoffOptions& options) {
  static const char* const names[] = {"rate", "energy", "memory", "loss"};
  std::vector<std::string> words;
  for (const Objective objective : options.objectives) {
    words.emplace_back(names[static_cast<std::size_t>(objective)]);
  }
  std::string text = fmt::format("* unbeaten in {}", fmt::join(words, ", "));
  const bool some_broken =
      std::any_of(choices.begin(), choices.end(), [](const Choice& c) { return !c.keeps; });
  const std::string constraints = constraint_words(options.constraints);
  if (some_broken) {
    text += constraints.empty() ? "; x does not fit" : "; x breaks a bound: " + constraints;
  }
  return text + "\nloss: perplexity over the 16-bit model's, less 1\n";
}

Json interval_json(const std::optional<sim::LossInterval>& interval) {
  if (!interval) return nullptr;
  return {{"point", json_number(interval->point)},
          {"lo", json_number(interval->lo)},
          {"hi", json_number(interval->hi)},
          {"level", json_number(sim::kIntervalLevel)}};
}

Json choice_json(const Choice& choice) {
  const sim::Report& r = choice.report;
  const auto fits = r.memory.fits();
  return {
      {"model", r.model},
      {"device", r.device},
      {"runtime", r.runtime},
      {"format", r.format},
      {"kv_format", choice.kv},
      {"batch", json_number(r.batch)},
      {"context_start", json_number(r.context_start)},
      {"gen_tokens", json_number(r.gen_tokens)},
      {"bits_per_weight", json_number(choice.bits)},
      {"weights_bytes", json_number(r.memory.weights.base())},
      {"memory_bytes", json_number(r.memory.total().base())},
      {"fits", fits ? Json(*fits) : Json(nullptr)},
      {"tokens_per_second", json_estimate(r.rate)},
      {"energy_joules_per_token", r.energy ? json_estimate(r.energy->per_token) : Json(nullptr)},
      {"perplexity_loss", interval_json(choice.quality.loss)},
      {"kl_divergence", interval_json(choice.quality.kl)},
      {"top1_agreement", interval_json(choice.quality.top1)},
      {"loss_basis", text_of(choice.quality.basis)},
      {"loss_note", choice.quality.note},
      {"keeps_bounds", choice.keeps},
      {"breaks", choice.broken.empty() ? Json(nullptr) : Json(choice.broken)},
      {"pareto", choice.pareto}};
}

}  // namespace

std::string tradeoff_text(const std::vector<Choice>& choices, const TradeoffOptions& options,
                          std::size_t width) {
  const sim::Report& first = choices.front().report;
  std::string text =
      fmt::format("{} on {}, {}, ctx {:.0f}..{:.0f}{}\n\n", first.model, first.device,
                  first.runtime, first.context_start, first.context_start + first.gen_tokens,
                  first.batch > 1 ? fmt::format(", batch {:.0f}", first.batch) : "");
  Table table = people_table(choices);
  table.drop_constant({"kv", "J/token"});
  text += table.text() + "\n" + legend(choices, options);
  const std::string plot = tradeoff_plot(choices, width);
  return plot.empty() ? text : text + "\n" + plot;
}

std::string tradeoff_markdown(const std::vector<Choice>& choices) {
  return people_table(choices).markdown();
}

std::string tradeoff_csv(const std::vector<Choice>& choices) {
  Table table({{"model"},
               {"device"},
               {"runtime"},
               {"format"},
               {"kv_format"},
               {"context_start_tokens"},
               {"bits_per_weight"},
               {"weights_bytes"},
               {"memory_bytes"},
               {"fits"},
               {"tokens_per_second"},
               {"tokens_per_second_lo"},
               {"tokens_per_second_hi"},
               {"energy_joules_per_token"},
               {"energy_joules_per_token_lo"},
               {"energy_joules_per_token_hi"},
               {"perplexity_loss"},
               {"perplexity_loss_lo"},
               {"perplexity_loss_hi"},
               {"kl_divergence"},
               {"top1_agreement"},
               {"loss_basis"},
               {"loss_note"},
               {"breaks"},
               {"pareto"}});
  for (const Choice& choice : choices) {
    const sim::Report& r = choice.report;
    const auto& q = choice.quality;
    const auto joules = [&](Joules Estimate<Joules>::*value) {
      return r.energy ? full((r.energy->per_token.*value).base()) : std::string();
    };
    table.add({r.model,
               r.device,
               r.runtime,
               r.format,
               choice.kv,
               full(r.context_start),
               full(choice.bits),
               full(r.memory.weights.base()),
               full(r.memory.total().base()),
               fits_word(choice, ""),
               full(r.rate.point.base()),
               full(r.rate.lo.base()),
               full(r.rate.hi.base()),
               joules(&Estimate<Joules>::point),
               joules(&Estimate<Joules>::lo),
               joules(&Estimate<Joules>::hi),
               q.loss ? full(q.loss->point) : "",
               q.loss ? full(q.loss->lo) : "",
               q.loss ? full(q.loss->hi) : "",
               q.kl ? full(q.kl->point) : "",
               q.top1 ? full(q.top1->point) : "",
               std::string(text_of(q.basis)),
               q.note,
               choice.broken,
               choice.pareto ? "1" : "0"});
  }
  return table.csv();
}

std::string tradeoff_json(const std::vector<Choice>& choices) {
  Json all = Json::array();
  for (const Choice& choice : choices) all.push_back(choice_json(choice));
  return json_document(all);
}

std::string tradeoff_json_lines(const std::vector<Choice>& choices) {
  std::string text;
  for (const Choice& choice : choices) text += json_line(choice_json(choice));
  return text;
}

std::string best_line(const Choice& choice) {
  const sim::Report& r = choice.report;
  const int decimals = decimals_for(r.rate.point.base(), r.rate.lo.base(), r.rate.hi.base());
  std::string text =
      fmt::format("{}: {} in all, {} t/s ({}..{})", name_of(choice),
                  memory_text(r.memory.total().base()), rounded(r.rate.point.base(), decimals),
                  rounded(r.rate.lo.base(), decimals), rounded(r.rate.hi.base(), decimals));
  if (r.energy) {
    text += fmt::format(", {} J/token", significant(r.energy->per_token.point.base(), 3));
  }
  const auto& q = choice.quality;
  if (!q.loss) return text + fmt::format(", loss not known ({})\n", q.note);
  return text + fmt::format(", loses {} % ({}; {})\n", loss_text(q.loss->point),
                            loss_interval_text(q), basis_of(q));
}

}  // namespace foretoken::app
