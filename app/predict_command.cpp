#include <algorithm>

#include <fmt/format.h>

#include "app/answer.h"
#include "app/answer_json.h"
#include "app/answer_table.h"
#include "app/answer_text.h"
#include "app/command.h"
#include "app/data_folders.h"
#include "app/predict_options.h"
#include "base/error.h"
#include "sim/library.h"
#include "sim/predict.h"

namespace foretoken::app {
namespace {

/// Predicts every combination. One that cannot be predicted is noted, unless it is the only one.
std::vector<Answer> answers_to(const Question& question, const sim::Library& library,
                               Console& console) {
  std::vector<Answer> answers;
  std::vector<std::string> refused;
  for (const Combination& asked : question.combinations) {
    try {
      Answer answer{
          .asked = &asked, .report = sim::predict(asked.request, library), .warnings = {}};
      answer.warnings = warnings_of(asked, answer.report);
      answers.push_back(std::move(answer));
    } catch (const Error& error) {
      refused.push_back(fmt::format("skipped {} on {}: {}", asked.request.llm->id,
                                    asked.request.device->id, error.what()));
    }
  }
  if (answers.empty()) throw Error(fmt::format("{}", fmt::join(refused, "\n")));
  for (const std::string& line : refused) console.note(line);
  return answers;
}

void sort_answers(std::vector<Answer>& answers, SortBy by) {
  const auto key = [by](const Answer& answer) {
    const sim::Report& r = answer.report;
    if (by == SortBy::Latency) return r.step.point.base();
    return by == SortBy::Memory ? r.memory.total().base() : -r.rate.point.base();
  };
  std::stable_sort(answers.begin(), answers.end(),
                   [&](const Answer& a, const Answer& b) { return key(a) < key(b); });
}

/// Keeps what reaches `least` tokens/s.
/// A device that the model does not fit on reaches no rate at all.
void filter_answers(std::vector<Answer>& answers, double least) {
  std::erase_if(answers, [&](const Answer& answer) {
    return answer.report.rate.point.base() < least || !answer.report.memory.fits().value_or(true);
  });
}

std::string rendered(const std::vector<Answer>& answers, const PredictOptions& options) {
  switch (options.format) {
    case Format::Markdown:
      return answers_markdown(answers);
    case Format::Csv:
      return answers_csv(answers);
    case Format::Json:
      return answers_json(answers, options.ops);
    case Format::JsonLines:
      return answers_json_lines(answers, options.ops);
    case Format::Text:
      break;
  }
  std::string text;
  if (answers.size() == 1) {
    text = answer_text(answers.front());
    if (options.ops) text += "\n" + ops_text(answers.front().report);
    return text;
  }
  text = answers_text(answers);
  for (std::size_t i = 0; options.ops && i < answers.size(); ++i) {
    const sim::Report& r = answers[i].report;
    text += fmt::format("\n# {}: {} {} on {}, {}\n{}", i + 1, r.model, r.format, r.device,
                        r.runtime, ops_text(r));
  }
  return text;
}

/// Warnings of a single answer; in a table the columns say what matters.
void note_warnings(const std::vector<Answer>& answers, Console& console) {
  if (answers.size() != 1) return;
  for (const std::string& warning : answers.front().warnings) {
    console.note(fmt::format("note: {}", warning));
  }
}

}  // namespace

Outcome run_predict(const Arguments& arguments, Console& console) {
  Flags flags("foretoken predict -m MODEL -d DEVICE [flags]",
              "Predicts decode speed, memory and what binds. Comma lists are cross products.");
  add_predict_flags(flags);
  if (!flags.parse(arguments)) {
    console.print(flags.help());
    return Outcome::Done;
  }
  const PredictOptions options = predict_options(flags);
  const sim::Library library = sim::read_library(data_folders(flags));
  const Question question = question_of(options, library);
  for (const std::string& line : question.skipped) console.note("skipped: " + line);
  std::vector<Answer> answers = answers_to(question, library, console);
  sort_answers(answers, options.sort);
  if (options.min_rate) {
    const Answer best = *std::max_element(
        answers.begin(), answers.end(),
        [](const Answer& a, const Answer& b) { return a.report.rate.point < b.report.rate.point; });
    filter_answers(answers, *options.min_rate);
    if (answers.empty()) {
      console.note(fmt::format(
          "nothing that fits reaches {} t/s; the fastest is {} on {} with {:.3g} t/s",
          *options.min_rate, best.report.model, best.report.device, best.report.rate.point.base()));
      if (options.format == Format::Json) console.print("[]\n");
      return Outcome::CheckFailed;
    }
  }
  console.print(rendered(answers, options));
  note_warnings(answers, console);
  return Outcome::Done;
}

}  // namespace foretoken::app
