#include "app/predict_options.h"

#include <fmt/format.h>

#include "app/data_folders.h"
#include "app/values.h"
#include "base/error.h"
#include "base/unit_text.h"

namespace foretoken::app {
namespace {

constexpr NumberRange kBatchRange{1, 1e6};
constexpr NumberRange kContextRange{0, 1e8};
constexpr NumberRange kGenRange{1, 1e8};
constexpr NumberRange kThreadRange{1, 65536};
constexpr NumberRange kRankRange{1, 1024};
constexpr NumberRange kPowerRange{0.01, 1e6};
constexpr NumberRange kBatteryRange{0.001, 1e6};
constexpr NumberRange kRateRange{0, 1e12};

std::vector<std::string> list_of(const Flags& flags, const char* name) {
  const auto text = flags.find(name);
  return text ? list_items(flags.written(name), *text) : std::vector<std::string>{};
}

void read_numbers(const Flags& flags, const char* name, NumberRange range,
                  std::vector<double>& numbers) {
  if (const auto text = flags.find(name)) {
    numbers = whole_numbers(flags.written(name), *text, range);
  }
}

std::vector<double> clocks_of(const std::string& flag, const std::string& text) {
  std::vector<double> clocks;
  for (const std::string& item : list_items(flag, text)) {
    const auto clock = parse_quantity<Hertz>(item);
    if (!clock || !(clock->base() > 0.0)) {
      throw Error(fmt::format(
          "{} must be a clock above zero with its unit, like 1200MHz; found '{}'", flag, item));
    }
    clocks.push_back(clock->base());
  }
  return clocks;
}

Format format_of(const std::string& word) {
  if (word == "md") return Format::Markdown;
  if (word == "csv") return Format::Csv;
  if (word == "json") return Format::Json;
  return word == "jsonl" ? Format::JsonLines : Format::Text;
}

SortBy sort_of(const std::string& word) {
  if (word == "latency") return SortBy::Latency;
  return word == "memory" ? SortBy::Memory : SortBy::Rate;
}

}  // namespace

void add_question_flags(Flags& flags) {
  flags.add_value("model,m", "MODEL", "id, Hugging Face name, .gguf, config.json or YAML file");
  flags.add_value("device,d", "DEVICE", "id, name, YAML file, 'all', 'class:npu', 'vendor:AMD'");
  flags.add_value(
      "quant,q", "FORMAT",
      "weight format, like Q4_K_M, fp8, w8a8 (default: a .gguf file's own, else runtime's)");
  flags.add_value("runtime", "R", "runtime, or 'all' (default: the usual one of the device)");
  flags.add_value("batch,b", "N", "sequences decoded together (default 1)");
  flags.add_value("context,c", "N", "tokens in the cache at the start (default 0)");
  flags.add_value("gen,n", "N", "tokens generated (default 128)");
  flags.add_value("cache-type-k", "F", "KV cache format of keys; also -ctk (default: runtime's)");
  flags.add_value("cache-type-v", "F", "KV cache format of values; also -ctv (default: runtime's)");
  flags.add_value("threads,t", "N", "CPU threads (default: what the runtime takes)");
  flags.add_value("tp", "N", "tensor-parallel devices (default 1)");
  flags.add_value("flash-attn", "0|1", "flash attention off or on; also -fa (default: not said)");
  flags.add_value("scope", "WHERE",
                  "where power is read: chip, rails, soc, gpu, board, wall (default: as usual for "
                  "the device's class)");
  flags.add_value("power-limit", "W",
                  "watts that each device is held to; time stretches to keep it");
  flags.add_value("clock", "HZ",
                  "core clock below the sheet's, like 1200MHz; memory and rated power stay");
  flags.add_value("battery", "WH",
                  "watt-hours of the machine's battery: tokens a charge (default: what the "
                  "device's file states)");
  flags.add_values("set", "P=V|P*=F",
                   "what-if on a datasheet parameter, like "
                   "'memory.bandwidth*=1.25'; repeatable");
}

void add_predict_flags(Flags& flags) {
  add_question_flags(flags);
  flags.add_switch("ops", "every operator of the step");
  flags.add_value("sort", "KEY", "tps (default), latency or memory");
  flags.add_value("min-tps", "X", "only what reaches X tokens/s; exit code 1 when nothing does");
  flags.add_value("output,o", "FORMAT", "text (default), md, csv, json or jsonl");
  add_data_flag(flags);
}

PredictOptions predict_options(const Flags& flags) {
  PredictOptions options;
  options.models = list_items(flags.written("model"), flags.required("model"));
  options.devices = flags.required("device");
  list_items(flags.written("device"), options.devices);  // refuses empty items
  options.formats = list_of(flags, "quant");
  options.runtimes = list_of(flags, "runtime");
  read_numbers(flags, "batch", kBatchRange, options.batches);
  read_numbers(flags, "context", kContextRange, options.contexts);
  read_numbers(flags, "gen", kGenRange, options.gen_tokens);
  options.kv_keys = list_of(flags, "cache-type-k");
  options.kv_values = list_of(flags, "cache-type-v");
  read_numbers(flags, "threads", kThreadRange, options.threads);
  read_numbers(flags, "tp", kRankRange, options.ranks);
  if (flags.given("flash-attn")) {
    const std::string word = flags.choice("flash-attn", {"0", "1", "off", "on"}, "");
    options.flash_attention = word == "1" || word == "on";
  }
  options.power_scope =
      flags.choice("scope", {"", "chip", "rails", "soc", "gpu", "board", "wall"}, "");
  if (const auto text = flags.find("power-limit")) {
    options.power_limit = plain_number(flags.written("power-limit"), *text, kPowerRange);
  }
  if (const auto text = flags.find("clock")) {
    options.clocks = clocks_of(flags.written("clock"), *text);
  }
  if (const auto text = flags.find("battery")) {
    options.battery = plain_number(flags.written("battery"), *text, kBatteryRange);
  }
  options.changes = flags.all("set");
  options.ops = flags.given("ops");
  options.sort = sort_of(flags.choice("sort", {"tps", "latency", "memory"}, "tps"));
  if (const auto text = flags.find("min-tps")) {
    options.min_rate = plain_number(flags.written("min-tps"), *text, kRateRange);
  }
  options.format =
      format_of(flags.choice("output", {"text", "md", "csv", "json", "jsonl"}, "text"));
  return options;
}

}  // namespace foretoken::app
