#include "app/probe_text.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "app/digits.h"
#include "app/table.h"

namespace foretoken::app {
namespace {

using enum Table::Align;
using probe::Kernel;
using probe::Sample;

std::string with_doubt(const std::string& figure, const Sample& sample) {
  return sample.noisy ? figure + "?" : figure;
}

std::string rate_of(const Sample& sample) {
  constexpr double kGiga = 1e9;
  return with_doubt(significant(sample.bytes / sample.seconds / kGiga, 3), sample);
}

std::string time_of(const Sample& sample) {
  constexpr double kMicro = 1e-6;
  return with_doubt(significant(sample.seconds / kMicro, 3), sample);
}

/// Rows by what they say in their first cells, a column for each number of threads.
class ByThreads {
 public:
  explicit ByThreads(std::vector<Table::Column> first) : first_(std::move(first)) {}

  void add(std::vector<std::string> cells, const Sample& sample, std::string figure) {
    counts_.insert(sample.threads);
    const auto row = std::find_if(rows_.begin(), rows_.end(),
                                  [&](const Row& other) { return other.cells == cells; });
    Row& target = row == rows_.end() ? rows_.emplace_back() : *row;
    target.cells = std::move(cells);
    target.figures[sample.threads] = std::move(figure);
    target.spread = std::max(target.spread, sample.spread);
  }

  bool empty() const { return rows_.empty(); }

  std::string text(const std::string& unit) const {
    std::vector<Table::Column> columns = first_;
    for (const int count : counts_) {
      columns.push_back({count == 0 ? unit : fmt::format("{} x{}", unit, count), Right});
    }
    columns.push_back({"spread", Right});
    Table table(columns);
    for (const Row& row : rows_) {
      std::vector<std::string> cells = row.cells;
      for (const int count : counts_) {
        const auto figure = row.figures.find(count);
        cells.push_back(figure == row.figures.end() ? "" : figure->second);
      }
      cells.push_back(percent(row.spread, 1));
      table.add(std::move(cells));
    }
    return table.text();
  }

 private:
  struct Row {
    std::vector<std::string> cells;
    std::map<int, std::string> figures;
    double spread = 0;  ///< the widest of the row
  };
  std::vector<Table::Column> first_;
  std::set<int> counts_;
  std::vector<Row> rows_;
};

void add_section(std::string& text, const char* heading, const ByThreads& rows, const char* unit) {
  if (rows.empty()) return;
  text += fmt::format("\n{}\n{}", heading, rows.text(unit));
}

std::string footprint_text(const Sample& sample) { return memory_text(sample.footprint); }

std::string whole(double number) { return fmt::format("{:.0f}", number); }

}  // namespace

std::string probe_text(const probe::Findings& findings) {
  std::vector<Sample> samples = findings.samples;
  std::stable_sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) {
    if (a.kernel != b.kernel) return a.kernel < b.kernel;
    return a.kernel <= Kernel::Copy && a.footprint < b.footprint;
  });
  ByThreads ladder({{"stream"}, {"footprint", Right}});
  ByThreads launches({{"launch"}});
  ByThreads products({{"weights"}, {"n", Right}, {"k", Right}});
  ByThreads attention({{"cache"}, {"heads"}, {"dim", Right}, {"context", Right}});
  for (const Sample& sample : samples) {
    switch (sample.kernel) {
      case Kernel::Read:
        ladder.add({"read", footprint_text(sample)}, sample, rate_of(sample));
        break;
      case Kernel::Copy:
        ladder.add({"copy", footprint_text(sample)}, sample, rate_of(sample));
        break;
      case Kernel::Launch:
        launches.add({sample.name}, sample, time_of(sample));
        break;
      case Kernel::Gemv:
        products.add({sample.weight_format + (sample.prefetched ? ", prefetched" : ""),
                      whole(sample.n), whole(sample.k)},
                     sample, rate_of(sample));
        break;
      case Kernel::Attention:
        attention.add({sample.kv_format, whole(sample.heads_q) + "/" + whole(sample.heads_kv),
                       whole(sample.head_dim), whole(sample.kv_len)},
                      sample, rate_of(sample));
        break;
    }
  }
  std::string text = fmt::format("{}: {}{}{}\n", findings.backend, findings.device,
                                 findings.driver.empty() ? "" : ", ", findings.driver);
  add_section(text, "Bandwidth by footprint", ladder, "GB/s");
  add_section(text, "Cost of a launch", launches, "us");
  add_section(text, "Matrix times vector, operands rotated through memory", products, "GB/s");
  add_section(text, "Decode attention over a cache", attention, "GB/s");
  return text;
}

}  // namespace foretoken::app
