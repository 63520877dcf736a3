#pragma once

/// "type_a=q4_0,m=4096,bs=[1,1]" as test-backend-ops prints the parameters of an operator.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foretoken::calibrate {

class OpParams {
 public:
  /// nullopt when the text is no such list.
  static std::optional<OpParams> parse(std::string_view text);

  bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
  /// "" when absent.
  std::string text(std::string_view name) const;
  /// Whole and not negative; `otherwise` when absent, nullopt when it is no such number.
  std::optional<double> count(std::string_view name, std::optional<double> otherwise = {}) const;
  /// "[4096,1,1,1]"; one number is a list of one. Empty when absent or no list of counts.
  std::vector<double> counts(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace foretoken::calibrate
