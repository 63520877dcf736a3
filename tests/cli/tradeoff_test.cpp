// Does `tradeoff` answer, refuse and end as its help says?

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/program.h"
#include "tests/cli/toy_data.h"
#include "tests/support/temp_folder.h"

namespace foretoken::test {
namespace {

using testing::HasSubstr;

ProgramRun tradeoff(std::vector<std::string> more) {
  std::vector<std::string> arguments{"tradeoff", "-m", "toy", "-d", "A1"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_program(arguments, {.data = toy_data(), .out_path = "", .reader_leaves = false});
}

TEST(Tradeoff, ComparesFormatsAndNothingElse) {
  const ProgramRun run = tradeoff({"-q", "T4", "-c", "0,4096"});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("-c (--context) takes one value here, not a list"));
}

TEST(Tradeoff, RefusesBoundsThatItCannotRead) {
  EXPECT_THAT(tradeoff({"-q", "T4", "--max-loss", "1"}).err,
              HasSubstr("--max-loss must be a percentage, like 1%; found '1'"));
  EXPECT_THAT(tradeoff({"-q", "T4", "--max-memory", "8"}).err,
              HasSubstr("must be a size with its unit, like 8GB or 8GiB; found '8'"));
  const ProgramRun run = tradeoff({"-q", "T4", "--objectives", "rate,beauty"});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("unknown 'beauty'"));
}

TEST(Tradeoff, OffersFormatsOnlyWhereTheRuntimeSaysWhatItReads) {
  const TempFolder folder;
  folder.write("runtimes/bare.yaml",
               "schema: 1\nid: bare\nname: Bare\nfamily: hammer\n"
               "pools: [{class: gpu, pool: hammer-pool}]\ngraph_capture: false\n"
               "default_format: T4\nkv_format: F16\nsource: invented for tests\n");
  const ProgramRun run = tradeoff({"--runtime", "bare", "--data", folder.path()});
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("runtime 'bare' does not state its weight_layout"));
  EXPECT_EQ(tradeoff({"--runtime", "bare", "--data", folder.path(), "-q", "T4"}).code, 0);
}

TEST(Tradeoff, EndsWithOneWhenNothingKeepsTheBounds) {
  const ProgramRun run = tradeoff({"-q", "T4,F16", "--min-rate", "1e9", "--best", "fastest"});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, HasSubstr("no format keeps the bounds (2 rate)"));
}

TEST(Tradeoff, AnUnknownLossBreaksABoundOnIt) {
  const ProgramRun run = tradeoff({"-q", "T8", "--max-loss", "50%", "--best", "smallest"});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.err, HasSubstr("loss not known"));
}

}  // namespace
}  // namespace foretoken::test
