#pragma once

/// What goes wrong at the edge. Exceptions start only in readers, in the fit and in `app/`; laws,
/// demand and schedule never throw. `main` catches once and turns both types into exit code 3.

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace foretoken {

/// A failure with the context it happened in. `within` prepends what was being done, outermost
/// first: "calibrating 'x': reading a.h5: no dataset 'values'".
class Error : public std::runtime_error {
 public:
  explicit Error(std::string message);
  void within(std::string_view context);
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

/// One fault of a file. Lines and columns count from 1; 0 means the place is not known.
struct Fault {
  std::string file;
  int line = 0;
  int column = 0;
  std::string message;

  /// "file:line:column: message", leaving out what is 0.
  std::string text() const;
};

/// All faults of a file at once, one line each in `what()`, in the order of their place.
class ConfigError : public Error {
 public:
  explicit ConfigError(std::vector<Fault> faults);
  const std::vector<Fault>& faults() const { return faults_; }

 private:
  std::vector<Fault> faults_;
};

}  // namespace foretoken
