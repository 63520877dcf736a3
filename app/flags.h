#pragma once

/// The flags of one command: names, help and what was given. Boost.Program_options stays inside.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foretoken::app {

class Flags {
 public:
  /// `usage` is the line after "Usage:", `summary` one sentence.
  Flags(std::string usage, std::string summary);
  ~Flags();
  Flags(const Flags&) = delete;
  Flags& operator=(const Flags&) = delete;

  /// `names` is "long" or "long,s". A switch has no value.
  void add_switch(const char* names, const char* help);
  /// `placeholder` stands for the value in the help.
  void add_value(const char* names, const char* placeholder, const char* help);
  /// May be given more than once.
  void add_values(const char* names, const char* placeholder, const char* help);
  /// At most `most` words without a flag; `placeholder` names them in messages.
  void add_words(std::string placeholder, std::size_t least, std::size_t most);

  /// Throws UsageError with a suggestion: an unknown flag, a missing value, a value twice, a word
  /// too many or too few. Returns false when `--help` was asked for.
  bool parse(const std::vector<std::string>& arguments);

  bool given(const char* name) const;
  std::optional<std::string> find(const char* name) const;
  /// Throws UsageError naming the flag when it was not given.
  std::string required(const char* name) const;
  std::string text(const char* name, std::string_view otherwise) const;
  /// One of `choices`; throws UsageError with a suggestion.
  std::string choice(const char* name, const std::vector<std::string>& choices,
                     std::string_view otherwise) const;
  std::vector<std::string> all(const char* name) const;
  const std::vector<std::string>& words() const;

  /// "-m, --model" as people type it, for messages.
  std::string written(const char* name) const;
  std::string help() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Single-dash long flags as llama.cpp has them, in the form that the parser reads: "-ctk" is
/// "--cache-type-k", "-ctv" "--cache-type-v", "-fa" "--flash-attn".
std::vector<std::string> with_long_flags(const std::vector<std::string>& arguments);

}  // namespace foretoken::app
