#include <sstream>
#include <string>

#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/csv_table.h"
#include "base/gzip_file.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken {
namespace {

using test::config_error_of;
using test::TempFolder;
using testing::HasSubstr;

std::string gzipped(const std::string& text) {
  namespace io = boost::iostreams;
  std::istringstream in(text);
  std::ostringstream out;
  io::filtering_istream packed;
  packed.push(io::gzip_compressor());
  packed.push(in);
  io::copy(packed, out);
  return out.str();
}

std::string sample_text() {
  std::string text = "a,b\n";
  for (int i = 0; i < 20000; ++i)
    text += std::to_string(i) + "," + std::to_string(i * i % 97) + "\n";
  return text;
}

TEST(Gzip, ACompressedTableReadsAsThePlainOne) {
  const TempFolder folder;
  const CsvTable table = CsvTable::read(folder.write("x.csv.gz", gzipped(sample_text())));
  ASSERT_EQ(table.rows(), 20000U);
  EXPECT_EQ(table.number(19999, 0), 19999.0);
  EXPECT_EQ(CsvTable::read(folder.write("x.csv", sample_text())).rows(), 20000U);
}

TEST(Gzip, SeveralPartsInOneFileAreReadInARow) {
  const TempFolder folder;
  EXPECT_EQ(read_gzip_file(folder.write("x.gz", gzipped("ab") + gzipped("cd"))), "abcd");
}

TEST(Gzip, ATruncatedFileIsAnErrorWhereverItEnds) {
  const TempFolder folder;
  const std::string whole = gzipped(sample_text());
  for (std::size_t length = 0; length < whole.size();
       length += length < 30 || length + 30 > whole.size() ? 1U : 997U) {
    const std::string path = folder.write("x.csv.gz", whole.substr(0, length));
    EXPECT_THAT(config_error_of([&] { CsvTable::read(path); }), HasSubstr("not a whole gzip file"))
        << length << " of " << whole.size();
  }
}

TEST(Gzip, ADamagedFileIsAnError) {
  const TempFolder folder;
  std::string damaged = gzipped(sample_text());
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
  const std::string path = folder.write("x.csv.gz", damaged);
  EXPECT_THAT(config_error_of([&] { CsvTable::read(path); }), HasSubstr("not a whole gzip file"));
}

TEST(Gzip, APlainFileUnderThatNameIsAnError) {
  const TempFolder folder;
  const std::string path = folder.write("x.csv.gz", "a,b\n1,2\n");
  EXPECT_THAT(config_error_of([&] { CsvTable::read(path); }),
              HasSubstr("its header is not gzip's"));
}

TEST(Gzip, ABombIsRefused) {
  const TempFolder folder;
  const std::string path = folder.write("x.gz", gzipped(std::string(10000000, 'a')));
  EXPECT_THAT(test::error_of([&] { read_gzip_file(path, 1000000); }),
              HasSubstr("unpacks to more than 1000000 bytes"));
}

}  // namespace
}  // namespace foretoken
