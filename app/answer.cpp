#include "app/answer.h"

#include <fmt/format.h>

#include "app/digits.h"
#include "hwdb/core_clock.h"
#include "ops/load.h"

namespace foretoken::app {

std::vector<std::string> warnings_of(const Combination& asked, const sim::Report& report) {
  std::vector<std::string> warnings;
  const sim::Request& request = asked.request;
  if (report.memory.fits() == false) {
    warnings.push_back(fmt::format("does not fit: {} needed, {} there",
                                   memory_text(report.memory.total().base()),
                                   memory_text(report.memory.capacity->base())));
  }
  const double last = request.context_start + request.gen_tokens;
  const auto longest = static_cast<double>(request.llm->max_context);
  if (longest > 0 && last > longest) {
    warnings.push_back(
        fmt::format("{:.0f} tokens are more than the model's context of {:.0f}", last, longest));
  }
  if (request.ranks > 1 && !ops::link_bandwidth(*request.device)) {
    warnings.emplace_back(
        "no link bandwidth is stated for the device: messages cost only their "
        "launch");
  }
  if (report.format_approximate) {
    warnings.push_back(fmt::format("the tensor mix of '{}' is approximate", report.format));
  }
  if (request.device->confidence == hwdb::Confidence::Uncertain) {
    warnings.emplace_back("the device's datasheet facts are uncertain");
  }
  if (request.sheet != nullptr && report.energy) {
    using enum hwdb::CoreEnergy::Basis;
    const hwdb::Device& sheet = *request.sheet;
    const hwdb::CoreEnergy energy = hwdb::core_energy(sheet, *request.device->clock);
    if (energy.basis == NotMeasured) {
      warnings.emplace_back(
          "energy of an operation is that at the sheet's clock: none is measured below it");
    } else if (energy.basis == LastPoint) {
      warnings.push_back(fmt::format("energy of an operation is that at {}: none is measured below",
                                     clock_text(sheet.clock_points.front().clock.base())));
    }
  }
  return warnings;
}

std::string format_label(const sim::Report& report) {
  return report.weight_file.empty() ? report.format : report.format + " (per tensor)";
}

std::string basis_word(const sim::Report& report) {
  if (report.known_device) return "this device";
  return report.basis.empty() ? "datasheet" : report.basis.front().level;
}

}  // namespace foretoken::app
