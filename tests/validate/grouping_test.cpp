#include "validate/grouping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace foretoken::validate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ArchKind, TellsDenseExpertsAndRecurrentMixersApart) {
  model::Layer attention;
  attention.attention.emplace();
  attention.dense.emplace();
  model::Layer experts = attention;
  experts.moe.emplace();
  model::Layer recurrent;
  recurrent.mamba.emplace();

  model::Llm llm;
  llm.layers = {attention};
  EXPECT_EQ(arch_kind(llm), "dense");
  llm.layers = {attention, experts};  // the first layer of many is dense
  EXPECT_EQ(arch_kind(llm), "moe");
  llm.layers = {recurrent, experts};
  EXPECT_EQ(arch_kind(llm), "hybrid");
}

TEST(JointOperatorKeys, NamesDecodeSizedProductsAndAttentionBeyondTheCache) {
  calibrate::KernelRow row;
  row.op = "gemm";
  row.m = 64;
  EXPECT_THAT(joint_operator_keys(row), ElementsAre("gemm, all formats, m<=64"));
  row.m = 65;
  EXPECT_THAT(joint_operator_keys(row), IsEmpty());
  row.op = "attention";
  EXPECT_THAT(joint_operator_keys(row), IsEmpty());  // not known
  row.footprint_over_llc = 1.9;
  EXPECT_THAT(joint_operator_keys(row), IsEmpty());
  row.footprint_over_llc = 2.0;
  EXPECT_THAT(joint_operator_keys(row), ElementsAre("attention, cache >= 2x LLC"));
}

}  // namespace
}  // namespace foretoken::validate
