#include "app/memory_card_text.h"

#include <fmt/format.h>

#include "app/digits.h"
#include "app/json_text.h"
#include "app/table.h"

namespace foretoken::app {
namespace {

using validate::MemoryCard;
using validate::MemoryGroup;
using validate::VerdictCheck;

Table groups_table(const MemoryCard& card) {
  using enum Table::Align;
  Table table({{"runtime (what is counted)"},
               {"rows", Right},
               {"median error", Right},
               {"p90", Right},
               {"bias", Right},
               {"in 90 %", Right}});
  const auto add = [&](const MemoryGroup& group) {
    table.add({group.name, fmt::format("{}", group.rows), percent(group.median_ape, 1),
               percent(group.p90_ape, 1), fmt::format("{:+.3f}", group.bias),
               percent(group.coverage)});
  };
  add(card.all);
  for (const MemoryGroup& group : card.groups) add(group);
  return table;
}

std::string verdicts_text(const char* what, const char* wrong, const VerdictCheck& check,
                          bool markdown) {
  std::string text =
      fmt::format("{}: {}, of them said wrongly {}: {} (either way within 90 %: {})\n", what,
                  check.runs, wrong, check.wrong.size(), check.near);
  if (markdown) text += "\n";
  for (const validate::WrongVerdict& run : check.wrong) {
    text += fmt::format("{} {}: {} of {}\n", markdown ? "-" : "   ", run.what,
                        memory_text(run.predicted), memory_text(run.capacity));
  }
  return text;
}

Json verdicts_json(const VerdictCheck& check) {
  Json wrong = Json::array();
  for (const validate::WrongVerdict& run : check.wrong) {
    wrong.push_back({{"what", run.what},
                     {"predicted_bytes", json_number(run.predicted)},
                     {"capacity_bytes", json_number(run.capacity)}});
  }
  return {{"runs", check.runs}, {"near", check.near}, {"wrong", wrong}};
}

Json group_json(const MemoryGroup& group) {
  return {{"key", group.name},
          {"rows", group.rows},
          {"median_ape", json_number(group.median_ape)},
          {"p90_ape", json_number(group.p90_ape)},
          {"bias", json_number(group.bias)},
          {"coverage_90", json_number(group.coverage)}};
}

}  // namespace

std::string memory_card_text(const MemoryCard& card, bool markdown) {
  const char* const gap = markdown ? "\n\n" : "\n";
  const Table groups = groups_table(card);
  std::string text = fmt::format("memory in all, each {} left out{}{}\n", card.leave_out, gap,
                                 markdown ? groups.markdown() : groups.text());
  text += verdicts_text("runs that fitted", "not to fit", card.ran, markdown);
  text +=
      verdicts_text("runs of servers, at their mean length", "not to fit", card.served, markdown);
  text += verdicts_text("runs that did not fit", "to fit", card.did_not, markdown);
  Table unused({{"rows", Table::Align::Right}, {"not used, because"}});
  for (const validate::UnusedMemory& reason : card.unused) {
    unused.add({fmt::format("{}", reason.rows), reason.reason});
  }
  return text + "\n" + (markdown ? unused.markdown() : unused.text());
}

std::string memory_card_json(const MemoryCard& card) {
  Json groups = Json::array();
  for (const MemoryGroup& group : card.groups) groups.push_back(group_json(group));
  Json unused = Json::array();
  for (const validate::UnusedMemory& reason : card.unused) {
    unused.push_back({{"reason", reason.reason}, {"rows", reason.rows}});
  }
  return json_document({{"leave_out", card.leave_out},
                        {"all", group_json(card.all)},
                        {"groups", groups},
                        {"ran", verdicts_json(card.ran)},
                        {"served", verdicts_json(card.served)},
                        {"did_not_fit", verdicts_json(card.did_not)},
                        {"unused", unused}});
}

}  // namespace foretoken::app
