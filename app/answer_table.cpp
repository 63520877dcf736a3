#include "app/answer_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/digits.h"
#include "app/table.h"

namespace foretoken::app {
namespace {

using enum Table::Align;

std::string fits_word(const sim::MemoryFit& memory, const char* unknown) {
  const auto fits = memory.fits();
  if (!fits) return unknown;
  return *fits ? "yes" : "no";
}

std::string gibibytes(Bytes bytes) { return significant(bytes.base() / 1073741824.0, 3); }

std::string kv_of(const sim::Request& request) {
  const std::string& usual = request.runtime->kv_format;
  const std::string& keys = request.kv_keys.empty() ? usual : request.kv_keys;
  const std::string& values = request.kv_values.empty() ? usual : request.kv_values;
  return keys == values ? keys : keys + "/" + values;
}

/// Clock of cores held below the sheet's; `otherwise` at full clock.
std::string clock_of(const sim::Request& request, const char* otherwise) {
  return request.sheet == nullptr ? otherwise : clock_text(request.device->clock->base());
}

Table people_table(const std::vector<Answer>& answers) {
  const double level = answers.empty() ? 0.9 : answers.front().report.rate.level;
  Table table({{"#", Right},
               {"model"},
               {"format"},
               {"device"},
               {"clock", Right},
               {"runtime"},
               {"kv"},
               {"batch", Right},
               {"tp", Right},
               {"threads", Right},
               {"ctx", Right},
               {"gen", Right},
               {"t/s", Right},
               {fmt::format("{:.0f} % interval", level * 100.0), Right},
               {"ms/token", Right},
               {"% of peak", Right},
               {"J/token", Right},
               {"W", Right},
               {"memory GiB", Right},
               {"fits"},
               {"bound"},
               {"basis"}});
  std::size_t rank = 0;
  for (const Answer& answer : answers) {
    const sim::Report& r = answer.report;
    const double rate = r.rate.point.base();
    const int decimals = decimals_for(rate, r.rate.lo.base(), r.rate.hi.base());
    const double ms = r.step.point.base() * 1e3;
    const int ms_decimals = decimals_for(ms, r.step.lo.base() * 1e3, r.step.hi.base() * 1e3);
    table.add({fmt::format("{}", ++rank),
               r.model,
               format_label(r),
               r.device,
               clock_of(answer.asked->request, "-"),
               r.runtime,
               kv_of(answer.asked->request),
               fmt::format("{:.0f}", r.batch),
               fmt::format("{}", r.ranks),
               r.threads > 0 ? fmt::format("{}", r.threads) : "-",
               fmt::format("{:.0f}", r.context_start),
               fmt::format("{:.0f}", r.gen_tokens),
               rounded(rate, decimals),
               fmt::format("{}..{}", rounded(r.rate.lo.base(), decimals),
                           rounded(r.rate.hi.base(), decimals)),
               rounded(ms, ms_decimals),
               fmt::format("{:.0f}", r.share_of_peak * 100.0),
               r.energy ? significant(r.energy->per_token.point.base(), 3) : "-",
               r.energy ? significant(r.energy->power.point.base(), 3) : "-",
               gibibytes(r.memory.total()),
               fits_word(r.memory, "?"),
               r.bound,
               basis_word(r)});
  }
  const bool slowed = std::any_of(answers.begin(), answers.end(), [](const Answer& answer) {
    return answer.asked->request.sheet != nullptr;
  });
  if (!slowed) table.drop_constant({"clock"});
  return table;
}

std::string full(double value) { return fmt::format("{}", value); }

std::string joules_of(const sim::Report& report, Joules Estimate<Joules>::*value) {
  return report.energy ? full((report.energy->per_token.*value).base()) : "";
}

std::string watts_of(const sim::Report& report, Watts Estimate<Watts>::*value) {
  return report.energy ? full((report.energy->power.*value).base()) : "";
}

}  // namespace

std::string answers_text(const std::vector<Answer>& answers) {
  Table table = people_table(answers);
  std::string shared;
  for (const auto& [heading, value] :
       table.drop_constant({"model", "format", "device", "clock", "runtime", "kv", "batch", "tp",
                            "threads", "ctx", "gen"})) {
    if (value == "-" || (heading == "tp" && value == "1")) continue;
    shared += fmt::format("{}{} {}", shared.empty() ? "" : ", ", heading, value);
  }
  return (shared.empty() ? "" : shared + "\n") + table.text();
}

std::string answers_markdown(const std::vector<Answer>& answers) {
  return people_table(answers).markdown();
}

std::string answers_csv(const std::vector<Answer>& answers) {
  Table table({{"model"},
               {"device"},
               {"runtime"},
               {"format"},
               {"kv_format"},
               {"batch"},
               {"context_start_tokens"},
               {"gen_tokens"},
               {"tp"},
               {"threads"},
               {"clock_hertz"},
               {"tokens_per_second"},
               {"tokens_per_second_lo"},
               {"tokens_per_second_hi"},
               {"level"},
               {"seconds_per_token"},
               {"seconds_per_token_lo"},
               {"seconds_per_token_hi"},
               {"weights_bytes_per_token"},
               {"kv_bytes_per_token"},
               {"activations_bytes_per_token"},
               {"share_of_peak"},
               {"energy_joules_per_token"},
               {"energy_joules_per_token_lo"},
               {"energy_joules_per_token_hi"},
               {"power_watts"},
               {"power_watts_lo"},
               {"power_watts_hi"},
               {"power_scope"},
               {"memory_weights_bytes"},
               {"memory_kv_bytes"},
               {"memory_overhead_bytes"},
               {"memory_total_bytes"},
               {"memory_capacity_bytes"},
               {"fits"},
               {"bound"},
               {"basis"}});
  for (const Answer& answer : answers) {
    const sim::Report& r = answer.report;
    table.add({r.model,
               r.device,
               r.runtime,
               r.format,
               kv_of(answer.asked->request),
               full(r.batch),
               full(r.context_start),
               full(r.gen_tokens),
               full(r.ranks),
               r.threads > 0 ? full(r.threads) : "",
               answer.asked->request.sheet == nullptr
                   ? ""
                   : full(answer.asked->request.device->clock->base()),
               full(r.rate.point.base()),
               full(r.rate.lo.base()),
               full(r.rate.hi.base()),
               full(r.rate.level),
               full(r.step.point.base()),
               full(r.step.lo.base()),
               full(r.step.hi.base()),
               full(r.weights_read.base()),
               full(r.kv_read.base()),
               full(r.activations.base()),
               full(r.share_of_peak),
               joules_of(r, &Estimate<Joules>::point),
               joules_of(r, &Estimate<Joules>::lo),
               joules_of(r, &Estimate<Joules>::hi),
               watts_of(r, &Estimate<Watts>::point),
               watts_of(r, &Estimate<Watts>::lo),
               watts_of(r, &Estimate<Watts>::hi),
               r.energy ? r.energy->scope : "",
               full(r.memory.weights.base()),
               full(r.memory.kv.base()),
               full(r.memory.overhead.base()),
               full(r.memory.total().base()),
               r.memory.capacity ? full(r.memory.capacity->base()) : "",
               fits_word(r.memory, ""),
               r.bound,
               basis_word(r)});
  }
  return table.csv();
}

}  // namespace foretoken::app
