#include "ops/uncertainty_file.h"

#include <utility>
#include <vector>

#include "base/error.h"

namespace foretoken::ops {
namespace {

/// A map as a column of names and one column for each number of its values.
template <typename Map, typename... Column>
void write_map(H5Writer& file, const std::string& group, const Map& map, const Column&... columns) {
  std::vector<std::string> names;
  for (const auto& entry : map) names.push_back(entry.first);
  file.texts(group + "/names", names);
  const auto write = [&](const auto& column) {
    std::vector<double> values;
    for (const auto& entry : map) values.push_back(column.get(entry.second));
    file.numbers(group + "/" + column.name, values, column.unit);
  };
  (write(columns), ...);
}

template <typename Get>
struct ColumnOf {
  const char* name;
  const char* unit;
  Get get;
};
template <typename Get>
ColumnOf(const char*, const char*, Get) -> ColumnOf<Get>;

/// The columns that `write_map` wrote, of equal length.
class MapReader {
 public:
  MapReader(const H5Reader& file, std::string group)
      : file_(file), group_(std::move(group)), names_(file.texts(group_ + "/names")) {}
  const std::vector<std::string>& names() const { return names_; }
  std::vector<double> column(const char* name, const char* unit) const {
    std::vector<double> values = file_.numbers(group_ + "/" + name, unit);
    if (values.size() != names_.size()) {
      throw Error(file_.path() + ": '" + group_ + "': columns of different length");
    }
    return values;
  }

 private:
  const H5Reader& file_;
  std::string group_;
  std::vector<std::string> names_;
};

}  // namespace

void write_uncertainty(H5Writer& file, const std::string& group, const Uncertainty& u) {
  write_map(file, group + "/spreads", u.spreads,
            ColumnOf{"deviation", "ln", [](double spread) { return spread; }});
  write_map(file, group + "/noise", u.noise,
            ColumnOf{"mean", "ln ln", [](const SourceNoise& n) { return n.ln_mean; }},
            ColumnOf{"deviation", "ln ln", [](const SourceNoise& n) { return n.ln_deviation; }});
  write_map(file, group + "/misfits", u.misfits,
            ColumnOf{"scale", "1", [](const Misfit& m) { return m.scale; }},
            ColumnOf{"rows", "rows", [](const Misfit& m) { return m.rows; }});
  write_map(file, group + "/devices", u.devices,
            ColumnOf{"steps", "rows", [](const DeviceRows& r) { return r.steps; }},
            ColumnOf{"kernels", "rows", [](const DeviceRows& r) { return r.kernels; }});
}

void read_uncertainty(const H5Reader& file, const std::string& group, Uncertainty& u) {
  const MapReader spreads(file, group + "/spreads");
  const auto spread = spreads.column("deviation", "ln");
  for (std::size_t i = 0; i < spread.size(); ++i) u.spreads[spreads.names()[i]] = spread[i];
  const MapReader noises(file, group + "/noise");
  const auto mean = noises.column("mean", "ln ln");
  const auto deviation = noises.column("deviation", "ln ln");
  for (std::size_t i = 0; i < mean.size(); ++i)
    u.noise[noises.names()[i]] = {mean[i], deviation[i]};
  const MapReader misfits(file, group + "/misfits");
  const auto scale = misfits.column("scale", "1");
  const auto rows = misfits.column("rows", "rows");
  for (std::size_t i = 0; i < scale.size(); ++i) {
    u.misfits[misfits.names()[i]] = {scale[i], rows[i]};
  }
  const MapReader devices(file, group + "/devices");
  const auto steps = devices.column("steps", "rows");
  const auto kernels = devices.column("kernels", "rows");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    u.devices[devices.names()[i]] = {steps[i], kernels[i]};
  }
}

}  // namespace foretoken::ops
