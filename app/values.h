#pragma once

/// Values of flags, strictly read: what is not exactly a number in its range is an Error that names
/// the flag.

#include <string>
#include <vector>

namespace foretoken::app {

struct NumberRange {
  double low;
  double high;
};

/// Parts of a comma list without blanks around them; throws Error for an empty part.
std::vector<std::string> list_items(const std::string& flag, const std::string& text);

/// A whole number in the range (inclusive).
double whole_number(const std::string& flag, const std::string& text, NumberRange range);
/// A comma list of them.
std::vector<double> whole_numbers(const std::string& flag, const std::string& text,
                                  NumberRange range);
/// A finite number in the range (inclusive).
double plain_number(const std::string& flag, const std::string& text, NumberRange range);

}  // namespace foretoken::app
