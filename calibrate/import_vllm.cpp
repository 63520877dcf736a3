#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "calibrate/import_readers.h"

namespace foretoken::calibrate {
namespace {

/// Which engine was served: the client names an API ("openai-chat") where it cannot know.
std::string runtime_of(const ForeignRecord& record) {
  std::string backend = record.text("backend");
  if (backend.empty()) backend = record.text("endpoint_type");
  return backend.empty() || backend.starts_with("openai") ? "vllm" : backend;
}

/// Requests in flight, and whether they start and end together; 0: not stated.
double in_flight(const ForeignRecord& record, BatchKind& kind) {
  const double prompts = record.number("num_prompts").value_or(0.0);
  kind = BatchKind::InFlight;
  if (const auto most = record.number("max_concurrency"); most && *most >= 1.0) {
    const double batch = prompts > 0.0 ? std::min(*most, prompts) : *most;
    if (batch <= 1.0) kind = BatchKind::Running;
    return batch;
  }
  // "inf": all of them are sent at once.
  const std::string rate = record.text("request_rate");
  if (rate != "inf" && rate != "Infinity") return 0.0;
  kind = BatchKind::Waves;
  return prompts;
}

void add_serve(const ForeignRecord& record, ForeignFile& result) {
  const auto leave = [&](Unused why, std::string reason) {
    result.unused.push_back({record.line, why, std::move(reason)});
  };
  const double completed = record.required("completed");
  const double milliseconds = record.required("mean_tpot_ms");
  if (completed < 1.0 || milliseconds <= 0.0) {
    leave(Unused::NoFigure, "no request was completed with more than one token");
    return;
  }
  ForeignDecode found;
  DecodeRow& row = found.row;
  row.file = record.file;
  row.line = record.line;
  row.batch = in_flight(record, row.batch_kind);
  if (row.batch < 1.0) {
    leave(Unused::NotModelled,
          "how many requests decode together is not stated: neither 'max_concurrency' nor an "
          "infinite 'request_rate'");
    return;
  }
  row.runtime = runtime_of(record);
  row.runtime_version = record.text("vllm_version");
  row.context_start = record.required("total_input_tokens") / completed;
  row.prefill_tokens = row.context_start;
  row.gen_tokens = record.required("total_output_tokens") / completed;
  if (row.gen_tokens < 1.0) {
    leave(Unused::NotDecode, "less than one token a request is generated");
    return;
  }
  row.seconds_per_token = milliseconds * 1e-3;
  row.time_kind = row.batch > 1.0 ? TimeKind::Mean : TimeKind::Step;
  if (const auto ranks = record.number("tensor_parallel_size"); ranks && *ranks > 1.0) {
    row.n_devices = *ranks;
    row.parallelism = fmt::format("tp{:.0f}", std::min(*ranks, 1024.0));
  }
  const std::string model = record.text("model_id");
  if (!model.empty()) {
    found.models = {model};
    found.formats = {model};
  }
  found.published_precision = true;
  found.from.build = row.runtime_version;
  found.from.measured = record.text("date");
  result.decode.push_back(std::move(found));
}

}  // namespace

void add_vllm(const std::vector<ForeignRecord>& records, ForeignFile& result) {
  result.tool = "vllm bench";
  for (const ForeignRecord& record : records) {
    if (record.has("mean_tpot_ms")) {
      add_serve(record, result);
    } else if (record.has("avg_latency")) {
      result.unused.push_back({record.line, Unused::Combined,
                               "latency of whole requests: prefill and decode in one figure"});
    } else if (record.has("elapsed_time")) {
      result.unused.push_back({record.line, Unused::Combined,
                               "throughput of whole requests: prefill and decode in one figure"});
    } else {
      record.stop("expected a result of vllm bench with 'mean_tpot_ms'");
    }
  }
}

}  // namespace foretoken::calibrate
