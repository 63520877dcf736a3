#include "calibrate/labels.h"

#include <algorithm>

namespace foretoken::calibrate {
namespace {

/// The least lenient kind among labels; one that is not known excludes.
LabelKind strictest(std::string_view labels) {
  LabelKind kind = LabelKind::Note;
  for (const std::string& name : labels_of(labels)) {
    kind = std::max(kind, label_kind(name).value_or(LabelKind::Excluding));
  }
  return kind;
}

}  // namespace

const std::vector<Label>& known_labels() {
  static const std::vector<Label> kLabels{
      // Another task than plain decoding of a whole model on one device.
      {"multi-device", LabelKind::Excluding},
      {"partial-offload", LabelKind::Excluding},
      {"flash-streamed", LabelKind::Excluding},
      {"speculative", LabelKind::Excluding},
      // No rate of decoding, or one that nobody can have measured.
      {"combined-rate", LabelKind::Excluding},
      {"piece-rate", LabelKind::Excluding},
      {"bound", LabelKind::Excluding},
      {"duplicate", LabelKind::Excluding},
      {"simulated", LabelKind::Excluding},
      {"unusable", LabelKind::Excluding},
      {"flag", LabelKind::Excluding},
      {"impossible", LabelKind::Excluding},
      {"low-trust", LabelKind::Excluding},
      // Not known what was measured.
      {"unknown-device", LabelKind::Excluding},
      {"unknown-architecture", LabelKind::Excluding},
      {"unknown-format", LabelKind::Excluding},
      {"unknown-kv-format", LabelKind::Excluding},
      {"size-mismatch", LabelKind::Excluding},
      // The machine was not in the state that its datasheet describes.
      {"power-capped", LabelKind::Condition},
      {"throttled", LabelKind::Condition},
      {"host-limited", LabelKind::Condition},
      // The figure is loose, or its reading is not sure.
      {"device-ambiguous", LabelKind::Condition},
      {"concurrency-ambiguous", LabelKind::Condition},
      {"approximate", LabelKind::Condition},
      {"second-hand", LabelKind::Condition},
      {"doubtful", LabelKind::Condition},
      // To be known when reading an error.
      {"prefill-heavy", LabelKind::Note},
      {"format-assumed", LabelKind::Note},
      {"understated-energy", LabelKind::Note},
  };
  return kLabels;
}

const std::vector<Label>& known_kernel_labels() {
  static const std::vector<Label> kLabels{
      {"cache", LabelKind::Excluding},
      {"eager", LabelKind::Excluding},
      {"prefill-sized", LabelKind::Excluding},
      {"coarse", LabelKind::Excluding},
      {"difference", LabelKind::Excluding},
      {"multi-node", LabelKind::Excluding},
      {"impossible", LabelKind::Excluding},
      {"derived", LabelKind::Excluding},
      {"per-op-overhead", LabelKind::Excluding},
      {"link", LabelKind::Excluding},
      {"unknown-device", LabelKind::Excluding},
      {"noisy", LabelKind::Excluding},
      {"held-back", LabelKind::Excluding},
      {"few-threads", LabelKind::Excluding},
      {"copy", LabelKind::Excluding},
      {"prefetched", LabelKind::Excluding},
  };
  return kLabels;
}

std::optional<LabelKind> label_kind(std::string_view name) {
  for (const Label& label : known_labels()) {
    if (label.name == name) return label.kind;
  }
  return std::nullopt;
}

std::vector<std::string> labels_of(std::string_view labels) {
  std::vector<std::string> names;
  std::size_t start = 0;
  while (start <= labels.size()) {
    const std::size_t end = std::min(labels.find(';', start), labels.size());
    if (end > start) names.emplace_back(labels.substr(start, end - start));
    start = end + 1;
  }
  return names;
}

void add_label(std::string& labels, std::string_view name) {
  const std::vector<std::string> names = labels_of(labels);
  if (std::find(names.begin(), names.end(), name) != names.end()) return;
  if (!labels.empty()) labels += ';';
  labels += name;
}

bool labels_count(std::string_view labels) { return strictest(labels) != LabelKind::Excluding; }

bool labels_fit(std::string_view labels) { return strictest(labels) == LabelKind::Note; }

}  // namespace foretoken::calibrate
