#include "app/combinations.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/asked_devices.h"
#include "app/default_format.h"
#include "app/request_axes.h"
#include "base/error.h"
#include "base/suggest.h"

namespace foretoken::app {
namespace {

constexpr double kMostCombinations = 200'000;
constexpr double kJoulesPerWattHour = 3600.0;

/// A device and a runtime that runs on it.
struct Host {
  const hwdb::Device* device;
  const hwdb::Device* sheet;  ///< at full clock, where it is held below it
  const hwdb::Runtime* runtime;
  bool is_default;
};

std::string scheme_of(const std::string& name, const model::SchemeTable& schemes) {
  std::string scheme = schemes.find(name);
  if (!scheme.empty()) return scheme;
  throw Error(fmt::format("unknown weight format '{}'{}; 'foretoken list formats' names them all",
                          name, did_you_mean(name, schemes.ids())));
}

void check_kv_formats(const std::vector<std::string>& names, const FormatTable& formats) {
  for (const std::string& name : names) {
    if (!name.empty()) formats.id_of(name);  // throws with a suggestion
  }
}

/// Every device with every runtime asked for, or its usual one; what does not go together is
/// noted, except under 'all', which means "those that do".
std::vector<Host> hosts_of(Question& question, const PredictOptions& options,
                           const sim::Library& library) {
  std::vector<Host> hosts;
  const bool all_runtimes = options.runtimes == std::vector<std::string>{"all"};
  for (std::size_t i = 0; i < question.devices.size(); ++i) {
    const hwdb::Device& device = question.devices[i];
    const bool slowed = !question.sheets.empty() && question.sheets[i].clock != device.clock;
    const hwdb::Device* const sheet = slowed ? &question.sheets[i] : nullptr;
    if (question.runtimes.empty()) {
      try {
        hosts.push_back({&device, sheet, &library.runtimes.default_for(device), true});
      } catch (const Error& error) {
        question.skipped.emplace_back(error.what());
      }
      continue;
    }
    for (const hwdb::Runtime& runtime : question.runtimes) {
      if (runtime.supports(device)) {
        hosts.push_back({&device, sheet, &runtime, false});
      } else if (!all_runtimes) {
        try {
          library.runtimes.find_for(runtime.id, device);
        } catch (const Error& error) {
          question.skipped.emplace_back(error.what());
        }
      }
    }
  }
  if (hosts.empty()) {
    throw Error(question.skipped.empty() ? "no runtime runs on the chosen devices"
                                         : fmt::format("{}", fmt::join(question.skipped, "\n")));
  }
  return hosts;
}

std::size_t or_one(std::size_t count) { return std::max<std::size_t>(count, 1); }

void check_count(const PredictOptions& options, std::size_t hosts) {
  double count = static_cast<double>(hosts);
  for (const std::size_t axis :
       {options.models.size(), or_one(options.formats.size()), options.batches.size(),
        options.contexts.size(), options.gen_tokens.size(), or_one(options.kv_keys.size()),
        or_one(options.kv_values.size()), options.threads.size(), options.ranks.size()}) {
    count *= static_cast<double>(axis);
  }
  if (count > kMostCombinations) {
    throw Error(fmt::format("the lists ask for {:.0f} predictions; at most {:.0f} at a time", count,
                            kMostCombinations));
  }
}

void look_up(Question& question, const PredictOptions& options, const sim::Library& library) {
  for (const std::string& name : options.models) {
    question.models.push_back(
        model::find_model(name, {library.models, library.formats, library.schemes}));
  }
  AskedDevices asked = asked_devices(options, library.devices, question.skipped);
  question.devices = std::move(asked.devices);
  question.sheets = std::move(asked.sheets);
  for (const std::string& name : options.runtimes) {
    for (hwdb::Runtime& runtime : library.runtimes.select(name)) {
      question.runtimes.push_back(std::move(runtime));
    }
  }
  check_kv_formats(options.kv_keys, library.formats);
  check_kv_formats(options.kv_values, library.formats);
}

/// A weight file is in the format that it is in.
void check_file_formats(const Question& question, const std::vector<std::string>& schemes) {
  for (const model::NamedModel& model : question.models) {
    if (!model.weights) continue;
    for (const std::string& named : schemes) {
      if (named == model.weights->scheme || named == model.weights->name()) continue;
      throw Error(fmt::format(
          "-q {}: the weights of '{}' are {}, tensor by tensor as the file has them; leave -q out, "
          "or name the model instead of a file of it",
          named, model.weights->file, model.weights->name()));
    }
  }
}

/// The format that goes with a model on a host: the one named or of its file, or the usual one; ""
/// when none is usual, which is noted.
std::string format_for(Question& question, const model::NamedModel& model, const Host& host,
                       const std::string& named, const sim::Library& library) {
  if (model.weights) return model.weights->name();
  if (!named.empty()) return named;
  try {
    return default_format(model.llm, *host.runtime, library);
  } catch (const Error& error) {
    question.skipped.push_back(fmt::format("{}: {}", host.device->id, error.what()));
    return "";
  }
}

}  // namespace

Question question_of(const PredictOptions& options, const sim::Library& library) {
  Question question;
  look_up(question, options, library);
  std::vector<std::string> schemes;
  for (const std::string& name : options.formats) {
    schemes.push_back(scheme_of(name, library.schemes));
  }
  check_file_formats(question, schemes);
  if (schemes.empty()) schemes.emplace_back();  // the usual one of each runtime
  const std::vector<Host> hosts = hosts_of(question, options, library);
  check_count(options, hosts.size());
  for (const model::NamedModel& model : question.models) {
    for (const Host& host : hosts) {
      for (const std::string& named : schemes) {
        Combination base;
        base.default_runtime = host.is_default;
        base.default_format = named.empty() && !model.weights;
        sim::Request& request = base.request;
        request.llm = &model.llm;
        request.weights = model.weights ? &*model.weights : nullptr;
        request.device = host.device;
        request.sheet = host.sheet;
        request.runtime = host.runtime;
        request.scheme = format_for(question, model, host, named, library);
        base.datasheet_changed = !options.changes.empty();
        request.device_changed = base.datasheet_changed || host.sheet != nullptr;
        request.facts.flash_attention = options.flash_attention;
        request.power_scope = options.power_scope;
        if (options.power_limit) request.power_limit = Watts::of(*options.power_limit);
        if (options.battery) request.battery = Joules::of(*options.battery * kJoulesPerWattHour);
        if (request.scheme.empty()) continue;
        for (sim::Request& each : along_axes(request, options)) {
          Combination next = base;
          next.request = std::move(each);
          question.combinations.push_back(std::move(next));
        }
      }
    }
  }
  if (question.combinations.empty()) {
    throw Error(fmt::format("{}", fmt::join(question.skipped, "\n")));
  }
  return question;
}

}  // namespace foretoken::app
