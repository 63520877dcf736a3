#include "base/gzip_file.h"

#include <array>
#include <ios>
#include <sstream>

#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <fmt/format.h>

#include "base/error.h"
#include "base/text_file.h"

namespace foretoken {
namespace {

namespace io = boost::iostreams;

[[noreturn]] void damaged(const std::string& path, const std::string& how) {
  throw ConfigError({{path, 0, 0, fmt::format("not a whole gzip file: {}", how)}});
}

std::string reason_of(const io::gzip_error& error) {
  switch (error.error()) {
    case io::gzip::bad_header:
      return "its header is not gzip's";
    case io::gzip::bad_crc:
      return "its checksum does not fit its content";
    case io::gzip::bad_length:
      return "its length does not fit its content";
    case io::gzip::bad_footer:
      return "it ends early or its end is damaged";
    default:
      return "its compressed content is damaged or ends early";
  }
}

}  // namespace

std::string read_gzip_file(const std::string& path, std::size_t limit) {
  const std::string packed = read_text_file(path);
  if (packed.empty()) damaged(path, "it is empty");
  std::istringstream source(packed);
  std::string text;
  try {
    io::filtering_istream unpacked;
    unpacked.push(io::gzip_decompressor());
    unpacked.push(source);
    unpacked.exceptions(std::ios::badbit);
    std::array<char, 65536> block{};
    while (unpacked) {
      unpacked.read(block.data(), static_cast<std::streamsize>(block.size()));
      text.append(block.data(), static_cast<std::size_t>(unpacked.gcount()));
      if (text.size() > limit) {
        throw Error(fmt::format("cannot read '{}': unpacks to more than {} bytes", path, limit));
      }
    }
  } catch (const io::gzip_error& error) {
    damaged(path, reason_of(error));
  } catch (const std::ios_base::failure& error) {
    damaged(path, error.what());
  }
  return text;
}

}  // namespace foretoken
