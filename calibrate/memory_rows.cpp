#include "calibrate/memory_rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "base/csv_table.h"
#include "calibrate/csv_cells.h"

namespace foretoken::calibrate {
namespace {

const std::vector<std::string> kKindNames{"buffers", "device", "process", "not-total"};

struct KindEntry {
  MemoryKind kind = MemoryKind::NotTotal;
  std::string why;
};
/// By source and runtime as rows write them; "*" stands for any runtime.
using Kinds = std::map<std::pair<std::string, std::string>, KindEntry>;

void read_kinds(const std::string& path, Kinds& kinds) {
  const CsvTable table = CsvTable::read(path);
  for (const char* needed : {"source", "runtime", "kind", "why"}) table.column(needed);
  std::vector<Fault> faults;
  CsvCells cells(table, faults);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    cells.select(i);
    const auto kind = cells.choice("kind", kKindNames);
    if (!kind) {
      faults.push_back(table.fault(i, table.column("kind"), "'kind' must be stated"));
      continue;
    }
    kinds.insert_or_assign({cells.text("source"), cells.text("runtime")},
                           KindEntry{static_cast<MemoryKind>(*kind), cells.text("why")});
  }
  if (!faults.empty()) throw ConfigError(std::move(faults));
}

const KindEntry* kind_of(const Kinds& kinds, const DecodeRow& row) {
  for (const std::string& runtime : {row.runtime, std::string("*")}) {
    const auto found = kinds.find({row.source, runtime});
    if (found != kinds.end()) return &found->second;
  }
  return nullptr;
}

/// Labels that say of a row's memory that it is another question's: not one whole model on one
/// device. Those that doubt its rate alone do not matter here.
bool another_question(const std::string& labels) {
  static constexpr std::array kOther{"multi-device",      "partial-offload", "flash-streamed",
                                     "speculative",       "simulated",       "low-trust",
                                     "size-mismatch",     "unknown-format",  "unknown-architecture",
                                     "unknown-kv-format", "unknown-device"};
  for (const std::string& label : labels_of(labels)) {
    if (std::find(kOther.begin(), kOther.end(), label) != kOther.end()) return true;
  }
  return false;
}

/// The number behind `before` in the notes; with `after`, only where that word follows.
std::optional<double> number_behind(std::string_view notes, std::string_view before,
                                    std::string_view after) {
  const auto at = notes.find(before);
  if (at == std::string_view::npos) return std::nullopt;
  const char* const first = notes.data() + at + before.size();
  const char* const last = notes.data() + notes.size();
  double number = 0.0;
  const auto [end, fault] = std::from_chars(first, last, number);
  if (fault != std::errc() || !(number >= 1.0)) return std::nullopt;
  const std::string_view rest(end, static_cast<std::size_t>(last - end));
  if (rest.substr(0, after.size()) != after) return std::nullopt;
  return number;
}

}  // namespace

std::string_view text_of(MemoryKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::optional<double> allocated_tokens(std::string_view notes) {
  for (const char* const before : {"context window ", "max context ", "allocated context "}) {
    if (const auto tokens = number_behind(notes, before, "")) return tokens;
  }
  return number_behind(notes, "static ", " slots");
}

MemoryRows memory_rows(const Dataset& data, const sim::Library& library,
                       const std::vector<std::string>& data_folders) {
  Kinds kinds;
  for (const std::string& folder : data_folders) {
    const std::string path = folder + "/measurements/memory_kinds.csv";
    if (std::filesystem::exists(path)) read_kinds(path, kinds);
  }
  MemoryRows found;
  for (const auto& resolved : data.resolved) {
    const DecodeRow& row = *resolved->row;
    if (!row.memory_bytes) continue;
    const KindEntry* const entry = kind_of(kinds, row);
    std::string reason;
    if (another_question(resolved->label)) {
      reason = "label " + resolved->label;
    } else if (entry == nullptr) {
      reason = "what '" + row.source + "' counts is not known";
    } else if (entry->kind == MemoryKind::NotTotal) {
      reason = entry->why;
    }
    if (!reason.empty()) {
      found.unused.push_back({resolved.get(), reason});
      continue;
    }
    sim::Request request = resolved->request;
    if (const auto tokens = allocated_tokens(row.notes)) {
      request.context_start = *tokens;
      request.gen_tokens = 0.0;
    }
    found.rows.push_back({.row = resolved.get(),
                          .kind = entry->kind,
                          .counted = sim::memory_fit(request, *resolved->weights, library.formats),
                          .measured = Bytes::of(*row.memory_bytes)});
  }
  return found;
}

}  // namespace foretoken::calibrate
