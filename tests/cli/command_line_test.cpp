#include <gtest/gtest.h>

#include "tests/cli/program.h"
#include "tests/cli/toy_data.h"

namespace foretoken::test {
namespace {

TEST(CommandLine, TellsItsVersionAndCommands) {
  const ProgramRun version = run_program({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_TRUE(version.out.starts_with("foretoken 0.")) << version.out;
  for (const std::string flag : {"help", "--help", "-h"}) {
    const ProgramRun help = run_program({flag});
    EXPECT_EQ(help.code, 0);
    for (const char* command :
         {"predict", "op", "calibrate", "validate", "list", "show", "check-data"}) {
      EXPECT_NE(help.out.find(command), std::string::npos) << command;
    }
  }
}

TEST(CommandLine, EveryCommandHasHelp) {
  for (const std::string command :
       {"predict", "op", "calibrate", "validate", "list", "show", "check-data"}) {
    const ProgramRun run = run_program({command, "--help"});
    EXPECT_EQ(run.code, 0) << command;
    EXPECT_TRUE(run.out.starts_with("Usage: foretoken " + command)) << run.out;
    EXPECT_EQ(run.err, "");
    EXPECT_EQ(run_program({"help", command}).out, run.out);
  }
}

TEST(CommandLine, AWrongOneEndsWithTwoAndASuggestion) {
  const ProgramRun none = run_program({});
  EXPECT_EQ(none.code, 2);
  EXPECT_EQ(none.err, "foretoken: no command given; 'foretoken --help' tells more\n");
  const ProgramRun unknown = run_program({"pedict"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_EQ(
      unknown.err,
      "foretoken: unknown command 'pedict'; did you mean 'predict'?; 'foretoken --help' tells "
      "more\n");
  const ProgramRun flag = run_program({"predict", "--devise", "x"});
  EXPECT_EQ(flag.code, 2);
  EXPECT_NE(flag.err.find("unknown flag '--devise'; did you mean '--device'?"), std::string::npos)
      << flag.err;
  EXPECT_EQ(flag.out, "");
}

TEST(CommandLine, AMissingFlagOrWordEndsWithTwo) {
  EXPECT_EQ(run_program({"predict", "-d", "anvil-gpu"}).code, 2);
  EXPECT_EQ(run_program({"predict", "-m", "toy"}).code, 2);
  EXPECT_EQ(run_program({"predict", "-m"}).code, 2);
  EXPECT_EQ(run_program({"list"}).code, 2);
  EXPECT_EQ(run_program({"list", "phones"}).code, 2);
  EXPECT_EQ(run_program({"show"}).code, 2);
  EXPECT_EQ(run_program({"op"}).code, 2);
  EXPECT_EQ(run_program({"validate", "--leave-out", "planet"}).code, 2);
  EXPECT_EQ(run_program({"validate", "--leave-out", "device", "--against", "x.csv"}).code, 2);
}

TEST(CommandLine, ADataFolderThatIsNotThereIsBadInput) {
  const ProgramRun named = run_program(
      {"list", "devices"}, {.data = "/nowhere", .out_path = "", .reader_leaves = false});
  EXPECT_EQ(named.code, 3);
  EXPECT_EQ(named.err, "foretoken: FORETOKEN_DATA names '/nowhere', which is not a folder\n");
  const ProgramRun laid_over = run_program({"list", "devices", "--data", "/nowhere"});
  EXPECT_EQ(laid_over.code, 3);
  EXPECT_NE(laid_over.err.find("--data names '/nowhere'"), std::string::npos);
}

TEST(CommandLine, AReaderThatLeavesEarlyIsNoFault) {
  const ProgramRun run =
      run_program({"list", "devices"}, {.data = toy_data(), .out_path = "", .reader_leaves = true});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.err, "");
}

TEST(CommandLine, OutputThatCannotBeWrittenIsReported) {
  const ProgramRun full = run_program(
      {"list", "devices"}, {.data = toy_data(), .out_path = "/dev/full", .reader_leaves = false});
  EXPECT_EQ(full.code, 3);
  EXPECT_EQ(full.err, "foretoken: cannot write to standard output: No space left on device\n");
  const ProgramRun closed = run_program(
      {"list", "devices"}, {.data = toy_data(), .out_path = "-", .reader_leaves = false});
  EXPECT_EQ(closed.code, 3);
  EXPECT_EQ(closed.err, "foretoken: cannot write to standard output: Bad file descriptor\n");
}

}  // namespace
}  // namespace foretoken::test
