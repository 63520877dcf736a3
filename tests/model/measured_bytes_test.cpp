// Does the tensor mix of each weight format come to the bytes of the files that measured rows ran?
// Every row of data/measurements that states `weight_bytes` is asked. A preset must be within 1 %;
// a format marked approximate, of which only the file tells the mix, within 15 %. Further files
// that no row states stand in weight_bytes.csv; files that are not what their name says in
// measured_bytes_exceptions.csv, each with the reason.

#include <cmath>
#include <map>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "base/csv_table.h"
#include "base/text_file.h"
#include "model/weight_scheme.h"
#include "tests/model/model_files.h"

namespace foretoken::model {
namespace {

constexpr double kPresetTolerance = 0.01;
constexpr double kApproximateTolerance = 0.15;

/// Model, weight format and stated bytes: rows that agree in these ran the same file.
using File = std::tuple<std::string, std::string, double>;

std::string text_of(const File& file) {
  return std::get<0>(file) + ' ' + std::get<1>(file) + ' ' + std::to_string(std::get<2>(file));
}

/// The files of a table and how many of its rows name each.
void add_files(const CsvTable& table, const std::string& bytes_column, std::map<File, int>& files) {
  const std::size_t model = table.column("model");
  const std::size_t format = table.column(bytes_column == "bytes" ? "format" : "weight_format");
  const std::size_t bytes = table.column(bytes_column);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto stated = table.number(row, bytes);
    if (!stated) continue;
    ++files[{std::string(table.cell(row, model)), std::string(table.cell(row, format)), *stated}];
  }
}

const std::string kFolder = std::string(FORETOKEN_TESTS_DIR) + "/model/";

std::map<File, int> measured_files() {
  std::map<File, int> files;
  add_files(CsvTable::read(kFolder + "weight_bytes.csv"), "bytes", files);
  const std::string folder = std::string(FORETOKEN_DATA_DIR) + "/measurements";
  for (const std::string& path : files_in(folder, ".csv")) {
    if (path.find("/decode_") == std::string::npos) continue;
    add_files(CsvTable::read(path), "weight_bytes", files);
  }
  return files;
}

const std::string kExceptions = kFolder + "measured_bytes_exceptions.csv";

class MeasuredBytes : public testing::Test {
 protected:
  const std::string formats_dir_ = std::string(FORETOKEN_DATA_DIR) + "/formats";
  const FormatTable formats_ = FormatTable::read(formats_dir_);
  const SchemeTable schemes_ = SchemeTable::read(formats_dir_ + "/schemes", formats_);

  WeightAssignment mix_of(const File& file) const {
    return schemes_.assign(std::get<1>(file), all_models().at(std::get<0>(file)), formats_);
  }
  double error_of(const File& file, const WeightAssignment& mix) const {
    return mix.total_bytes(formats_).base() / std::get<2>(file) - 1.0;
  }
};

TEST_F(MeasuredBytes, EveryFileHasThePredictedBytes) {
  std::map<File, int> exceptions;
  add_files(CsvTable::read(kExceptions), "bytes", exceptions);
  int preset_rows = 0;
  int preset_files = 0;
  for (const auto& [file, rows] : measured_files()) {
    SCOPED_TRACE(text_of(file));
    ASSERT_NE(all_models().count(std::get<0>(file)), 0U);
    const WeightAssignment mix = mix_of(file);
    if (!mix.approximate) {
      ++preset_files;
      preset_rows += rows;
    }
    if (exceptions.count(file) != 0) continue;
    const double allowed = mix.approximate ? kApproximateTolerance : kPresetTolerance;
    EXPECT_LE(std::abs(error_of(file, mix)), allowed);
  }
  // Of the data as shipped, so that a format renamed or marked approximate does not go unseen.
  EXPECT_GE(preset_rows, 3119);
  EXPECT_GE(preset_files, 130);
}

TEST_F(MeasuredBytes, EveryExceptionIsNeeded) {
  const std::map<File, int> measured = measured_files();
  const CsvTable table = CsvTable::read(kExceptions);
  const std::size_t reason = table.column("reason");
  for (std::size_t row = 0; row < table.rows(); ++row) {
    EXPECT_GE(table.cell(row, reason).size(), 20U) << "line " << table.line(row);
  }
  std::map<File, int> exceptions;
  add_files(table, "bytes", exceptions);
  ASSERT_FALSE(exceptions.empty());
  for (const auto& [file, times] : exceptions) {
    SCOPED_TRACE(text_of(file));
    EXPECT_EQ(times, 1) << "stands twice";
    EXPECT_NE(measured.count(file), 0U) << "no row states this file any more";
    const WeightAssignment mix = mix_of(file);
    EXPECT_GT(std::abs(error_of(file, mix)),
              mix.approximate ? kApproximateTolerance : kPresetTolerance)
        << "the exception can go";
  }
}

}  // namespace
}  // namespace foretoken::model
