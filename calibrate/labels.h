#pragma once

/// What the labels of a measured decode row mean: whether it counts in a headline, and whether a
/// fit may learn from it. The two are apart: a machine that was not in the state its datasheet
/// describes must not shift coefficients, but its row is a fair question all the same.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foretoken::calibrate {

enum class LabelKind : std::uint8_t {
  Note,       ///< counts and is fitted: a fact that helps to read a large error
  Condition,  ///< counts but is not fitted: the machine or the figure is in doubt, the task is not
  Excluding,  ///< neither: another task than decoding on one device, or no rate of it at all
};

struct Label {
  std::string_view name;
  LabelKind kind;
};

/// Every label that a decode file may use, by kind.
const std::vector<Label>& known_labels();

/// Every label that a kernel file may use; all of them exclude.
const std::vector<Label>& known_kernel_labels();

/// Of a decode label; nullopt: no such label.
std::optional<LabelKind> label_kind(std::string_view name);

/// "a;b" -> a, b.
std::vector<std::string> labels_of(std::string_view labels);

/// Appends unless it is there.
void add_label(std::string& labels, std::string_view name);

/// No label, or none that excludes: the row counts in headlines.
bool labels_count(std::string_view labels);

/// No label but notes: fits may learn from the row.
bool labels_fit(std::string_view labels);

}  // namespace foretoken::calibrate
