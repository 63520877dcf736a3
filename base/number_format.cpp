#include "base/number_format.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/suggest.h"
#include "base/text_file.h"
#include "base/yaml_map.h"

namespace foretoken {
namespace {

constexpr int kSchema = 1;
constexpr double kMostBytes = 1e6;
constexpr std::int64_t kMostValues = 1 << 20;
constexpr std::int64_t kMostGgmlType = 1 << 16;

/// In the order of ArithmeticClass.
const std::vector<std::string>& arithmetic_names() {
  static const std::vector<std::string> names{"fp32", "fp16", "bf16", "fp8", "int8", "int4", "fp4"};
  return names;
}

ArithmeticClass arithmetic_of(const std::string& name) {
  const auto at = std::find(arithmetic_names().begin(), arithmetic_names().end(), name);
  return static_cast<ArithmeticClass>(std::distance(arithmetic_names().begin(), at));
}

const std::vector<std::string>& kind_names() {
  static const std::vector<std::string> names{"float",       "legacy",      "k-quant", "i-quant",
                                              "trellis",     "ternary",     "fp8",     "fp4",
                                              "grouped-int", "channel-int", "sparse"};
  return names;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

/// A block of which a share is kept, in another format, and indices tell which: `index_bits_kept`
/// for each value kept (2 in a 2:4 pattern), `index_bits` for each value of the dense block (1 for
/// a bitmap).
void read_sparse(YamlMap& map, const FormatTable& table, NumberFormat& format) {
  FormatId base{};
  const std::string of = map.text("sparse_of");
  if (!table.find(of, base)) {
    map.fault("sparse_of", fmt::format("unknown format '{}'{}; it must stand before", of,
                                       did_you_mean(of, table.names())));
    return;
  }
  const double kept = map.number("kept", {0.001, 1.0});
  const double per_kept = map.find_number("index_bits_kept", {0.0, 64.0}).value_or(0.0);
  const double per_value = map.find_number("index_bits", {0.0, 64.0}).value_or(0.0);
  const auto values = static_cast<double>(table[base].values_per_block);
  format.values_per_block = table[base].values_per_block;
  format.bytes_per_block =
      kept * table[base].bytes_per_block + values * (kept * per_kept + per_value) / 8.0;
  format.bytes_per_row = table[base].bytes_per_row;
}

NumberFormat format_from(const std::string& id, YamlMap& map, const FormatTable& table) {
  NumberFormat format;
  format.id = id;
  format.aliases = map.texts("aliases");
  if (map.has("sparse_of")) {
    read_sparse(map, table, format);
  } else {
    format.values_per_block = map.integer("values", 1, kMostValues);
    format.bytes_per_block = map.number("bytes", {std::numeric_limits<double>::min(), kMostBytes});
  }
  format.bytes_per_row =
      map.find_number("row_bytes", {0.0, kMostBytes}).value_or(format.bytes_per_row);
  format.kind = map.choice("kind", kind_names());
  format.unpack = map.find_choice("unpack", {"table"}).value_or(format.kind);
  format.interleaved = map.find_boolean("interleaved").value_or(false);
  format.arithmetic = arithmetic_of(map.choice("arithmetic", arithmetic_names()));
  if (const auto wider = map.find_choice("activations", arithmetic_names())) {
    format.activations = arithmetic_of(*wider);
  }
  if (const auto type = map.find_integer("ggml_type", 0, kMostGgmlType)) {
    format.ggml_type = static_cast<std::uint32_t>(*type);
  }
  map.text("source");
  map.find_text("notes");
  return format;
}

void read_file(const std::string& path, FormatTable& table) {
  YamlFile file = YamlFile::read(path);
  file.require_schema(kSchema);
  file.top().find_text("source");
  YamlMap formats = file.top().map("formats");
  for (auto& [id, map] : formats.entries()) {
    NumberFormat format = format_from(id, map, table);
    std::vector<std::string> names{format.id};
    names.insert(names.end(), format.aliases.begin(), format.aliases.end());
    bool is_new = true;
    for (const std::string& name : names) {
      FormatId other{};
      if (!table.find(name, other)) continue;
      is_new = false;
      formats.fault(
          id, fmt::format("format name '{}' is taken already by '{}'", name, table[other].id));
    }
    if (const auto other = format.ggml_type ? table.find_ggml(*format.ggml_type) : std::nullopt) {
      is_new = false;
      formats.fault(id, fmt::format("ggml_type {} is taken already by '{}'", *format.ggml_type,
                                    table[*other].id));
    }
    if (is_new) table.add(std::move(format));
  }
  file.finish();
}

}  // namespace

Bytes NumberFormat::bytes_of(double rows, double row_length) const {
  const double blocks = std::ceil(row_length / static_cast<double>(values_per_block));
  return Bytes::of(rows * (blocks * bytes_per_block + bytes_per_row));
}

FormatTable FormatTable::read(const std::string& folder) {
  FormatTable table;
  std::vector<Fault> faults;
  for (const std::string& path : files_in(folder, ".yaml")) {
    try {
      read_file(path, table);
    } catch (const ConfigError& error) {
      faults.insert(faults.end(), error.faults().begin(), error.faults().end());
    }
  }
  if (!faults.empty()) throw ConfigError(std::move(faults));
  if (table.size() == 0) {
    throw ConfigError(
        {{folder, 0, 0, "no number format found; expected '*.yaml' files with some"}});
  }
  return table;
}

FormatId FormatTable::add(NumberFormat format) {
  FormatId taken{};
  if (find(format.id, taken)) {
    throw Error(fmt::format("number format '{}' is there already", format.id));
  }
  formats_.push_back(std::move(format));
  return static_cast<FormatId>(formats_.size() - 1);
}

bool FormatTable::find(std::string_view name, FormatId& id) const {
  for (std::size_t i = 0; i < formats_.size(); ++i) {
    const NumberFormat& format = formats_[i];
    const bool is_alias =
        std::any_of(format.aliases.begin(), format.aliases.end(),
                    [&](const std::string& alias) { return same_name(alias, name); });
    if (is_alias || same_name(format.id, name)) {
      id = static_cast<FormatId>(i);
      return true;
    }
  }
  return false;
}

FormatId FormatTable::id_of(std::string_view name) const {
  FormatId id{};
  if (find(name, id)) return id;
  std::vector<std::string> known = names();
  for (const NumberFormat& format : formats_) {
    known.insert(known.end(), format.aliases.begin(), format.aliases.end());
  }
  throw Error(fmt::format("unknown number format '{}'{}", name, did_you_mean(name, known)));
}

std::optional<FormatId> FormatTable::find_ggml(std::uint32_t type) const {
  const auto found = std::find_if(formats_.begin(), formats_.end(),
                                  [&](const NumberFormat& f) { return f.ggml_type == type; });
  if (found == formats_.end()) return std::nullopt;
  return static_cast<FormatId>(found - formats_.begin());
}

std::vector<std::string> FormatTable::names() const {
  std::vector<std::string> names;
  for (const NumberFormat& format : formats_) names.push_back(format.id);
  return names;
}

}  // namespace foretoken
