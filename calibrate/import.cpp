#include "calibrate/import.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/csv_table.h"
#include "base/error.h"
#include "base/gzip_file.h"
#include "base/hash.h"
#include "base/text_file.h"
#include "calibrate/kernel_resolver.h"
#include "calibrate/resolver.h"
#include "calibrate/row_columns.h"

namespace foretoken::calibrate {
namespace {

// Outputs of benchmarks are kilobytes; what is larger is another file.
constexpr std::size_t kLargestFile = std::size_t{64} << 20U;

std::string read_bytes(const std::string& path) {
  return path.ends_with(".gz") ? read_gzip_file(path, kLargestFile)
                               : read_text_file(path, kLargestFile);
}

/// All that a row says, as one text: equal texts are equal rows. The day of the import and the file
/// do not count, the time of the measurement does.
template <typename Row>
std::string content_of(const Row& row, const Provenance& from) {
  std::vector<std::string> cells = csv_cells(row);
  cells.push_back(from.measured);
  return csv_line(cells);
}

/// "" when the row's texts can be kept.
template <typename Row>
std::string unfit_text(const Row& row, const Provenance& from) {
  std::string reason;
  const auto check = [&](const char* column, const std::string& text) {
    if (!reason.empty()) return;
    if (text.size() > kLongestText) {
      reason =
          fmt::format("'{}' has {} bytes; at most {} are kept", column, text.size(), kLongestText);
    } else if (text.find('\0') != std::string::npos) {
      reason = fmt::format("'{}' has a zero byte in it", column);
    }
  };
  for (const auto& column : columns_of<Row>()) {
    if (column.get_text != nullptr) check(column.name, column.get_text(row));
  }
  for (const auto& column : provenance_columns()) check(column.name, from.*column.member);
  return reason;
}

/// "" when the figures can be those of a measurement.
std::string unfit_figure(const DecodeRow& row) {
  constexpr double kMostSequences = 1e6;
  constexpr double kMostTokens = 1e9;
  constexpr double kMostRate = 1e12;
  constexpr double kLeastRate = 1e-6;
  if (row.batch > kMostSequences) return fmt::format("a batch of {:.3g}", row.batch);
  for (const double tokens : {row.context_start, row.gen_tokens, row.prefill_tokens}) {
    if (tokens > kMostTokens) return fmt::format("{:.3g} tokens", tokens);
  }
  if (row.tokens_per_second.value_or(0.0) > kMostRate ||
      row.tokens_per_second.value_or(1.0) < kLeastRate) {
    return fmt::format("{:.3g} tokens a second", *row.tokens_per_second);
  }
  return {};
}

std::string unfit_figure(const KernelRow& row) {
  constexpr double kMostSeconds = 1e6;
  if (row.latency_seconds > kMostSeconds) return fmt::format("{:.3g} s", row.latency_seconds);
  return {};
}

/// Rows by id, to tell a duplicate from another row of the same id.
template <typename Row>
class Known {
 public:
  explicit Known(const std::vector<Stored<Row>>& rows) {
    for (const Stored<Row>& row : rows) add(row.row, row.from);
  }

  void name(Row& row, const Provenance& from) const {
    if (row.row_id.empty()) row.row_id = "imp-" + hash_text(fnv1a(content_of(row, from)));
  }
  /// nullptr when no row has the id.
  const std::string* find(const Row& row) const {
    const auto known = by_id_.find(row.row_id);
    return known == by_id_.end() ? nullptr : &known->second;
  }
  void add(const Row& row, const Provenance& from) {
    by_id_.emplace(row.row_id, content_of(row, from));
  }

 private:
  std::map<std::string, std::string> by_id_;
};

class Importer {
 public:
  Importer(const sim::Library& library, const ImportOptions& options, RowStore& store)
      : library_(library),
        options_(options),
        store_(store),
        names_(library, options),
        resolver_(library),
        known_decode_(store.decode),
        known_kernels_(store.kernels) {}

