#include "app/few_shot_text.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "app/digits.h"
#include "app/json_text.h"
#include "app/table.h"

namespace foretoken::app {
namespace {

using validate::FewShotCard;
using validate::ShotsCell;
using validate::ShotsLine;

std::string cell_text(const ShotsCell& cell) {
  if (cell.devices == 0) return "-";
  return fmt::format("{} ({})", percent(cell.median_error, 1), cell.devices);
}

Table table_of(const FewShotCard& card, std::vector<ShotsCell> ShotsLine::*cells) {
  std::vector<Table::Column> columns{{"pool"}};
  for (const std::size_t shots : card.shots) {
    columns.push_back(
        {fmt::format("{} {}", shots, shots == 1 ? "row" : "rows"), Table::Align::Right});
  }
  Table table(std::move(columns));
  for (const ShotsLine& line : card.lines) {
    std::vector<std::string> texts{line.pool};
    for (const ShotsCell& cell : line.*cells) texts.push_back(cell_text(cell));
    table.add(std::move(texts));
  }
  return table;
}

std::string given_text(calibrate::Given given) {
  constexpr std::array<const char*, calibrate::kGiven> kNames{"rows", "kernels", "both"};
  return kNames[static_cast<std::size_t>(given)];
}

Table kernels_table(const FewShotCard& card) {
  std::vector<Table::Column> columns{{"pool"}, {"given"}};
  for (const std::size_t shots : card.shots) {
    columns.push_back({fmt::format("{}", shots), Table::Align::Right});
  }
  Table table(std::move(columns));
  for (const validate::KernelShotsLine& line : card.kernel_lines) {
    std::vector<std::string> texts{line.pool, given_text(line.given)};
    for (const ShotsCell& cell : line.cells) texts.push_back(cell_text(cell));
    table.add(std::move(texts));
  }
  return table;
}

Json cells_json(const FewShotCard& card, const std::vector<ShotsCell>& cells) {
  Json json = Json::array();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    json.push_back({{"shots", card.shots[i]},
                    {"devices", cells[i].devices},
                    {"rows", cells[i].rows},
                    {"median_error", json_number(cells[i].median_error)}});
  }
  return json;
}

}  // namespace

std::string few_shot_text(const FewShotCard& card, bool markdown) {
  const auto shown = [&](const Table& table) { return markdown ? table.markdown() : table.text(); };
  const char* const gap = markdown ? "\n\n" : "\n";
  std::string text = fmt::format(
      "each device left out, some of its measured rows given back, the others predicted{0}"
      "median over devices of a device's median error of time per token (devices){0}{1}\n"
      "the same for devices with more than {2} rows{0}{3}",
      gap, shown(table_of(card, &ShotsLine::cells)), card.shots.back(),
      shown(table_of(card, &ShotsLine::same_devices)));
  if (!card.kernel_lines.empty()) {
    text += fmt::format(
        "\nthe same for devices that kernels were timed on too: so many rows given, kernels alone, "
        "or so many of both{}{}",
        gap, shown(kernels_table(card)));
  }
  return text;
}

std::string few_shot_json(const FewShotCard& card) {
  Json lines = Json::array();
  for (const ShotsLine& line : card.lines) {
    lines.push_back({{"pool", line.pool},
                     {"shots", cells_json(card, line.cells)},
                     {"same_devices", cells_json(card, line.same_devices)}});
  }
  Json kernels = Json::array();
  for (const validate::KernelShotsLine& line : card.kernel_lines) {
    kernels.push_back({{"pool", line.pool},
                       {"given", given_text(line.given)},
                       {"shots", cells_json(card, line.cells)}});
  }
  return json_document({{"few_shot", lines}, {"few_shot_kernels", kernels}});
}

}  // namespace foretoken::app
