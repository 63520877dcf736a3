#include <fmt/format.h>

#include "app/command.h"
#include "app/data_folders.h"
#include "app/digits.h"
#include "app/json_text.h"
#include "app/op_question.h"
#include "app/op_roofs.h"
#include "app/table.h"
#include "app/values.h"
#include "base/unit_text.h"
#include "hwdb/device_parameters.h"

namespace foretoken::app {
namespace {

struct Asked {
  std::string kind;
  hwdb::Device device;
  hwdb::Runtime runtime;
};

std::string usage_text() {
  std::string text = "One operator with all its roofs. Kinds and what they read:\n";
  for (const OpKind& kind : op_kinds()) {
    text += fmt::format("  {:<11} {}\n", kind.name, kind.shape);
  }
  text.pop_back();
  return text;
}

std::string coefficient_text(const Roof& roof) {
  if (roof.dim == Dim{}) return significant(roof.value, 3);
  if (roof.dim == kByteDim) return significant(roof.value, 3) + " B/clk/core";
  return format_quantity(roof.value, roof.dim);
}

std::string op_text(const Asked& asked, const OpAnswer& answer) {
  using enum Table::Align;
  Table table({{"roof"},
               {"datasheet us", Right},
               {"coefficient", Right},
               {"+-", Right},
               {"time us", Right},
               {"basis"},
               {"rows", Right},
               {"name"}});
  for (const Roof& roof : answer.roofs) {
    const bool sheet = roof.datasheet > Seconds{};
    table.add({roof.name, sheet ? significant(roof.datasheet.base() * 1e6, 3) : "-",
               coefficient_text(roof), roof.deviation > 0 ? percent(roof.deviation) : "-",
               significant(roof.time.base() * 1e6, 3), roof.basis, fmt::format("{:.0f}", roof.rows),
               roof.coefficient});
  }
  const ops::Demand& d = answer.demand;
  const double us = answer.total.base() * 1e6;
  const double lo = answer.lo.base() * 1e6;
  const double hi = answer.hi.base() * 1e6;
  const int decimals = decimals_for(us, lo, hi);
  std::string asks = format_quantity(d.memory());
  if (d.flops > Flops{}) asks += ", " + format_quantity(d.flops);
  if (d.message > Bytes{}) asks += ", message " + format_quantity(d.message);
  return fmt::format("{} on {}, {}: {}\n{}total {} us  ({:.0f} %: {}..{})   bound {}   pool {}\n",
                     asked.kind, asked.device.name, asked.runtime.name, asks, table.text(),
                     rounded(us, decimals), answer.level * 100.0, rounded(lo, decimals),
                     rounded(hi, decimals), answer.bound, answer.pool);
}

std::string op_json(const Asked& asked, const OpAnswer& answer) {
  Json roofs = Json::array();
  for (const Roof& roof : answer.roofs) {
    roofs.push_back({{"roof", roof.name},
                     {"coefficient", roof.coefficient},
                     {"value", json_number(roof.value)},
                     {"unit", unit_symbol(roof.dim)},
                     {"deviation_ln", json_number(roof.deviation)},
                     {"datasheet_seconds", json_number(roof.datasheet.base())},
                     {"seconds", json_number(roof.time.base())},
                     {"basis", roof.basis},
                     {"rows", json_number(roof.rows)}});
  }
  const ops::Demand& d = answer.demand;
  return json_document({{"operator", asked.kind},
                        {"device", asked.device.id},
                        {"runtime", asked.runtime.id},
                        {"pool", answer.pool},
                        {"bytes",
                         {{"weights", json_number(d.weights.base())},
                          {"kv", json_number(d.kv.base())},
                          {"state", json_number(d.state.base())},
                          {"activations", json_number(d.activations.base())},
                          {"message", json_number(d.message.base())}}},
                        {"flops", json_number(d.flops.base())},
                        {"seconds", json_estimate(Estimate<Seconds>{answer.total, answer.lo,
                                                                    answer.hi, answer.level})},
                        {"bound", answer.bound},
                        {"roofs", roofs}});
}

}  // namespace

Outcome run_op(const Arguments& arguments, Console& console) {
  Flags flags("foretoken op KIND --device D [--runtime R] [shape]", usage_text());
  flags.add_words("the operator's kind (gemm, attention, ...)", 1, 1);
  flags.add_value("device,d", "DEVICE", "id, name, alias or YAML file");
  flags.add_value("runtime", "R", "runtime (default: the usual one of the device)");
  flags.add_value("threads,t", "N", "CPU threads (default: all cores)");
  flags.add_values("set", "P=V|P*=F", "what-if on a datasheet parameter; repeatable");
  flags.add_value("output,o", "FORMAT", "text (default) or json");
  add_op_flags(flags);
  add_data_flag(flags);
  if (!flags.parse(arguments)) {
    console.print(flags.help());
    return Outcome::Done;
  }
  const std::string format = flags.choice("output", {"text", "json"}, "text");
  const std::string device_name = flags.required("device");
  const int threads = flags.given("threads")
                          ? static_cast<int>(whole_number(flags.written("threads"),
                                                          flags.required("threads"), {1, 65536}))
                          : 0;
  const sim::Library library = sim::read_library(data_folders(flags));
  const ops::Op op = op_of(flags.words().front(), flags, {library.formats, library.schemes});
  Asked asked{flags.words().front(), library.devices.resolve(device_name), {}};
  asked.runtime = library.runtimes.find_for(flags.text("runtime", ""), asked.device);
  for (const std::string& change : flags.all("set")) hwdb::apply_parameter(asked.device, change);
  const OpAnswer answer = price_op(op, asked.device, asked.runtime, threads, library);
  console.print(format == "json" ? op_json(asked, answer) : op_text(asked, answer));
  return Outcome::Done;
}

}  // namespace foretoken::app
