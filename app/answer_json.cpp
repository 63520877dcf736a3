#include "app/answer_json.h"

#include "app/json_text.h"
#include "hwdb/core_clock.h"

namespace foretoken::app {
namespace {

Json memory_json(const sim::MemoryFit& memory) {
  const auto fits = memory.fits();
  return {{"weights", json_number(memory.weights.base())},
          {"kv", json_number(memory.kv.base())},
          {"state", json_number(memory.state.base())},
          {"overhead", json_number(memory.overhead.base())},
          {"compute_buffer", json_number(memory.compute.base())},
          {"host_tables", json_number(memory.host_tables.base())},
          {"total", json_number(memory.total().base())},
          {"total_lo", json_number(memory.total_lo.base())},
          {"total_hi", json_number(memory.total_hi.base())},
          {"overhead_rows", json_number(memory.overhead_rows)},
          {"capacity", memory.capacity ? json_number(memory.capacity->base()) : Json(nullptr)},
          {"fits", fits ? Json(*fits) : Json(nullptr)}};
}

Json sustained_json(const sim::SustainedReport& sustained) {
  return {{"tokens_per_second", json_estimate(sustained.rate)},
          {"joules_per_token", json_estimate(sustained.per_token)},
          {"budget_watts", json_number(sustained.budget.base())},
          {"scope", sustained.scope},
          {"throttles", sustained.throttles},
          {"delay_seconds", json_estimate(sustained.delay)}};
}

Json charge_json(const sim::ChargeReport& charge) {
  return {{"battery_joules", json_number(charge.battery.base())},
          {"hours", json_number(charge.lasts.base() / 3600.0)},
          {"sustained", charge.sustained},
          {"scope", charge.scope}};
}

Json energy_json(const sim::EnergyReport& energy) {
  const sim::EnergySplit& s = energy.split;
  return {{"idle", json_number(s.idle.base())},
          {"waiting", json_number(s.waiting.base())},
          {"host", json_number(s.host.base())},
          {"memory", json_number(s.memory.base())},
          {"unpacking", json_number(s.unpacking.base())},
          {"arithmetic", json_number(s.arithmetic.base())}};
}

/// What an operation and idling cost at the clock, over what they cost at the sheet's.
Json core_energy_json(const sim::Request& request) {
  const hwdb::CoreEnergy energy = hwdb::core_energy(*request.sheet, *request.device->clock);
  return {{"factor", json_number(energy.factor)}, {"basis", hwdb::text_of(energy.basis)}};
}

Json ops_json(const sim::Report& report) {
  Json ops = Json::array();
  for (const sim::OpReport& op : report.ops) {
    ops.push_back({{"name", op.name},
                   {"family", op.family},
                   {"repeat", json_number(op.repeat)},
                   {"seconds", json_number(op.time.base())},
                   {"launch_seconds", json_number(op.launch.base())},
                   {"share", json_number(op.time / report.step.point)},
                   {"bytes", json_number(op.bytes.base())},
                   {"flops", json_number(op.flops.base())},
                   {"bound", op.bound},
                   {"basis", op.basis},
                   {"rows", json_number(op.rows)}});
  }
  return ops;
}

Json basis_json(const sim::Report& report) {
  Json basis = Json::array();
  for (const sim::BasisReport& part : report.basis) {
    basis.push_back({{"what", part.what},
                     {"level", part.level},
                     {"rows", json_number(part.rows)},
                     {"share", json_number(part.share)}});
  }
  return basis;
}

Json causes_json(const sim::CauseSplit& causes) {
  return {{"weights", json_number(causes.weights.base())},
          {"head", json_number(causes.head.base())},
          {"attention", json_number(causes.attention.base())},
          {"launches", json_number(causes.launches.base())},
          {"links", json_number(causes.links.base())},
          {"host", json_number(causes.host.base())}};
}

Json answer_json(const Answer& answer, bool with_ops) {
  const sim::Report& r = answer.report;
  const sim::Request& request = answer.asked->request;
  const std::string& usual_kv = request.runtime->kv_format;
  Json json{{"model", r.model},
            {"device", r.device},
            {"runtime", r.runtime},
            {"format", r.format},
            {"weight_file", r.weight_file.empty() ? Json(nullptr) : Json(r.weight_file)},
            {"batch", json_number(r.batch)},
            {"context_start", json_number(r.context_start)},
            {"gen_tokens", json_number(r.gen_tokens)},
            {"tokens_per_second", json_estimate(r.rate)},
            {"seconds_per_token", json_estimate(r.step)},
            {"bytes_per_token",
             {{"weights", json_number(r.weights_read.base())},
              {"kv", json_number(r.kv_read.base())},
              {"activations", json_number(r.activations.base())}}},
            {"memory_bytes", memory_json(r.memory)},
            {"bound", r.bound}};
  if (with_ops) json["ops"] = ops_json(r);
  if (r.energy) {
    json["energy_joules_per_token"] = json_estimate(r.energy->per_token);
    json["power_watts"] = json_estimate(r.energy->power);
    json["power_scope"] = r.energy->scope;
    json["energy_split_joules"] = energy_json(*r.energy);
    json["energy_basis"] = {{"level", r.energy->basis}, {"rows", json_number(r.energy->rows)}};
  }
  if (r.sustained) {
    json["sustained_tokens_per_second"] = json_estimate(r.sustained->rate);
    json["sustained"] = sustained_json(*r.sustained);
  }
  if (r.charge) {
    json["tokens_per_charge"] = {{"point", json_number(r.charge->tokens)},
                                 {"lo", json_number(r.charge->tokens_lo)},
                                 {"hi", json_number(r.charge->tokens_hi)},
                                 {"level", json_number(r.charge->level)}};
    json["charge"] = charge_json(*r.charge);
  }
  json["basis"] = basis_json(r);
  json["known_device"] = r.known_device;
  json["pool"] = r.pool;
  json["share_of_peak"] = json_number(r.share_of_peak);
  json["peak_bytes_per_second"] = json_number(r.bandwidth.base());
  json["causes_seconds"] = causes_json(r.causes);
  json["kv_format"] = {{"k", request.kv_keys.empty() ? usual_kv : request.kv_keys},
                       {"v", request.kv_values.empty() ? usual_kv : request.kv_values}};
  json["tp"] = r.ranks;
  json["threads"] = r.threads > 0 ? Json(r.threads) : Json(nullptr);
  json["clock_hertz"] =
      request.sheet != nullptr ? json_number(request.device->clock->base()) : Json(nullptr);
  if (request.sheet != nullptr) json["core_energy"] = core_energy_json(request);
  json["default_format"] = answer.asked->default_format;
  json["default_runtime"] = answer.asked->default_runtime;
  json["device_changed"] = request.device_changed;
  json["check_command"] = r.check_command;
  json["warnings"] = answer.warnings;
  return json;
}

}  // namespace

std::string answers_json(const std::vector<Answer>& answers, bool with_ops) {
  Json all = Json::array();
  for (const Answer& answer : answers) all.push_back(answer_json(answer, with_ops));
  return json_document(all);
}

std::string answers_json_lines(const std::vector<Answer>& answers, bool with_ops) {
  std::string text;
  for (const Answer& answer : answers) text += json_line(answer_json(answer, with_ops));
  return text;
}

}  // namespace foretoken::app
