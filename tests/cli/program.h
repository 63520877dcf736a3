#pragma once

/// Runs the real program as a user would and returns what it said.

#include <string>
#include <vector>

namespace foretoken::test {

struct ProgramRun {
  int code = -1;  ///< exit code; 128 + signal when a signal ended it
  std::string out;
  std::string err;
};

struct RunOptions {
  std::string data;            ///< FORETOKEN_DATA; empty: the shipped data
  std::string out_path;        ///< standard output goes there instead; "-": closed
  bool reader_leaves = false;  ///< standard output is a pipe that nobody reads
};

ProgramRun run_program(const std::vector<std::string>& arguments, const RunOptions& options = {});

}  // namespace foretoken::test
