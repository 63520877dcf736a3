#include "hwdb/catalog.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text_file.h"
#include "tests/hwdb/faults_of.h"
#include "tests/hwdb/invented_devices.h"

namespace foretoken::hwdb {
namespace {

using testing::HasSubstr;

/// A fresh folder, removed with its content at the end.
class Folder {
 public:
  explicit Folder(const std::string& name)
      : path_(std::filesystem::path(testing::TempDir()) / ("foretoken_" + name)) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path() const { return path_.string(); }
  std::string write(const std::string& file, const std::string& text) const {
    const std::string path = (path_ / file).string();
    write_text_file(path, text);
    return path;
  }

 private:
  std::filesystem::path path_;
};

std::string second_device() {
  std::string text = changed("id: acme-one", "id: acme-two");
  text = changed("\"Acme One\"", "\"Acme Two (Max+ 2)\"", text);
  text = changed("class: gpu", "class: npu", text);
  return changed("aliases: [\"One\", \"acme 1\"]", "aliases: [\"Two\"]", text);
}

TEST(NameKey, DropsCaseAndPunctuationButNotPlus) {
  EXPECT_EQ(name_key("NVIDIA GeForce RTX-4090 (24 GB)"), "nvidiageforcertx409024gb");
  EXPECT_EQ(name_key("Max+ 395"), "max+395");
  EXPECT_EQ(list_parts(" a, b ,,c"), (std::vector<std::string>{"a", "b", "c"}));
}

TEST(Catalog, FindsByIdNameAndAlias) {
  const Folder folder("find");
  folder.write("acme-one.yaml", kInventedText);
  folder.write("acme-two.yaml", second_device());
  const Catalog catalog = Catalog::read({folder.path()});
  EXPECT_EQ(catalog.size(), 2u);
  for (const char* const name : {"acme-one", "Acme One", "ACME_ONE", "one", "Acme-1"}) {
    EXPECT_EQ(catalog.find(name).id, "acme-one") << name;
  }
  EXPECT_EQ(catalog.find("acme two max+ 2").id, "acme-two");
  EXPECT_EQ(catalog.lookup("acme two max 2"), nullptr);
  EXPECT_EQ(message_of([&] { catalog.find("acme-onee"); }),
            "unknown device 'acme-onee'; did you mean 'acme-one'?");
  EXPECT_THAT(message_of([&] { catalog.find(""); }), HasSubstr("unknown device ''"));
}

TEST(Catalog, LaterFoldersLieOverEarlier) {
  const Folder base("base_devices");
  const Folder own("own_devices");
  base.write("acme-one.yaml", kInventedText);
  base.write("acme-two.yaml", second_device());
  own.write("acme-one.yaml", changed("\"One\"", "\"Two\"", changed("100", "50")));
  const Catalog catalog = Catalog::read({base.path(), own.path()});
  EXPECT_EQ(catalog.size(), 2u);
  EXPECT_EQ(catalog.find("acme-one").cores, 50);
  EXPECT_EQ(catalog.find("Two").id, "acme-one");  // taken by the later folder
  EXPECT_EQ(catalog.lookup("One"), nullptr);      // gone with the device it replaced
  EXPECT_EQ(catalog.find("acme-two").id, "acme-two");
}

TEST(Catalog, OneNameForTwoDevicesOfAFolderIsAFault) {
  const Folder folder("clash");
  folder.write("acme-one.yaml", kInventedText);
  folder.write("acme-two.yaml", changed("\"Two\"", "\"ONE!\"", second_device()));
  EXPECT_THAT(message_of([&] { Catalog::read({folder.path()}); }),
              HasSubstr("name 'ONE!' is also claimed by 'acme-one'"));
}

TEST(Catalog, ReportsTheFaultsOfAllFiles) {
  const Folder folder("faults");
  folder.write("acme-one.yaml", changed("cores: 100", "cores: none"));
  folder.write("wrong-name.yaml", second_device());
  const std::string text = message_of([&] { Catalog::read({folder.path()}); });
  EXPECT_THAT(text, HasSubstr("cores"));
  EXPECT_THAT(text, HasSubstr("'id' must be the file's name 'wrong-name'; found 'acme-two'"));
}

TEST(Catalog, AnEmptyFolderIsRefused) {
  const Folder folder("empty");
  EXPECT_EQ(message_of([&] { Catalog::read({folder.path()}); }),
            "no device files (*.yaml) in folder '" + folder.path() + "'");
  EXPECT_THAT(message_of([] { Catalog::read({"/no/such/folder"}); }), HasSubstr("/no/such/folder"));
}

TEST(Catalog, Selects) {
  const Folder folder("select");
  folder.write("acme-one.yaml", kInventedText);
  folder.write("acme-two.yaml", second_device());
  const Folder other("select_path");
  const std::string path = other.write("mine.yaml", changed("id: acme-one", "id: mine"));
  const Catalog catalog = Catalog::read({folder.path()});
  EXPECT_EQ(catalog.select("all").size(), 2u);
  EXPECT_EQ(catalog.select("class:npu").at(0).id, "acme-two");
  EXPECT_EQ(catalog.select("vendor:acme").size(), 2u);
  const auto chosen = catalog.select("two, all," + path);
  ASSERT_EQ(chosen.size(), 3u);
  EXPECT_EQ(chosen[0].id, "acme-two");
  EXPECT_EQ(chosen[1].id, "acme-one");
  EXPECT_EQ(chosen[2].id, "mine");
  EXPECT_EQ(catalog.resolve(path).id, "mine");
  EXPECT_EQ(message_of([&] { catalog.select("class:cpu"); }),
            "no device fits the selection 'class:cpu'");
  EXPECT_THAT(message_of([&] { catalog.select("class:tpu"); }), HasSubstr("class:gpu"));
  EXPECT_THAT(message_of([&] { catalog.select(" , "); }), HasSubstr("empty device selection"));
  EXPECT_THAT(message_of([&] { catalog.resolve("/no/such.yaml"); }), HasSubstr("/no/such.yaml"));
}

}  // namespace
}  // namespace foretoken::hwdb