  FileAccount add(const std::string& path) {
    const std::string bytes = read_bytes(path);
    ForeignFile file = read_foreign_text(bytes, path);
    FileAccount account{.path = path,
                        .tool = file.tool,
                        .format = file.format,
                        .build = {},
                        .unused = std::move(file.unused),
                        .passed_over = std::move(file.passed_over)};
    const Provenance origin{.file = path.substr(path.rfind('/') + 1),  // npos + 1 is 0
                            .hash = hash_text(fnv1a(bytes)),
                            .tool = file.tool,
                            .build = {},
                            .measured = {},
                            .imported = options_.today};
    for (ForeignDecode& found : file.decode) {
      const int line = found.row.line;
      if (keep(found, origin, store_.decode, known_decode_, account, line)) ++account.decode;
    }
    for (ForeignKernel& found : file.kernels) {
      const int line = found.row.line;
      if (keep(found, origin, store_.kernels, known_kernels_, account, line)) ++account.kernels;
    }
    std::stable_sort(account.unused.begin(), account.unused.end(),
                     [](const UnusedRow& a, const UnusedRow& b) { return a.line < b.line; });
    return account;
  }

 private:
  std::string resolved(ForeignDecode& found) {
    std::string reason = names_.find(found);
    return reason.empty() ? resolver_.resolve(found.row).reject : reason;
  }

  std::string resolved(ForeignKernel& found) {
    std::string reason = names_.find(found);
    if (!reason.empty()) return reason;
    const ResolvedKernel kernel = resolve_kernel(library_, found.row);
    if (kernel.reject.empty()) add_footprint(kernel, found.row);
    return kernel.reject;
  }

  /// test-backend-ops gives an operator the same operands again and again: what fits the last cache
  /// is served from it.
  static void add_footprint(const ResolvedKernel& kernel, KernelRow& row) {
    if (row.kernel != "test-backend-ops" || !row.label.empty()) return;
    const ops::Demand& demand = kernel.loads.ops.front().demand;
    if (!row.bytes) {
      row.bytes = (demand.weights + demand.kv + demand.state + demand.activations).base();
    }
    if (!kernel.device->last_level_cache || row.footprint_over_llc) return;
    row.footprint_over_llc = *row.bytes / kernel.device->last_level_cache->base();
    if (*row.footprint_over_llc < 1.0) row.label = "cache";
  }

  template <typename Foreign, typename Row>
  bool keep(Foreign& found, const Provenance& origin, std::vector<Stored<Row>>& rows,
            Known<Row>& known, FileAccount& account, int line) {
    const auto leave = [&](Unused why, std::string reason) {
      account.unused.push_back({line, why, std::move(reason)});
      return false;
    };
    if (std::string reason = unfit_figure(found.row); !reason.empty()) {
      return leave(Unused::OutOfRange, reason + " cannot be a measurement");
    }
    Provenance& from = found.from;
    if (account.build.empty()) account.build = from.build;
    if (from.hash.empty()) {  // rows that were exported keep where they come from
      from.file = origin.file;
      from.hash = origin.hash;
      from.tool = origin.tool;
      from.imported = origin.imported;
    }
    if (found.row.source.empty()) found.row.source = from.tool;
    if (std::string reason = unfit_text(found.row, from); !reason.empty()) {
      return leave(Unused::OutOfRange, std::move(reason));
    }
    if (std::string reason = resolved(found); !reason.empty()) {
      return leave(Unused::UnknownName, std::move(reason));
    }
    known.name(found.row, from);
    if (const std::string* const other = known.find(found.row)) {
      if (*other == content_of(found.row, from)) {
        return leave(Unused::Duplicate, "the store has it, or an earlier row");
      }
      return leave(Unused::Conflict,
                   fmt::format("row_id '{}' stands for another row already", found.row.row_id));
    }
    if (store_.size() >= kMostStoredRows) {
      throw Error(fmt::format("{}:{}: the store is full: {} rows at most", account.path, line,
                              kMostStoredRows));
    }
    known.add(found.row, from);
    rows.push_back({.row = std::move(found.row), .from = std::move(from)});
    return true;
  }

  const sim::Library& library_;
  const ImportOptions& options_;
  RowStore& store_;
  NameFinder names_;
  Resolver resolver_;
  Known<DecodeRow> known_decode_;
  Known<KernelRow> known_kernels_;
};

}  // namespace

std::vector<FileAccount> import_files(const sim::Library& library,
                                      const std::vector<std::string>& paths,
                                      const ImportOptions& options, RowStore& store) {
  Importer importer(library, options, store);
  std::vector<FileAccount> accounts;
  for (const std::string& path : paths) accounts.push_back(importer.add(path));
  return accounts;
}

}  // namespace foretoken::calibrate
