#include <gtest/gtest.h>

#include "calibrate/build_date.h"
#include "calibrate/row_notes.h"

namespace foretoken::calibrate {
namespace {

TEST(BuildYear, OfAReleaseIsItsDate) {
  EXPECT_NEAR(*build_year_of("llama.cpp-cuda", "b4500 (abc)"), 2025.04, 1e-9);
  EXPECT_NEAR(*build_year_of("llama.cpp", "b1"), 2023.45, 1e-9);
}

TEST(BuildYear, BetweenReleasesIsInterpolated) {
  EXPECT_NEAR(*build_year_of("llama.cpp", "b4750"), (2025.04 + 2025.25) / 2, 1e-9);
  double before = 0;
  for (const char* build : {"b10", "b900", "b1400", "b3333", "b6001", "b9999", "b12000"}) {
    const double year = *build_year_of("ik_llama.cpp", build);
    EXPECT_GT(year, before) << build;
    before = year;
  }
}

TEST(BuildYear, IsUnknownForOtherRuntimesAndOtherNames) {
  EXPECT_FALSE(build_year_of("vllm", "b4500"));
  EXPECT_FALSE(build_year_of("llama.cpp", "0.6.3"));
  EXPECT_FALSE(build_year_of("llama.cpp", ""));
  EXPECT_FALSE(build_year_of("llama.cpp", "b"));
  EXPECT_FALSE(build_year_of("llama.cpp", "build 7"));
  EXPECT_FALSE(build_year_of("llama.cpp", "b0"));
  EXPECT_FALSE(build_year_of("llama.cpp", "b99999999999999999999"));
  EXPECT_FALSE(build_year_of("llama.cpp", "b90000"));
}

TEST(FlashAttention, IsReadFromNotesInAnyCase) {
  EXPECT_EQ(flash_attention_in("ngl=99 FA=1 threads=4"), true);
  EXPECT_EQ(flash_attention_in("Flash Attention ON"), true);
  EXPECT_EQ(flash_attention_in("fa=0"), false);
  EXPECT_EQ(flash_attention_in("flash attention off"), false);
  EXPECT_EQ(flash_attention_in("nothing of the kind"), std::nullopt);
  EXPECT_EQ(flash_attention_in(""), std::nullopt);
}

TEST(MlaCache, IsExpandedWhereNotesSayMlaNought) {
  EXPECT_EQ(expanded_mla_in("llama-bench; MLA 0"), true);
  EXPECT_EQ(expanded_mla_in("sweep-bench; mla 3"), false);
  EXPECT_EQ(expanded_mla_in("sweep-bench"), std::nullopt);
}

TEST(Repacked, IsReadFromNotes) {
  EXPECT_TRUE(repacked_in("sweep-bench; Repacked"));
  EXPECT_FALSE(repacked_in("sweep-bench"));
}

TEST(PowerMode, IsReadFromNotes) {
  EXPECT_EQ(power_mode_in("power mode 15W"), "15W");
  EXPECT_EQ(power_mode_in("rail power; power mode MAXN; warm"), "MAXN");
  EXPECT_EQ(power_mode_in("power limit 200 W"), "");
}

std::string labels(const std::string& notes, double devices = 1, const std::string& split = "") {
  return labels_in({.n_devices = devices, .parallelism = split, .notes = notes});
}

TEST(Labels, AreEmptyForAPlainRow) {
  EXPECT_EQ(labels(""), "");
  EXPECT_EQ(labels("llama-bench, 5 repeats"), "");
}

TEST(Labels, NameWhatKeepsARowOut) {
  EXPECT_EQ(labels("FLAG: odd"), "flag");
  EXPECT_EQ(labels("a flag in lower case is prose"), "");
  EXPECT_EQ(labels("with a Draft Model"), "speculative");
  EXPECT_EQ(labels("partial offload, 20 layers"), "partial-offload");
  EXPECT_EQ(labels("-ot exps=CPU"), "partial-offload");
  EXPECT_EQ(labels("self-reported on a forum"), "low-trust");
  EXPECT_EQ(labels("LOW RELIABILITY: disk image"), "doubtful");
  EXPECT_EQ(labels("laptop was throttling"), "throttled");
  EXPECT_EQ(labels("simulated"), "simulated");
}

TEST(Labels, OfManyDevicesUnlessTensorParallel) {
  EXPECT_EQ(labels("", 2), "multi-device");
  EXPECT_EQ(labels("", 2, "tp2"), "");
  EXPECT_EQ(labels("", 4, "pp4 (layer split)"), "multi-device");
  EXPECT_EQ(labels("", 1, "row2"), "multi-device");
}

TEST(Labels, AddUp) {
  EXPECT_EQ(labels("FLAG: speculative and throttled", 2),
            "flag;speculative;multi-device;throttled");
}

}  // namespace
}  // namespace foretoken::calibrate
