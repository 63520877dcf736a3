#pragma once

/// Writes the head of a GGUF file piece by piece, sound or not: every count and offset can be set
/// wrong on purpose.

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/gguf_header.h"

namespace foretoken::test {

class GgufWriter {
 public:
  std::uint32_t version = 3;
  std::string magic = "GGUF";
  std::uint64_t alignment = 32;
  std::optional<std::uint64_t> tensor_count;  ///< instead of the true one
  std::optional<std::uint64_t> key_count;

  void text(std::string_view key, std::string_view value) {
    begin(key, model::GgufType::String);
    put_text(keys_, value);
  }
  void u32(std::string_view key, std::uint64_t value) {
    begin(key, model::GgufType::Uint32);
    put(keys_, value, 4);
  }
  void u16(std::string_view key, std::uint64_t value) {
    begin(key, model::GgufType::Uint16);
    put(keys_, value, 2);
  }
  void f32(std::string_view key, float value) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    begin(key, model::GgufType::Float32);
    put(keys_, bits, 4);
  }
  void numbers(std::string_view key, const std::vector<std::int64_t>& values) {
    begin_array(key, model::GgufType::Int32, values.size());
    for (const std::int64_t value : values) put(keys_, static_cast<std::uint64_t>(value), 4);
  }
  void flags(std::string_view key, const std::vector<bool>& values) {
    begin_array(key, model::GgufType::Bool, values.size());
    for (const bool value : values) put(keys_, value ? 1 : 0, 1);
  }
  void texts(std::string_view key, const std::vector<std::string>& values) {
    begin_array(key, model::GgufType::String, values.size());
    for (const std::string& value : values) put_text(keys_, value);
  }
  /// A key with any type and any bytes behind it.
  void raw(std::string_view key, std::uint32_t type, std::string_view bytes) {
    put_text(keys_, key);
    put(keys_, type, 4);
    keys_ += bytes;
    ++key_total_;
  }

  /// A tensor of `bytes` bytes; it stands behind the last one unless `offset` says otherwise.
  void tensor(std::string_view name, const std::vector<std::int64_t>& dims, std::uint32_t type,
              std::uint64_t bytes, std::optional<std::uint64_t> offset = {}) {
    put_text(infos_, name);
    put(infos_, dims.size(), 4);
    for (const std::int64_t dim : dims) put(infos_, static_cast<std::uint64_t>(dim), 8);
    put(infos_, type, 4);
    put(infos_, offset.value_or(data_), 8);
    data_ += rounded(bytes);
    ++tensor_total_;
  }

  /// Magic, counts, keys and infos.
  std::string head() const {
    std::string out = magic;
    put(out, version, 4);
    put(out, tensor_count.value_or(tensor_total_), 8);
    put(out, key_count.value_or(key_total_), 8);
    return out + keys_ + infos_;
  }
  /// Bytes of the whole file.
  std::uint64_t size() const { return rounded(head().size()) + data_; }
  /// Writes the file; its data are a hole, so that it takes no room on most file systems.
  void save(const std::string& path) const {
    {
      std::ofstream out(path, std::ios::binary);
      const std::string bytes = head();
      out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    std::filesystem::resize_file(path, size());
  }

  static void put(std::string& out, std::uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8U * i) & 0xffU);
  }
  static void put_text(std::string& out, std::string_view text) {
    put(out, text.size(), 8);
    out += text;
  }

 private:
  std::uint64_t rounded(std::uint64_t bytes) const {
    return alignment == 0 ? bytes : (bytes + alignment - 1) / alignment * alignment;
  }
  void begin(std::string_view key, model::GgufType type) {
    raw(key, static_cast<std::uint32_t>(type), "");
  }
  void begin_array(std::string_view key, model::GgufType type, std::uint64_t count) {
    begin(key, model::GgufType::Array);
    put(keys_, static_cast<std::uint64_t>(type), 4);
    put(keys_, count, 8);
  }

  std::string keys_;
  std::string infos_;
  std::uint64_t key_total_ = 0;
  std::uint64_t tensor_total_ = 0;
  std::uint64_t data_ = 0;
};

}  // namespace foretoken::test
