#pragma once

/// How good the predictions are on rows that the fit had not seen, by group, beside baselines on
/// the same folds.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foretoken::validate {

/// Relative errors are of seconds per token, |predicted/measured - 1|, as fractions.
struct Metrics {
  std::size_t rows = 0;
  double mape = 0;
  double median_ape = 0;
  double p90_ape = 0;
  double bias = 0;                   ///< median of predicted/measured - 1
  std::array<double, 3> coverage{};  ///< of the 50, 80 and 90 % intervals
  double width = 0;                  ///< half width of the 90 % interval, mean, in ln
};

inline constexpr int kBaselines = 3;
/// "roofline" (bytes over peak), "efficiency" (one share of peak), "bytes+layers" (share of peak
/// and seconds a layer).
std::string_view baseline_name(int baseline);

struct Group {
  std::string key;  ///< "class=gpu", "pool=llama.cpp-cuda"
  Metrics metrics;
  std::array<Metrics, kBaselines> baselines;
};

struct Skipped {
  std::string row_id;
  std::string reason;
};

struct Worst {
  std::string row_id;
  double measured = 0;  ///< tokens/s; joules a token of an energy card
  double predicted = 0;
  std::string what;  ///< "device / model / format / runtime"
};

/// One predicted row; times are seconds of a step or of a kernel.
struct RowLine {
  std::string row_id;
  std::string fold;  ///< what was left out: "device", "shape", ...
  std::string pool;
  std::string device;
  std::string runtime;
  std::string what;        ///< model, or operator and format
  std::string arch_class;  ///< of the model
  std::string format;
  std::string source;
  std::string label;
  bool clean = false;   ///< counts in the figures
  bool fitted = false;  ///< takes part in fits
  double batch = 0;     ///< sequences, or token rows of a kernel
  double context = 0;   ///< mean tokens in the cache
  double measured = 0;
  double predicted = 0;
  double below = 0;     ///< probability given to a time below the measured one
  double ln_width = 0;  ///< of the 90 % interval
};

struct Scorecard {
  bool energy = false;          ///< errors are of joules, not of seconds
  bool predicted_time = false;  ///< at the time that the time law foretells, held out as well
  std::optional<Metrics> at_measured_time;  ///< the same rows with their time as measured
  std::string leave_out;      ///< "device", "model", "pair", "source", "" (against a file)
  std::size_t rows = 0;       ///< in the files
  std::size_t predicted = 0;  ///< clean rows predicted
  std::size_t folds = 0;
  std::vector<Skipped> skipped;  ///< rows not predicted at all
  Metrics all;
  std::array<Metrics, kBaselines> baselines;
  double kendall_tau = 0;             ///< of device ranking within a model and format, mean
  std::vector<Group> groups;          ///< of clean rows
  std::vector<Group> clean_by_kind;   ///< the same, by pool and kind of model
  std::vector<Group> clean_by_label;  ///< the same, by label; empty when no clean row has one
  std::vector<Group> labelled;        ///< rows that are not clean, by label
  std::vector<Group> operators;       ///< kernel rows, by pool and operator
  std::vector<Worst> worst;
  std::vector<RowLine> lines;  ///< every predicted row; empty unless asked for
};

}  // namespace foretoken::validate
