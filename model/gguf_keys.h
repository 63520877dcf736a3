#pragma once

/// Checked access to the metadata of a GGUF file, by the names behind "<architecture>.". Faults are
/// collected with the byte of the key and what was expected; a getter that fails returns a harmless
/// value.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/gguf_header.h"

namespace foretoken::model {

class GgufKeys {
 public:
  /// `header` must outlive this.
  GgufKeys(const GgufHeader& header, std::string architecture);

  bool has(std::string_view key) const { return find(key) != nullptr; }
  /// A whole number of 1 to `most`; missing: a fault.
  std::int64_t size(std::string_view key, std::int64_t most = kMostSize);
  /// 0 when absent.
  std::int64_t find_size(std::string_view key, std::int64_t most = kMostSize);
  /// A number for all layers or a list with one entry a layer; 0 when absent.
  std::int64_t find_size_at(std::string_view key, std::size_t layer);
  std::int64_t size_at(std::string_view key, std::size_t layer);
  /// The numbers of a list, nullopt when the key is absent or no list.
  std::optional<std::vector<std::int64_t>> numbers(std::string_view key) const;

  /// At a key of the architecture; "" for what has no place.
  void fault(std::string_view key, std::string message);
  void fault_at(const GgufTensor& tensor, std::string message);
  /// Throws ConfigError when there was any fault.
  void finish() const;
  bool has_faults() const { return !faults_.empty(); }
  const std::string& architecture() const { return architecture_; }

  static constexpr std::int64_t kMostSize = std::int64_t{1} << 24;

 private:
  const GgufValue* find(std::string_view key) const;
  std::int64_t number(const GgufValue& value, std::size_t index, std::string_view key,
                      std::int64_t least, std::int64_t most);
  void add(std::string file, std::string message);

  const GgufHeader& header_;
  std::string architecture_;
  std::vector<Fault> faults_;
};

/// A text of the whole file ("general.name"), "" when absent or not printable.
std::string gguf_text(const GgufHeader& header, std::string_view key);

}  // namespace foretoken::model
