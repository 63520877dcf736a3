#pragma once

/// Checked access to the keys of a Hugging Face `config.json`. Faults are collected with the file,
/// the line of the key and what was expected; a getter that fails returns a harmless value.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace foretoken::model {

class HfKeys {
 public:
  using Names = std::initializer_list<std::string_view>;

  /// `body` holds the language model's keys, `outer` the whole file; keys missing in the body are
  /// looked up there. `text` is the file as read, for line numbers.
  HfKeys(std::string file, std::string text, const nlohmann::json& body,
         const nlohmann::json& outer);

  /// Present and not null.
  bool has(std::string_view key) const { return find(key) != nullptr; }

  /// The first of the names that is present, as a whole number of 1 to `most`; missing: a fault.
  std::int64_t size(Names names, std::int64_t most = kMostSize);
  /// 0 when none is present; 0 in the file counts as absent.
  std::int64_t find_size(Names names, std::int64_t most = kMostSize);
  /// A number for all layers or a list with one entry a layer.
  std::int64_t size_at(Names names, std::size_t layer);
  std::int64_t find_size_at(Names names, std::size_t layer);
  bool flag(std::string_view key, bool otherwise);
  std::string text(std::string_view key, const std::string& otherwise);
  /// A list of texts; empty when absent.
  std::vector<std::string> texts(std::string_view key);
  std::vector<std::int64_t> integers(std::string_view key);

  void fault(std::string_view key, std::string message);
  /// Throws ConfigError when there was any fault.
  void finish() const;
  bool has_faults() const { return !faults_.empty(); }
  const nlohmann::json* find(std::string_view key) const;

  static constexpr std::int64_t kMostSize = std::int64_t{1} << 24;

 private:
  const nlohmann::json* find_first(Names names, std::string_view& name) const;
  std::int64_t number(const nlohmann::json& value, std::string_view key, std::int64_t least,
                      std::int64_t most);
  std::int64_t element(const nlohmann::json& list, std::string_view key, std::size_t layer);
  void fault_missing(Names names);
  int line_of(std::string_view key) const;

  std::string file_;
  std::string text_;
  const nlohmann::json& body_;
  const nlohmann::json& outer_;
  std::vector<Fault> faults_;
};

}  // namespace foretoken::model
