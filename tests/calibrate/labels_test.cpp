#include "calibrate/labels.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/text_file.h"
#include "calibrate/decode_csv.h"

namespace foretoken::calibrate {
namespace {

TEST(Labels, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const Label& label : known_labels()) {
    EXPECT_TRUE(names.insert(label.name).second) << label.name;
  }
}

TEST(Labels, ARowWithoutLabelCountsAndIsFitted) {
  EXPECT_TRUE(labels_count(""));
  EXPECT_TRUE(labels_fit(""));
}

TEST(Labels, NotesChangeNothing) {
  EXPECT_TRUE(labels_count("prefill-heavy;format-assumed"));
  EXPECT_TRUE(labels_fit("prefill-heavy;format-assumed"));
}

TEST(Labels, ConditionsCountButAreNotFitted) {
  for (const char* name : {"power-capped", "throttled", "host-limited", "second-hand"}) {
    EXPECT_TRUE(labels_count(name)) << name;
    EXPECT_FALSE(labels_fit(name)) << name;
  }
  EXPECT_FALSE(labels_fit("prefill-heavy;throttled"));
}

TEST(Labels, OneExcludingLabelIsEnough) {
  for (const char* name : {"multi-device", "partial-offload", "speculative", "flag", "impossible",
                           "low-trust", "unknown-architecture", "size-mismatch"}) {
    EXPECT_FALSE(labels_count(name)) << name;
    EXPECT_FALSE(labels_fit(name)) << name;
  }
  EXPECT_FALSE(labels_count("prefill-heavy;throttled;flag"));
}

// A rate far from what was expected is no reason to leave a row out.
TEST(Labels, ThereIsNoneForALargeError) {
  EXPECT_FALSE(label_kind("outlier"));
  EXPECT_FALSE(label_kind(""));
  EXPECT_FALSE(label_kind("Flag"));
}

TEST(Labels, AreSplitAtSemicolonsAndAddedOnce) {
  EXPECT_EQ(labels_of("a;b;;c"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(labels_of("").empty());
  std::string labels = "not-impossible";
  add_label(labels, "impossible");
  add_label(labels, "impossible");
  EXPECT_EQ(labels, "not-impossible;impossible");
}

// Reads every shipped decode row, so a label of theirs that is not known fails here too.
TEST(Labels, TheDocumentsListEveryOneWithItsKindAndRows) {
  const std::string folder = std::string(FORETOKEN_DATA_DIR) + "/measurements";
  std::map<std::string, int> rows;
  for (const std::string& path : files_in(folder, ".csv")) {
    if (path.find("/decode_") == std::string::npos) continue;
    for (const DecodeRow& row : read_decode_rows(path)) {
      for (const std::string& label : labels_of(row.label)) ++rows[label];
    }
  }
  EXPECT_GT(rows["multi-device"], 1000);
  const std::string text = read_text_file(folder + "/README.md");
  for (const Label& label : known_labels()) {
    const char* const kind = label.kind == LabelKind::Excluding   ? "excluding"
                             : label.kind == LabelKind::Condition ? "condition"
                                                                  : "note";
    const std::string name(label.name);
    std::string count = std::to_string(rows[name]);
    if (count.size() > 3) count.insert(count.size() - 3, ",");
    const std::string start = "| " + name + " | " + kind + " | " + count + " |";
    EXPECT_NE(text.find(start), std::string::npos) << "no line '" << start << "'";
  }
}

TEST(Labels, TheKernelDocumentsListEveryOne) {
  const std::string text =
      read_text_file(std::string(FORETOKEN_DATA_DIR) + "/measurements/kernels/README.md");
  for (const Label& label : known_kernel_labels()) {
    EXPECT_EQ(label.kind, LabelKind::Excluding) << label.name;
    EXPECT_NE(text.find("| " + std::string(label.name) + " |"), std::string::npos) << label.name;
  }
}

}  // namespace
}  // namespace foretoken::calibrate
