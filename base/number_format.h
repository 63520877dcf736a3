#pragma once

/// How a tensor's numbers are laid out: a block of values in a block of bytes, plus bytes a row.
/// The open set of formats is `data/formats/*.yaml`; once loaded, a format is an index.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/quantity.h"

namespace foretoken {

enum class FormatId : std::uint16_t {};

/// The arithmetic a format is multiplied in, which picks the peak rate of the device.
enum class ArithmeticClass : std::uint8_t { Fp32, Fp16, Bf16, Fp8, Int8, Int4, Fp4 };

struct NumberFormat {
  std::string id;  ///< "Q4_K", "fp8", "int4_g128"
  std::vector<std::string> aliases;
  std::int64_t values_per_block = 1;  ///< values of one row that share scales
  double bytes_per_block = 0.0;       ///< scales and minima included
  double bytes_per_row = 0.0;         ///< bytes more a row
  /// Coarse kind whose formats share unpacking work: "float", "legacy", "k-quant", "i-quant",
  /// "trellis", "ternary", "fp8", "fp4", "grouped-int", "channel-int", "sparse".
  std::string kind;
  /// The kind, or what sets a format apart inside it for a processor: "table" where values come
  /// from a table of 16, which a shuffle reads, and not from a codebook in memory.
  std::string unpack;
  bool interleaved = false;  ///< rows of weights stand interleaved, several unpacked together
  ArithmeticClass arithmetic = ArithmeticClass::Fp16;
  /// Of activations, where they keep more bits than such weights: the wider operand sets the rate.
  std::optional<ArithmeticClass> activations;
  std::optional<std::uint32_t> ggml_type;  ///< its number in GGUF files

  double bytes_per_value() const { return bytes_per_block / static_cast<double>(values_per_block); }
  /// Bytes of a tensor of `rows` rows of `row_length` values, whole blocks a row.
  Bytes bytes_of(double rows, double row_length) const;
};

class FormatTable {
 public:
  /// Reads every `*.yaml` of the folder. Throws ConfigError.
  static FormatTable read(const std::string& folder);

  FormatId add(NumberFormat format);
  const NumberFormat& operator[](FormatId id) const {
    return formats_[static_cast<std::size_t>(id)];
  }
  std::size_t size() const { return formats_.size(); }
  /// By id or alias, case-insensitive; nullopt-like: returns false when unknown.
  bool find(std::string_view name, FormatId& id) const;
  /// By id or alias; throws Error with a suggestion when unknown.
  FormatId id_of(std::string_view name) const;
  /// By its number in GGUF files; nullopt when unknown.
  std::optional<FormatId> find_ggml(std::uint32_t type) const;
  std::vector<std::string> names() const;

 private:
  std::vector<NumberFormat> formats_;
};

}  // namespace foretoken
