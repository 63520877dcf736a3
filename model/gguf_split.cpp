#include "model/gguf_split.h"

#include <charconv>
#include <filesystem>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace foretoken::model {
namespace {

constexpr std::int64_t kMostParts = 1024;
constexpr std::string_view kEnding = ".gguf";
constexpr std::string_view kPartTail = "-00001-of-00002";

int digits(std::string_view text) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

/// "model-00002-of-00005": its name, number and count; a count of 0 when it is no such name.
struct PartName {
  std::string base;
  int part = 0;
  int count = 0;
};

PartName part_name(std::string_view stem) {
  if (stem.size() <= kPartTail.size()) return {};
  const std::string_view tail = stem.substr(stem.size() - kPartTail.size());
  if (tail[0] != '-' || tail.substr(6, 4) != "-of-") return {};
  const int part = digits(tail.substr(1, 5));
  const int count = digits(tail.substr(10));
  if (part < 1 || count < part) return {};
  return {std::string(stem.substr(0, stem.size() - kPartTail.size())), part, count};
}

std::string stem_of(const std::string& path) {
  const std::filesystem::path file(path);
  return file.extension() == kEnding ? file.stem().string() : file.filename().string();
}

std::string part_path(const std::string& path, const PartName& name, int part) {
  return (std::filesystem::path(path).parent_path() /
          fmt::format("{}-{:05}-of-{:05}.gguf", name.base, part, name.count))
      .string();
}

/// What part `part` says of itself must be what its name says.
void check_part(const GgufHeader& header, int part, int count) {
  std::int64_t stated_part = -1;
  std::int64_t stated_count = -1;
  header.find_number("split.no", stated_part);
  header.find_number("split.count", stated_count);
  if (stated_part == part - 1 && stated_count == count) return;
  throw Error(fmt::format(
      "{}: 'split.no' and 'split.count' are {} and {}; part {} of {} should have {} and {}",
      header.file, stated_part, stated_count, part, count, part - 1, count));
}

void check_total(const GgufHeader& all) {
  std::int64_t total = 0;
  if (!all.find_number("split.tensors.count", total)) return;
  if (total != static_cast<std::int64_t>(all.tensors.size())) {
    throw Error(fmt::format("{}: 'split.tensors.count' is {}, but the parts hold {} tensors",
                            all.file, total, all.tensors.size()));
  }
}

void append(GgufHeader& all, GgufHeader part, std::set<std::string>& names) {
  if (part.tensors.size() + all.tensors.size() > kMostGgufTensors) {
    throw Error(fmt::format("{}: more than {} tensors with those of the earlier parts", part.file,
                            kMostGgufTensors));
  }
  for (GgufTensor& tensor : part.tensors) {
    if (!names.insert(tensor.name).second) {
      throw Error(fmt::format("{}: byte {}: tensor '{}' stands in an earlier part too", part.file,
                              tensor.at, tensor.name));
    }
    all.tensors.push_back(std::move(tensor));
  }
}

}  // namespace

std::string gguf_stem(const std::string& path) {
  std::string stem = stem_of(path);
  const PartName name = part_name(stem);
  return name.count > 0 ? name.base : stem;
}

GgufFile read_gguf_file(const std::string& path, const FormatTable& formats) {
  const PartName name = part_name(stem_of(path));
  if (name.count <= 1) {
    GgufFile file{.header = read_gguf_header(path, formats)};
    std::int64_t count = 1;
    file.header.find_number("split.count", count);
    if (count > 1) {
      throw Error(fmt::format(
          "{}: one of {} parts, whose names must end with '-00001-of-{:05}.gguf' and so on", path,
          count, count));
    }
    return file;
  }
  if (name.count > kMostParts) {
    throw Error(fmt::format("{}: {} parts; at most {} are read", path, name.count, kMostParts));
  }
  GgufFile file{.header = read_gguf_header(part_path(path, name, 1), formats), .parts = name.count};
  check_part(file.header, 1, name.count);
  std::set<std::string> names;
  for (const GgufTensor& tensor : file.header.tensors) names.insert(tensor.name);
  for (int part = 2; part <= name.count; ++part) {
    GgufHeader next = read_gguf_header(part_path(path, name, part), formats);
    check_part(next, part, name.count);
    append(file.header, std::move(next), names);
  }
  check_total(file.header);
  return file;
}

}  // namespace foretoken::model
